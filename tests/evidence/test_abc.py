"""The sequential search: what it can begin with and when it ends."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence import smc
from simulation.evidence.abc import Kernel
from simulation.experiments.statistics import quantile


def test_a_search_whose_budget_does_not_pay_for_a_first_generation_is_refused():
    with pytest.raises(ValueError, match="no first generation"):
        smc(lambda _, unit: np.zeros(len(unit)), 2, keep=10, budget=19)
    assert smc(lambda _, unit: np.zeros(len(unit)), 2, keep=10, budget=20).tried == 20


def test_a_search_with_a_single_vector_that_runs_gets_no_further():
    def distances(_, unit):
        return np.where(np.arange(len(unit)) == 3, 5.0, np.inf)

    found = smc(distances, 2, keep=10, budget=100)
    assert (found.reason, found.tried, len(found.unit)) == ("no progress", 20, 1)


TOLERANCE = np.array([0.06, 0.12])


def known(unit, rng):
    """A product and a difference of two parameters, with noise: (n, 2) → (n, 2)."""
    made = np.stack([unit[:, 0] * unit[:, 1], unit[:, 0] - unit[:, 1]], axis=1)
    return made + 0.02 * rng.standard_normal(made.shape)


@pytest.mark.slow
def test_known_parameters_lie_in_their_ninety_percent_intervals_nine_times_in_ten():
    # With the truth drawn from the prior, and data with the error that the tolerance states, the rate is exact except
    # for the search.
    worlds, inside = 100, np.zeros(2)
    for world in range(worlds):
        rng = np.random.default_rng([99, world])
        truth = rng.random(2)
        seen = known(truth[None], rng)[0] + rng.uniform(-TOLERANCE, TOLERANCE)

        def distances(generation, unit, world=world, seen=seen):
            made = known(unit, np.random.default_rng([world, generation, 5]))
            return (np.abs(made - seen) / TOLERANCE).max(axis=1)

        found = smc(distances, 2, keep=60, budget=1200, seed=world)
        ends = [[quantile(found.unit[:, j], found.weights, order) for order in (0.05, 0.95)] for j in (0, 1)]
        inside += [low <= value <= high for (low, high), value in zip(ends, truth, strict=True)]
    # Binomial, rate .9: 81 to 98 of 100 in 99.6 of 100 cases.
    assert (inside >= 81).all()
    assert (inside <= 98).all(), "intervals wider than stated"


def test_the_search_finds_the_region_that_rejection_finds():
    def distances(_, unit):
        return np.maximum(np.abs(unit[:, 0] * unit[:, 1] - 0.3) / 0.03, np.abs(unit[:, 0] - 0.6) / 0.15)

    found = smc(distances, 2, keep=400, budget=8000, seed=1)
    cube = np.random.default_rng(0).random((400_000, 2))
    exact = cube[distances(0, cube) <= 1]
    assert found.reason == "good enough"
    assert (found.distances <= 1).all()
    size = found.effective_size
    mean = found.weights @ found.unit
    assert np.abs(mean - exact.mean(axis=0)).max() < 4 * exact.std(axis=0).max() / np.sqrt(size)
    spread = np.sqrt(found.weights @ (found.unit - mean) ** 2)
    assert spread == pytest.approx(exact.std(axis=0), rel=4 / np.sqrt(size))


def test_without_information_the_posterior_is_the_prior():
    found = smc(lambda _, unit: np.zeros(len(unit)), 3, keep=200, budget=400)
    assert found.tried == len(found.unit) == 400
    assert found.effective_size == pytest.approx(400)


def test_a_proposals_density_integrates_to_one_over_the_cube():
    centres = np.array([[0.05, 0.5], [0.9, 0.95], [0.3, 0.2]])
    kernel = Kernel(centres, np.array([0.5, 0.3, 0.2]))
    drawn = kernel.draw(4000, np.random.default_rng(3))
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert (1 / kernel.density(drawn)).mean() == pytest.approx(1, abs=0.1)
    grid = (np.stack(np.meshgrid(*[np.arange(60)] * 2), axis=-1).reshape(-1, 2) + 0.5) / 60
    assert kernel.density(grid).mean() == pytest.approx(1, abs=0.05)


def test_a_target_out_of_reach_ends_the_search_and_is_told():
    found = smc(lambda _, unit: 5 + 0 * unit[:, 0], 2, keep=20, budget=400)
    assert found.reason == "no progress"
    assert found.tolerance == 5


def test_the_budget_is_kept():
    calls = []

    def distances(_, unit):
        calls.append(len(unit))
        return 2 + 1e3 * np.abs(unit - 0.5).max(axis=1)

    found = smc(distances, 4, keep=20, budget=90)
    assert sum(calls) == found.tried == 80
    assert found.reason == "budget"


def test_equal_seeds_give_equal_searches_and_others_do_not():
    def distances(_, unit):
        return np.abs(unit.sum(axis=1) - 1) / 0.02

    searches = [smc(distances, 2, keep=30, budget=400, seed=seed) for seed in (4, 4, 0)]
    assert np.array_equal(searches[0].every, searches[1].every)
    assert not np.array_equal(searches[0].every[:60], searches[2].every[:60])


def test_a_weighted_quantile_with_equal_weights_is_the_ordinary_one():
    values = np.random.default_rng(0).random(501)
    for order in (0.05, 0.5, 0.95):
        assert quantile(values, np.full(501, 1 / 501), order) == pytest.approx(np.quantile(values, order), abs=0.003)


def test_a_few_good_vectors_are_not_called_enough():
    def distances(_, unit):
        # Only a small part of the cube can be run, and every vector in that part is good enough.
        return np.where((unit < 0.3).all(axis=1), 0.5, np.inf)

    found = smc(distances, 2, keep=30, budget=400)
    assert found.reason == "good enough"
    assert len(found.unit) >= 30
    assert found.generations > 1
    with pytest.raises(ValueError, match="finite"):
        smc(lambda _, unit: np.full(len(unit), np.inf), 2, keep=30, budget=400)


def test_many_parameters_do_not_stop_the_search_from_proposing():
    rng = np.random.default_rng(0)
    kernel = Kernel(rng.random((60, 100)), np.full(60, 1 / 60))
    drawn = kernel.draw(60, rng)
    assert drawn.shape == (60, 100)
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert np.isfinite(np.log(kernel.density(drawn))).all()
