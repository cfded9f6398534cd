"""The centre of a set, in round numbers."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence.worlds.centre import from_the_centre, in_round_numbers
from simulation.experiments.design.distributions import Range


def test_the_first_is_the_member_with_the_least_summed_distance_to_all_others():
    unit = np.random.default_rng(5).random((40, 3))
    order = from_the_centre(unit)
    sums = [sum(float(np.linalg.norm(a - b)) for b in unit) for a in unit]
    assert order[0] == int(np.argmin(sums))
    assert np.diff(np.array(sums)[order]).min() >= -1e-12
    assert sorted(order) == list(range(40))


def test_members_equally_central_keep_their_order():
    assert from_the_centre(np.array([[0.2], [0.2], [0.8], [0.8]])).tolist() == [0, 1, 2, 3]


def test_round_numbers_have_two_digits_and_stay_in_their_ranges():
    priors = {"a": Range(0.0123, 0.05, "log"), "b": Range(-3.0, -0.1), "c": Range(10.0, 999.0)}
    found = in_round_numbers({"a": 0.01231, "b": -1.2345, "c": 123.4}, priors)
    # .012 would lie below the range.
    assert found == {"a": 0.0123, "b": -1.2, "c": 120.0}
    for name, value in found.items():
        assert priors[name].low <= value <= priors[name].high


@pytest.mark.parametrize("number", [1, 2])
def test_a_set_of_one_or_two_has_a_centre(number):
    assert from_the_centre(np.full((number, 2), 0.3)).tolist() == list(range(number))
