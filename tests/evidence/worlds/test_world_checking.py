"""The check of candidates on fresh cities, on vectors whose findings are known."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence.expression import Expression
from simulation.evidence.targets import Target
from simulation.evidence.worlds.checking import HOPELESS, check, distinct, judge

TARGETS = [
    Target(name, "made", Expression.parse("x", ["x"]), value, value, 0.1, "made")
    for name, value in (("a", 0), ("b", 1))
]


class Runs:
    """Gives each vector's first two values as means, with errors; remembers what it ran."""

    def __init__(self, error=0.0, shift=0.0):
        self.error, self.shift = error, shift
        self.ran = []

    def __call__(self, unit):
        self.ran.append(unit)
        means = unit[:, :2] + self.shift
        return means, np.full_like(means, self.error)


def vectors(*distances):
    """Return vectors so many tolerances away from the first finding, each on the second."""
    return np.array([[0.1 * distance, 1.0, number] for number, distance in enumerate(distances)], dtype=float)


def test_the_judge_takes_the_worst_finding_and_adds_the_error():
    means = np.array([[0.0, 1.2], [0.05, 1.0]])
    assert judge(TARGETS, means, np.zeros((2, 2))) == pytest.approx([2.0, 0.5])
    assert judge(TARGETS, means, np.full((2, 2), 0.1)) == pytest.approx([2 / np.sqrt(2), 0.5 / np.sqrt(2)])


def test_the_hopeless_are_not_run_on_many_cities_and_the_rest_is_judged_there():
    few, many = Runs(), Runs()
    found = check(TARGETS, vectors(0.5, HOPELESS - 0.1, HOPELESS + 0.1, 0.9), few, many, wanted=9, at_once=10)
    assert [part[:, 2].tolist() for part in few.ran] == [[0, 1, 2, 3]]
    assert [part[:, 2].tolist() for part in many.ran] == [[0, 1, 3]]
    assert found.many.unit[:, 2].tolist() == [0, 1, 3]
    assert found.good.tolist() == [True, False, True]
    assert len(found.few) == 4


def test_a_vector_is_good_by_what_it_does_on_many_cities_and_not_by_what_it_did_on_few():
    found = check(TARGETS, vectors(0.2, 0.3), Runs(), Runs(shift=0.15), wanted=9, at_once=10)
    assert found.good.tolist() == [False, False]
    assert found.many.means[:, 1] == pytest.approx([1.15, 1.15])


def test_candidates_are_taken_in_their_order_until_enough_are_good():
    few, many = Runs(), Runs()
    found = check(TARGETS, vectors(0.1, 5, 0.2, 0.3, 0.4, 0.5, 0.6), few, many, wanted=2, at_once=2)
    assert found.many.unit[:, 2].tolist() == [0, 2, 3]
    assert len(found.few) == 4
    assert found.good.sum() == 3, "those taken at the same time are not thrown away"


def test_candidates_of_which_none_is_hopeful_leave_nothing():
    many = Runs()
    found = check(TARGETS, vectors(5, 6, 7), Runs(), many, wanted=1, at_once=2)
    assert not many.ran
    assert (found.many.unit.shape, found.many.means.shape, found.good.shape) == ((0, 3), (0, 2), (0,))
    assert len(found.few) == 3


def test_a_vector_with_an_undefined_finding_is_not_good():
    def undefined(unit):
        means = unit[:, :2].copy()
        means[unit[:, 2] == 1, 1] = np.nan
        return means, np.zeros_like(means)

    found = check(TARGETS, vectors(0.1, 0.1), Runs(), undefined, wanted=9, at_once=5)
    assert found.good.tolist() == [True, False]


def test_the_first_look_loses_few_of_those_that_are_good():
    # On few cities the error is that of one tolerance, for one near the limit of what is good enough.
    rng = np.random.default_rng(0)

    def few(unit):
        return unit[:, :2] + 0.1 * rng.standard_normal((len(unit), 2)), np.full((len(unit), 2), 0.1)

    found = check(TARGETS, vectors(*np.linspace(0, 1, 400)), few, Runs(), wanted=10_000, at_once=400)
    assert found.good.all()
    assert len(found.good) > 0.9 * 400


def test_a_candidate_that_was_drawn_twice_is_one_world():
    twice = np.vstack([vectors(0.3, 0.1), vectors(0.3, 0.1, 0.2)])
    assert distinct(twice)[:, 2].tolist() == [0, 1, 2]
