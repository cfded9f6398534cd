"""Even draws from a part of the unit cube that a function tells."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulation.evidence.worlds.region import FEWEST, draw

NONE = np.empty((0, 4))


def rng(seed=0):
    return np.random.default_rng(seed)


def ball(radius):
    return lambda unit: ((unit - 0.5) ** 2).sum(axis=1) <= radius**2


def shares_within(drawn, radius):
    """Return, per vector, the share of the ball nearer to its centre: even over [0, 1] when draws are even."""
    return (np.sqrt(((drawn - 0.5) ** 2).sum(axis=1)) / radius) ** drawn.shape[1]


def test_where_much_is_inside_draws_are_those_of_the_cube_that_fall_inside():
    drawn = draw(ball(0.4), 4, 300, rng(), NONE, 40_000)
    cube = rng().random((20_000, 4))
    assert np.array_equal(drawn, cube[ball(0.4)(cube)][:300])


def test_known_vectors_do_not_mix_with_even_draws_where_these_suffice():
    known = np.full((500, 4), 0.5)
    assert np.array_equal(draw(ball(0.4), 4, 300, rng(), known, 40_000), draw(ball(0.4), 4, 300, rng(), NONE, 40_000))


def test_chains_spread_evenly_over_a_small_part_of_the_cube():
    # .00024 of the cube: 48 of 200,000 draws, of which chains make 800.
    drawn = draw(ball(0.084), 4, 800, rng(), NONE, 200_000)
    assert ball(0.084)(drawn).all()
    assert len(np.unique(drawn, axis=0)) == 800
    assert stats.kstest(shares_within(drawn, 0.084), "uniform").pvalue > 0.001
    assert (np.abs(drawn.mean(axis=0) - 0.5) < 4 * drawn.std(axis=0) / np.sqrt(800)).all()


def test_chains_forget_where_they_began():
    known = np.full((FEWEST, 4), 0.5)
    known[:, 0] += np.linspace(0.05, 0.08, FEWEST)
    drawn = draw(ball(0.084), 4, 800, rng(1), known, 100)
    assert stats.kstest(shares_within(drawn, 0.084), "uniform").pvalue > 0.001
    assert np.abs(drawn[:, 0].mean() - 0.5) < 4 * drawn[:, 0].std() / np.sqrt(800)


def test_parts_that_lie_apart_get_draws_by_their_size():
    def two(unit):
        return (np.abs(unit - 0.2) < 0.06).all(axis=1) | (np.abs(unit - 0.8) < 0.0456).all(axis=1)

    # 250 and 83 of a million even draws: three quarters lie in the first.
    drawn = draw(two, 4, 1000, rng(2), NONE, 400_000)
    share = (drawn[:, 0] < 0.5).mean()
    # Chains begin at some hundred even draws, so that these decide: ± 4 binomial standard deviations.
    assert share == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 110))


def test_nothing_is_drawn_where_too_few_vectors_are_found_inside():
    inside = np.full((FEWEST - 1, 4), 0.5)

    def only_those(unit):
        return (unit == 0.5).all(axis=1)

    assert draw(only_those, 4, 50, rng(), inside, 1000).shape == (0, 4)
    assert draw(only_those, 4, 50, rng(), np.vstack([inside, inside[:1]]), 1000).shape == (50, 4)
    assert draw(only_those, 4, 50, rng(), NONE, 1000).shape == (0, 4)


def test_equal_generators_draw_equal_vectors():
    one, two, other = (draw(ball(0.1), 4, 100, rng(seed), NONE, 100_000) for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
