"""The search against posteriors that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulation.cases.prior import near
from simulation.cases.search import Latents, Moves, Shape, search

NOISE = 0.5


def near_value(value, noise=NOISE, seed=0):
    """Return the distance of a noisy run of a free parameter from a value."""
    rng = np.random.default_rng([seed, 77])
    return lambda generation, latents: np.abs(
        latents.free[:, 0] + noise * rng.standard_normal(len(latents.world)) - value
    )


def mean_and_variance(values, weights):
    mean = weights @ values
    return mean, weights @ (values - mean) ** 2


def test_a_normal_mean_has_its_known_posterior():
    seen, tolerance = 1.2, 0.1
    found = search(near_value(seen), Shape.plain(1), particles=4000, budget=120_000, seed=3, floor=lambda: tolerance)
    assert (found.reason, found.tolerance) == ("floor", tolerance)
    variance = NOISE**2 + tolerance**2 / 3
    mean, spread = mean_and_variance(found.latents.free[:, 0], found.weights)
    assert mean == pytest.approx(seen / (1 + variance), abs=0.04)
    assert spread == pytest.approx(variance / (1 + variance), rel=0.12)


def test_of_sixty_parameters_two_informed_directions_are_found_and_the_others_stay_as_they_were():
    rng, run = np.random.default_rng(1), np.random.default_rng(2)
    directions = np.linalg.qr(rng.standard_normal((60, 60)))[0]
    seen, noise, tolerance = np.array([1.5, -1.0]), 0.4, 0.4

    def evaluate(generation, latents):
        made = latents.inside @ directions[:, :2] + noise * run.standard_normal((len(latents.world), 2))
        return np.abs(made - seen).max(axis=1)

    shape = Shape(np.ones((1, 1)), 60, 0)
    found = search(evaluate, shape, particles=3000, budget=120_000, seed=0, floor=lambda: tolerance)
    turned = found.latents.inside @ directions
    variance = noise**2 + tolerance**2 / 3
    for place in range(2):
        mean, spread = mean_and_variance(turned[:, place], found.weights)
        assert mean == pytest.approx(seen[place] / (1 + variance), abs=0.08)
        assert spread == pytest.approx(variance / (1 + variance), rel=0.3)
    others = [mean_and_variance(turned[:, place], found.weights) for place in range(2, 60)]
    means, spreads = np.array(others).T
    assert np.abs(means).max() < 0.25
    assert means.mean() == pytest.approx(0, abs=0.03)
    assert spreads.mean() == pytest.approx(1, abs=0.05)


def test_worlds_have_the_probabilities_that_bayes_gives_them():
    likely, run = np.array([0.05, 0.9, 0.3, 0.6, 0.15]), np.random.default_rng(4)

    def evaluate(generation, latents):
        return (run.random(len(latents.world)) >= likely[latents.world]).astype(float)

    places = np.random.default_rng(5).standard_normal((5, 3))
    found = search(evaluate, Shape(near(places), 0, 0), particles=6000, budget=60_000, seed=1, floor=lambda: 0.5)
    shares = np.bincount(found.latents.world, found.weights, minlength=5)
    assert shares == pytest.approx(likely / likely.sum(), abs=0.03)


def test_moves_leave_the_prior_as_it_is():
    shape = Shape(near(np.random.default_rng(0).standard_normal((30, 60))), 4, 3)
    rng, moves = np.random.default_rng(6), Moves(shape)
    number = 4000
    latents = shape.draw(number, rng)
    for _ in range(25):
        latents, kinds = moves.propose(latents, rng)
        moves.adapt(kinds, np.ones(number, dtype=bool))
    counts = np.bincount(latents.world, minlength=30)
    assert stats.chisquare(counts).pvalue > 1e-3
    for column in np.column_stack([latents.inside, latents.free]).T:
        assert stats.kstest(column, "norm").pvalue > 1e-3
    assert np.corrcoef(latents.table.T) == pytest.approx(np.eye(8), abs=0.08)
    assert latents.free.var(axis=0) == pytest.approx(1, abs=0.12)


def test_a_search_that_learns_nothing_keeps_the_prior():
    def same(generation, latents):
        return np.zeros(len(latents.world))

    found = search(same, Shape.plain(2, worlds=6), particles=3000, budget=30_000, seed=2)
    assert found.reason == "floor"
    assert (found.weights @ found.latents.free) == pytest.approx(0, abs=0.08)
    assert found.weights @ found.latents.free**2 == pytest.approx(1, abs=0.12)
    assert np.bincount(found.latents.world, found.weights) == pytest.approx(1 / 6, abs=0.03)


def test_ranks_of_the_truth_are_uniform():
    rng, ranks = np.random.default_rng(8), []
    for turn in range(240):
        truth = rng.standard_normal()
        seen = truth + NOISE * rng.standard_normal()
        found = search(
            near_value(seen, seed=turn), Shape.plain(1), particles=300, budget=12_000, seed=turn, floor=lambda: 0.1
        )
        ranks.append(found.weights[found.latents.free[:, 0] < truth].sum())
    counts = np.histogram(ranks, bins=8, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3
    assert np.mean([0.05 <= rank <= 0.95 for rank in ranks]) == pytest.approx(0.9, abs=0.06)


def test_equal_seeds_give_equal_searches_and_others_do_not():
    def once(seed):
        return search(near_value(0.5), Shape.plain(1), particles=200, budget=2000, seed=seed)

    assert once(1).latents.free.tobytes() == once(1).latents.free.tobytes()
    assert once(1).latents.free.tobytes() != once(2).latents.free.tobytes()


def test_a_search_keeps_its_budget_and_its_tolerance_falls():
    calls = []

    def counted(generation, latents):
        calls.append(len(latents.world))
        return near_value(0.5, seed=generation)(generation, latents)

    found = search(counted, Shape.plain(1), particles=100, budget=650)
    assert sum(calls) == 600
    assert found.reason == "budget"
    tolerances = [one.tolerance for one in found.generations]
    assert tolerances == sorted(tolerances, reverse=True)
    assert [one.runs for one in found.generations] == [100, 200, 300, 400, 500, 600]
    assert found.weights.sum() == pytest.approx(1)


def test_a_vector_whose_run_failed_is_left():
    def half(generation, latents):
        return np.where(latents.free[:, 0] > 0, np.inf, 1.0 + latents.free[:, 0] ** 2)

    found = search(half, Shape.plain(1), particles=200, budget=1000)
    assert (found.latents.free <= 0).all()
    with pytest.raises(ValueError, match="finite distance"):
        search(lambda generation, latents: np.full(50, np.inf), Shape.plain(1), particles=50, budget=500)


def test_a_search_ends_where_hardly_any_move_is_accepted():
    def ever_worse(generation, latents):
        return latents.free[:, 0] ** 2 + generation

    assert search(ever_worse, Shape.plain(1), particles=100, budget=10_000).reason == "acceptance"


def test_copies_of_one_vector_are_merged():
    never = iter([np.arange(1.0, 101.0), *(np.full(100, 1000.0) for _ in range(9))])
    found = search(lambda generation, latents: next(never), Shape.plain(1), particles=100, budget=1000)
    assert len(found.weights) == len(np.unique(found.latents.free)) == 50
    assert found.weights.sum() == pytest.approx(1)
    assert found.effective_size < 50


def test_the_first_generation_may_have_several_runs_of_each_vector():
    def twice(generation, latents):
        first = np.abs(latents.free[:, 0])
        return first if generation else np.column_stack([first, first + 10])

    found = search(twice, Shape.plain(1), particles=100, budget=200)
    assert found.generations[0].runs == 200
    assert found.latents.free.shape == (100, 1)


def test_latents_are_chosen_by_mask():
    one, two = (Latents(np.full(3, k), np.full((3, 1), float(k)), np.full((3, 2), float(k))) for k in (1, 2))
    mixed = one.where(np.array([True, False, True]), two)
    assert mixed.world.tolist() == [1, 2, 1]
    assert mixed.table[:, 1:].tolist() == [[1.0] * 3, [2.0] * 3, [1.0] * 3]
