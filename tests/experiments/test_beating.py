"""The share of seeds in which one thing beats another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.experiments.beating import beats

VALUES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


def test_wins_losses_and_ties_are_counted_and_a_tie_counts_half() -> None:
    found = beats([1, 2, 3, 4, math.nan, 5], [0, 2, 4, 1, 1, math.nan])
    assert (found.above, found.below, found.ties, found.n) == (2, 1, 1, 4)
    assert found.share == 2.5 / 4


def test_without_a_pair_nothing_is_said() -> None:
    found = beats([math.nan, 1.0], [1.0, math.nan])
    assert found.n == 0
    assert all(math.isnan(value) for value in (found.share, found.low, found.high))


@given(VALUES, st.sampled_from([0.5, 0.9, 0.95]))
def test_the_share_lies_in_its_interval_and_turned_round_they_add_up_to_one(pairs, level) -> None:
    one, two = np.array(pairs, dtype=float).T
    found, turned = beats(one, two, level), beats(two, one, level)
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert found.share + turned.share == pytest.approx(1)
    assert found.low + turned.high == pytest.approx(1)


@given(st.integers(0, 200), st.integers(0, 200))
def test_without_ties_the_interval_is_wilsons_of_a_count_of_wins(wins, losses) -> None:
    number = wins + losses
    if not number:
        return
    found = beats([1] * wins + [0] * losses, [0] * wins + [1] * losses)
    known = stats.binomtest(wins, number).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-12)
