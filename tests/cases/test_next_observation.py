"""Gains of a next observation agree with a linear-Gaussian case whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.cases.counterfactual import by_vector, verdict
from simulation.cases.next_observation import bootstrap, by_chance, gains

NUMBER = 20_000


def linear(seed=0, number=NUMBER):
    """Return a target t, and values t, t + noise of variance 3, and noise alone."""
    rng = np.random.default_rng(seed)
    target = rng.standard_normal(number)
    noise = rng.standard_normal((number, 2))
    return np.column_stack([target, target + np.sqrt(3) * noise[:, 0], noise[:, 1]]), target


def test_the_share_of_variance_removed_is_the_known_one():
    values, target = linear()
    # 1 ÷ (1 + 1), 1 ÷ (4 + 1) and nothing.
    assert gains(values, target, np.array([1.0, 1.0, 1.0])) == pytest.approx([1 / 2, 1 / 5, 0], abs=0.01)
    assert gains(values, target, np.zeros(3)) == pytest.approx([1, 1 / 4, 0], abs=0.01)


@given(st.floats(-50, 50), st.floats(0.1, 50), st.floats(0, 10))
def test_a_gain_is_a_share_whatever_the_units(shift, factor, sd):
    values, target = linear(3, 60)
    plain = gains(values, target, np.full(3, sd))
    scaled = gains(values * factor + shift, target * -factor, np.full(3, sd * factor))
    assert scaled == pytest.approx(plain, abs=1e-6)
    assert ((plain >= 0) & (plain <= 1 + 1e-9)).all()


def test_an_exact_observation_tells_no_less_than_an_inexact_one():
    values, target = linear(1, 100)
    assert (gains(values, target, np.full(3, 0.1)) >= gains(values, target, np.full(3, 2.0))).all()


def test_nothing_is_learned_of_a_target_that_does_not_vary_or_from_a_value_that_does_not():
    values, target = linear(1, 100)
    assert gains(values, np.ones(100), np.ones(3)).tolist() == [0, 0, 0]
    assert gains(np.ones((100, 3)), target, np.zeros(3)) == pytest.approx([0, 0, 0])


def test_the_error_is_that_of_drawing_other_vectors():
    number = 100
    drawn = [gains(*linear(seed, number), np.ones(3))[0] for seed in range(300)]
    values, target = linear(7, number)
    error = bootstrap(values, target, np.ones(3), np.arange(number), np.random.default_rng(0))[0]
    assert error == pytest.approx(np.std(drawn), rel=0.4)


def test_candidates_that_tell_nothing_beat_chance_about_once_in_twenty():
    beaten = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values, target = rng.standard_normal((40, 12)), rng.standard_normal(40)
        level = by_chance(values, target, np.ones(12), np.arange(40), rng)
        beaten += gains(values, target, np.ones(12)).max() > level
    assert 0 < beaten <= 13


def test_a_difference_is_beyond_or_within_only_with_its_whole_interval():
    assert verdict(0.1, 0.3, 0.05) == verdict(-0.3, -0.1, 0.05) == "beyond"
    assert verdict(-0.04, 0.05, 0.05) == "within"
    assert verdict(0.0, 0.3, 0.05) == verdict(-0.3, 0.3, 0.05) == "undecided"


def test_seeds_of_a_vector_are_averaged_and_vectors_without_a_value_left_out():
    assert by_vector(np.array([1.0, 3.0, np.nan, 5.0, np.nan, np.nan]), 3).tolist() == [2.0, 5.0]
