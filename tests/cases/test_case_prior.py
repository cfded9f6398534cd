"""The prior: plausible worlds as a smoothed set, and free parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.cases.prior import EDGE, SMOOTHING, Prior, near, place, position
from simulation.cases.search import Latents
from simulation.evidence.worlds import worlds
from simulation.evidence.worlds.space import space
from simulation.experiments.design.distributions import Choices, Range

FREE = {"share": Range(0.2, 0.9), "months": Range(1, 4, integer=True), "word": Choices(("a", "b"), (3.0, 1.0))}


def shipped(number=None, free=FREE, smoothing=SMOOTHING):
    """Return the prior of the shipped worlds."""
    axes, found = space(), worlds(number)
    ranges = {key: axes[key].searched for key in found.keys}
    places = [[place(drawn, world[key]) for key, drawn in ranges.items()] for world in found]
    return Prior(np.array(places), ranges, free, smoothing)


@pytest.mark.parametrize("number", [None, 5, 2])
def test_mean_and_covariance_of_the_worlds_are_kept(number):
    prior = shipped(number, {})
    latents = prior.shape.draw(60_000, np.random.default_rng(0))
    drawn = stats.norm.ppf(prior.positions(latents))
    assert drawn.mean(axis=0) == pytest.approx(prior.places.mean(axis=0), abs=0.05)
    assert np.cov(drawn.T, ddof=0) == pytest.approx(np.cov(prior.places.T, ddof=0), abs=0.06)


def test_no_number_of_the_kernel_lies_where_another_library_might_round_it_otherwise():
    exact = shipped(free={})._exact_factor * 10**6
    assert np.abs(exact % 1 - 0.5).min() > 1e-5


def test_without_smoothing_a_draw_is_a_world():
    prior = shipped(40, {}, smoothing=0.0)
    latents = prior.shape.draw(50, np.random.default_rng(0))
    table = worlds(40)
    for values, world in zip(prior.values(latents), latents.world, strict=True):
        for key, value in values.items():
            drawn = prior.ranges[key]
            if EDGE < position(drawn, table[int(world)][key]) < 1 - EDGE:
                assert value == pytest.approx(table[int(world)][key], rel=1e-9)


def test_a_draw_stays_near_its_world_and_in_the_searched_ranges():
    prior = shipped(free={})
    latents = prior.shape.draw(2000, np.random.default_rng(1))
    gone = stats.norm.ppf(prior.positions(latents)) - prior.places[latents.world]
    assert (gone.std(axis=0) < 0.4 * prior.places.std(axis=0)).all()
    for values in prior.values(latents):
        assert all(prior.ranges[key].low <= value <= prior.ranges[key].high for key, value in values.items())


def test_free_parameters_have_their_own_distributions_whole_numbers_and_words_too():
    prior = shipped(3)
    values = prior.values(prior.shape.draw(8000, np.random.default_rng(2)))
    assert stats.kstest([one["share"] for one in values], stats.uniform(0.2, 0.7).cdf).pvalue > 1e-3
    months = np.unique([one["months"] for one in values], return_counts=True)
    assert months[0].tolist() == [1, 2, 3, 4]
    assert months[1] / 8000 == pytest.approx(0.25, abs=0.02)
    assert np.mean([one["word"] == "a" for one in values]) == pytest.approx(0.75, abs=0.02)
    assert prior.names[:3] == list(FREE)


def test_the_middle_of_the_latent_space_is_the_middle_of_the_worlds():
    prior = shipped(9)
    rank = prior.shape.inside
    assert rank == 8
    latents = Latents(np.zeros(1, np.int64), np.zeros((1, rank)), np.zeros((1, 3)))
    kept = math.sqrt(1 - SMOOTHING**2)
    middle = prior.places.mean(axis=0)
    expected = stats.norm.cdf(middle + kept * (prior.places[0] - middle))
    assert prior.positions(latents)[0] == pytest.approx(np.r_[0.5, 0.5, 0.5, expected])


@given(st.integers(2, 40), st.integers(1, 6), st.integers(0, 1000))
def test_the_way_from_world_to_world_is_as_likely_as_the_way_back(number, width, seed):
    table = near(np.random.default_rng(seed).standard_normal((number, width)))
    assert table == pytest.approx(table.T)
    assert table.sum(axis=1) == pytest.approx(np.ones(number))
    assert (table >= -1e-12).all()


def test_a_near_world_is_reached_more_often_than_a_far_one():
    table = near(np.array([[0.0], [0.1], [5.0], [5.1], [9.0], [9.1]]))
    assert table[0, 1] > 10 * table[0, 4]
    assert near(np.zeros((4, 2))) == pytest.approx((1 - np.eye(4)) / 3)


@given(
    st.floats(0.002, 0.998), st.sampled_from([Range(2, 5), Range(0.1, 9, scale="log"), Range(0, 1, mean=0.3, sd=0.4)])
)
def test_a_position_is_the_inverse_of_a_range(unit, drawn):
    assert position(drawn, drawn.at(unit)) == pytest.approx(unit, abs=1e-9)


def test_values_at_the_ends_of_a_range_have_a_place():
    assert place(Range(0, 1), 0.0) == pytest.approx(stats.norm.ppf(EDGE))
    assert place(Range(0, 1), 1.0) == pytest.approx(-stats.norm.ppf(EDGE))
