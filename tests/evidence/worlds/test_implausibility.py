"""Implausibility."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence.expression import Expression
from simulation.evidence.targets import Target
from simulation.evidence.worlds.implausibility import GOOD_ENOUGH, implausibility


def target(low, high, tolerance):
    return Target("y", "made", Expression.parse("x", ["x"]), low, high, tolerance, "made")


def test_it_is_the_distance_from_the_range_in_tolerances_where_all_is_known():
    found = implausibility([target(1.0, 2.0, 0.5)], np.array([[0.0], [1.0], [1.7], [2.0], [3.0]]), np.zeros((5, 1)))
    assert found[:, 0].tolist() == [2.0, 0.0, 0.0, 0.0, 2.0]


def test_tolerance_and_what_is_not_known_add_as_variances():
    found = implausibility([target(0.0, 0.0, 3.0)], np.array([[10.0]]), np.array([[16.0]]))
    assert found[0, 0] == pytest.approx(10 / 5)


def test_with_no_variance_it_is_what_calibration_calls_distance():
    one = target(-1.0, 0.4, 0.3)
    values = np.random.default_rng(1).normal(size=50)
    found = implausibility([one], values[:, None], np.zeros((50, 1)))[:, 0]
    assert found == pytest.approx([one.distance(value) for value in values])


def test_an_open_range_rules_out_nothing_on_its_open_side():
    found = implausibility([target(0.01, np.inf, 0.01)], np.array([[1e9], [-0.02]]), np.zeros((2, 1)))
    assert found[:, 0] == pytest.approx([0.0, 3.0])


def test_an_undefined_mean_is_ruled_out_and_an_unknown_variance_adds_nothing():
    found = implausibility([target(0, 0, 1.0)], np.array([[np.nan], [2.0]]), np.array([[0.1], [np.nan]]))
    assert found[:, 0].tolist() == [np.inf, 2.0]
    assert not (found <= GOOD_ENOUGH).any()


def test_each_finding_has_a_column_of_its_own():
    means = np.array([[0.0, 5.0], [4.0, 0.0]])
    found = implausibility([target(0, 0, 1.0), target(0, 0, 2.5)], means, np.zeros((2, 2)))
    assert found.tolist() == [[0.0, 2.0], [4.0, 0.0]]
