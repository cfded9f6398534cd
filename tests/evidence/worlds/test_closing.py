"""Closing in, on findings that are known functions of a vector: it learns where good ones are likely."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence.expression import Expression
from simulation.evidence.targets import Target
from simulation.evidence.worlds.checking import Checked, distinct, judge
from simulation.evidence.worlds.closing import Chances, close_in
from simulation.evidence.worlds.seen import Seen

DIMENSIONS = 5
TARGETS = [
    Target(name, "made", Expression.parse("x", ["x"]), value, value, tolerance, "made")
    for name, value, tolerance in (("a", 0.9, 0.06), ("b", 0.3, 0.05))
]
SHIFT = 0.15


def truth(unit):
    """Return two findings: one bends, one is a line."""
    return np.column_stack([0.6 * unit[:, 0] + 0.5 * unit[:, 1] * unit[:, 2], 0.8 * unit[:, 3] - 0.1 * unit[:, 0]])


class Measured:
    """Runs vectors with an error of their own and one that they share; remembers what it ran."""

    def __init__(self, error, shift=0.0, seed=0):
        self.error, self.shift = error, shift
        self.rng = np.random.default_rng(seed)
        self.ran = np.empty((0, DIMENSIONS))

    def __call__(self, unit):
        self.ran = np.vstack([self.ran, unit])
        means = truth(unit) + self.shift + self.error * self.rng.standard_normal((len(unit), 2))
        return means, np.full_like(means, self.error)


def beginning(few, many, number=150, seed=3):
    """Return waves and first candidates, half of which were run on many cities."""
    rng = np.random.default_rng(seed)
    waves, first = rng.random((2, number, DIMENSIONS))
    far = Measured(0.1, seed=9)
    checked = Checked.of(
        TARGETS, Seen(first, *few(first)), Seen(first[: number // 2], *many(first[: number // 2]))
    )  # fmt: skip
    return Seen(waves, *far(waves)), checked


@pytest.fixture(scope="module")
def closed():
    few, many = Measured(0.04, SHIFT), Measured(0.01, seed=1)
    waves, first = beginning(few, many, 100)
    rounds = []
    found = close_in(
        TARGETS, waves, first, few, many, wanted=40, at_once=40, rounds=6, seed=1,
        say=lambda turn, so_far: rounds.append((turn, int(so_far.good.sum()))),
    )  # fmt: skip
    return first, found, rounds, few, many


def test_enough_are_found_and_far_more_often_than_by_chance(closed):
    first, found, _, _, _ = closed
    assert found.good.sum() >= 40
    later = found.good[len(first.many) :]
    by_chance = (judge(TARGETS, truth(np.random.default_rng(5).random((20_000, DIMENSIONS))), 0.0) <= 1).mean()
    assert by_chance < 0.03
    assert later.mean() > 10 * by_chance


def test_members_are_judged_by_their_runs_on_many_cities_alone(closed):
    _, found, _, _, _ = closed
    assert (found.good == (judge(TARGETS, found.many.means, found.many.errors) <= 1)).all()
    assert (judge(TARGETS, truth(found.many.unit[found.good]), 0.0) < 1.7).all()


def test_no_vector_is_run_twice_and_what_was_run_before_is_kept_in_its_order(closed):
    first, found, _, few, many = closed
    for seen, ran in ((found.few, few), (found.many, many)):
        assert len(distinct(seen.unit)) == len(seen) == len(ran.ran)
    assert (found.few.unit[: len(first.few)] == first.few.unit).all()
    assert (found.many.unit[: len(first.many)] == first.many.unit).all()
    assert (found.many.among(found.few) >= 0).all()


def test_rounds_are_told_one_by_one(closed):
    first, found, rounds, _, _ = closed
    assert [turn for turn, _ in rounds] == list(range(1, len(rounds) + 1))
    assert int(first.good.sum()) <= rounds[0][1] <= rounds[-1][1] == int(found.good.sum())


def test_what_few_cities_have_in_common_is_taken_off():
    few, many = Measured(0.01, SHIFT), Measured(0.01, seed=1)
    waves, first = beginning(few, many)
    known = Chances(TARGETS, waves, first)
    probe = np.random.default_rng(6).random((500, DIMENSIONS))
    for j, emulator in enumerate(known.emulators):
        assert abs((emulator.predict(probe)[0] - truth(probe)[:, j]).mean()) < SHIFT / 10


def test_chances_are_those_with_which_vectors_turn_out_good():
    few, many = Measured(0.04, SHIFT), Measured(0.01, seed=1)
    waves, first = beginning(few, many)
    probe = np.random.default_rng(7).random((10_000, DIMENSIONS))
    chance = Chances(TARGETS, waves, first).of(probe)
    good = judge(TARGETS, truth(probe), 0.0) <= 1
    assert ((chance >= 0) & (chance <= 1)).all()
    likely = chance > 0.25
    assert good[likely].mean() == pytest.approx(chance[likely].mean(), abs=0.15)
    assert good[~likely].mean() < 0.02
    assert chance.sum() == pytest.approx(good.sum(), rel=0.35)


def test_with_too_little_to_learn_from_nothing_is_run():
    few, many = Measured(0.04), Measured(0.01)
    waves, first = beginning(few, many, 20)
    ran = len(few.ran), len(many.ran)
    assert close_in(TARGETS, waves, first, few, many, wanted=9, at_once=9, rounds=3) is first
    assert ran == (len(few.ran), len(many.ran))


def test_when_enough_are_there_already_nothing_is_run():
    few, many = Measured(0.04), Measured(0.01)
    waves, first = beginning(few, many)
    assert close_in(TARGETS, waves, first, few, many, wanted=0, at_once=9, rounds=3) is first


def test_the_same_seed_finds_the_same_vectors():
    def once():
        few, many = Measured(0.04, SHIFT), Measured(0.01, seed=1)
        waves, first = beginning(few, many, 60)
        return close_in(TARGETS, waves, first, few, many, wanted=500, at_once=20, rounds=1, seed=4)

    one, two = once(), once()
    assert (one.few.unit == two.few.unit).all()
    assert (one.many.unit == two.many.unit).all()
