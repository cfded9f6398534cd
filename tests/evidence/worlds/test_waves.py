"""History matching on functions whose non-implausible region is known."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence.expression import Expression
from simulation.evidence.targets import Target
from simulation.evidence.worlds.implausibility import NOT_RULED_OUT
from simulation.evidence.worlds.waves import match

TOLERANCES = np.array([0.05, 0.1])
NOISE = np.array([0.1, 0.15])


def exact(unit):
    """A product of two parameters and a difference; the third is idle."""
    return np.column_stack([unit[:, 0] * unit[:, 1], unit[:, 0] - unit[:, 1]])


class Runs:
    """Runs vectors with noise, and remembers them."""

    def __init__(self, seed=0, function=exact):
        self.rng = np.random.default_rng([seed, 9])
        self.function = function
        self.waves = []

    def __call__(self, unit):
        self.waves.append(unit)
        means = self.function(unit) + NOISE * self.rng.standard_normal((len(unit), 2))
        return means, np.broadcast_to(NOISE, means.shape)


def findings(values):
    where = Expression.parse("x", ["x"])
    pairs = zip("ab", values, TOLERANCES, strict=True)
    return [Target(name, "made", where, value, value, tolerance, "made") for name, value, tolerance in pairs]


TRUTH = np.array([[0.6, 0.4, 0.7]])


def search(runs, values=None, seed=0, **changed):
    budget = {"first": 60, "later": 30, "waves": 3} | changed
    return match(findings(exact(TRUTH)[0] if values is None else values), 3, runs, seed=seed, **budget)


def apart(unit, values=None):
    """Return the true largest distance from the findings, in tolerances."""
    return (np.abs(exact(unit) - (exact(TRUTH)[0] if values is None else values)) / TOLERANCES).max(axis=1)


def test_the_first_wave_covers_the_cube_and_later_ones_what_is_not_ruled_out():
    runs = Runs()
    known = search(runs)
    assert [len(part) for part in runs.waves] == [60, 30, 30]
    strata = np.sort((runs.waves[0] * 60).astype(int), axis=0)
    assert (strata == np.arange(60)[:, None]).all(), "one vector in each sixtieth of every parameter"
    assert np.array_equal(known.unit, np.vstack(runs.waves))
    # Emulators err, so that some lie a little beyond three.
    assert (apart(np.vstack(runs.waves[1:])) < 4).mean() > 0.9
    assert (apart(np.random.default_rng(1).random((1000, 3))) < 4).mean() < 0.5


def test_candidates_lie_where_emulated_implausibility_is_small_and_so_do_the_findings():
    known = search(Runs(), later=60)
    made = known.candidates(200, 1.0, seed=3)
    assert (known.implausibility(made) <= 1.0).all()
    assert np.median(apart(made)) < 1.2
    assert np.std(made[:, 2]) == pytest.approx(np.sqrt(1 / 12), rel=0.15), "nothing is known of the idle parameter"
    assert np.array_equal(made, known.candidates(200, 1.0, seed=3))


def test_the_share_that_is_left_is_that_of_the_true_region():
    known = search(Runs(), first=120, later=60)
    cube = np.random.default_rng(5).random((20_000, 3))
    assert known.shares[-1] == pytest.approx((apart(cube) <= NOT_RULED_OUT).mean(), rel=0.25)
    assert len(known.shares) == 3


def test_each_wave_is_told_with_all_that_is_known_after_it():
    told = []
    known = search(Runs(), waves=2, say=lambda *one: told.append(one))
    assert [(wave, len(one.unit)) for wave, one in told] == [(1, 60), (2, 90)]
    assert told[-1][1].shares == known.shares


@pytest.mark.slow
@pytest.mark.parametrize("worlds", [range(6), pytest.param(range(6, 24), marks=pytest.mark.thorough)], ids=str)
def test_a_truth_drawn_from_the_prior_is_kept_by_every_wave(worlds):
    # A finding is off by up to its tolerance, as the tolerance says it may be: then implausibility is at most 1 but for
    # the emulators' error, and nothing below 3 is ruled out. 6 of 6 means a rate above .60, 24 of 24 one above .88
    # (95 %, one-sided).
    for world in worlds:
        rng = np.random.default_rng([17, world])
        truth = rng.random((1, 3))
        values = exact(truth)[0] + rng.uniform(-TOLERANCES, TOLERANCES)
        kept = []

        def after(_, known, truth=truth, kept=kept):
            kept.append(float(known.implausibility(truth)[0]))

        match(findings(values), 3, Runs(world), first=50, later=25, waves=2, seed=world, say=after)
        assert max(kept) <= NOT_RULED_OUT, (world, kept)


def test_equal_seeds_run_equal_vectors_and_others_do_not():
    runs = [Runs(), Runs(), Runs()]
    for one, seed in zip(runs, (4, 4, 5), strict=True):
        search(one, seed=seed, waves=2)
    assert all(np.array_equal(a, b) for a, b in zip(runs[0].waves, runs[1].waves, strict=True))
    assert not np.array_equal(runs[0].waves[0], runs[2].waves[0])


def test_findings_that_contradict_each_other_leave_nothing():
    # A product of .9 needs both near 1; a difference of .9 does not allow it.
    with pytest.raises(ValueError, match="nothing is left"):
        search(Runs(), values=np.array([0.9, 0.9]))


def test_a_search_without_waves_is_refused():
    with pytest.raises(ValueError, match="at least one wave"):
        search(Runs(), waves=0)


def test_a_finding_that_is_undefined_in_a_corner_does_not_stop_the_search():
    def undefined(unit):
        made = exact(unit)
        made[unit[:, 2] > 0.8, 1] = np.nan
        return made

    known = search(Runs(function=undefined))
    assert np.isfinite(known.implausibility(TRUTH)).all()
    assert np.isnan(known.means[:, 1]).any()
