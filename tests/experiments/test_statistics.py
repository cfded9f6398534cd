"""Intervals and paired differences against closed forms and other implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.experiments.statistics import MOST_NEEDED, interval, needed, paired


@pytest.mark.parametrize("values", [[], [3.0]])
def test_fewer_than_two_values_have_no_interval(values):
    low, high, method = interval(values)
    assert math.isnan(low)
    assert math.isnan(high)
    assert method == "t"


def test_no_pair_has_no_mean_and_one_pair_a_mean_without_a_spread():
    nothing = paired([1, math.nan], [math.nan, 2])
    assert nothing.n == 0
    assert math.isnan(nothing.mean)
    assert math.isnan(nothing.share)
    single = paired([1.0], [3.5])
    assert (single.n, single.mean, single.share) == (1, 2.5, 1.0)
    assert math.isnan(single.low)
    assert math.isnan(single.d_z)
    assert paired([1.0], [1.0]).share == 0.0


def test_the_t_interval_is_students():
    values = np.random.default_rng(0).normal(size=9)
    low, high, method = interval(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    assert (low, high) == pytest.approx((expected.low, expected.high))
    assert method == "t"


@pytest.mark.parametrize("method", ["BCa", "t"])
def test_intervals_cover_as_often_as_they_say(method):
    rng = np.random.default_rng(1)
    hits = [
        low <= 1 <= high for low, high, _ in (interval(rng.exponential(size=40), method=method) for _ in range(200))
    ]
    assert 0.88 <= np.mean(hits) <= 0.99


@given(st.floats(1e-3, 1e3), st.floats(1e-2, 1))
def test_the_replicates_named_reach_the_precision_and_one_fewer_does_not(deviation, share):
    precision = deviation * share
    number = needed(deviation, precision)

    def half(n):
        return stats.t.ppf(0.975, n - 1) * deviation / math.sqrt(n)

    assert half(number) <= precision * (1 + 1e-9)
    assert number == 2 or half(number - 1) > precision * (1 - 1e-9)


def test_a_constant_difference_has_no_width():
    found = paired([1, 2, 3], [2, 3, 4])
    assert (found.mean, found.low, found.high, found.share) == (1, 1, 1, 1)
    assert found.d_z == math.inf
    assert found.d == pytest.approx(1)
    nothing = paired([1, 2], [1, 2])
    assert (nothing.mean, nothing.d, nothing.d_z, nothing.share) == (0, 0, 0, 0)


def test_pairs_with_a_missing_value_are_left_out():
    assert paired([1, math.nan, 3, 4], [2, 2, math.nan, 6]).n == 2


@given(st.floats(0, allow_nan=False, allow_infinity=True), st.floats(0, allow_nan=False, allow_infinity=True))
def test_the_replicates_needed_are_a_number_that_somebody_could_run_or_none(deviation, precision):
    number = needed(deviation, precision)
    assert isinstance(number, int)
    assert number == 0 or 2 <= number <= MOST_NEEDED
    if deviation == 0 and precision > 0:
        assert number == 2
    if precision == 0 or deviation == math.inf:
        assert number == 0


@given(
    st.lists(
        st.floats(-1e150, 1e150) | st.sampled_from([0.0, 1.0, 1 + 2**-52, math.nan, math.inf]), min_size=2, max_size=9
    ),
    st.floats(0.5, 1, exclude_min=True, exclude_max=True),
)
def test_a_comparison_of_arms_however_alike_or_apart_has_a_number_of_replicates(values, level):
    half = len(values) // 2
    found = paired(values[:half], values[half : 2 * half], method="t", level=level)
    assert 0 <= found.replicates <= MOST_NEEDED


@pytest.mark.parametrize("precision", [1e-12, 1e-30, 5e-324])
def test_a_mean_difference_next_to_nothing_needs_more_replicates_than_are_named(precision):
    assert needed(1.0, precision) == 0
