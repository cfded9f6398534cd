"""Findings about one effect: what supports and what refutes each role."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import outcomes

from simulation.experiments.statistics import equivalence, estimate
from simulation.hypotheses.evidence import EFFECT, NOT_WORSE, NOTHING, Contrast, Rule, complete, crn_gain, weigh
from simulation.hypotheses.verdicts import REFUTED, SUPPORTED, UNDECIDED, judge

ONE = np.ones(1)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_effects_p_values_are_twice_the_tails_beyond_and_short_of_the_smallest_effect(sign):
    values = sign * np.random.default_rng(16).normal(0.3, 1, (30, 1))
    rule = Rule(0.05, 0.4)
    found = weigh(Contrast("x", ONE, EFFECT, sign), values, rule)
    forward = estimate(sign * values[:, 0])
    assert found.p_support == pytest.approx(min(1.0, 2 * forward.above(0.4)))
    assert found.p_refute == pytest.approx(min(1.0, 2 * forward.below(0.4)))
    low, high = forward.interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high) if sign == 1 else (-high, -low))
    assert found.estimate == pytest.approx(values.mean() * 1.0)
    assert (found.name, found.role, found.unit, found.bound) == ("x", EFFECT, "metric", 0.4)


def test_an_effect_against_the_claim_is_refuted():
    values = np.random.default_rng(17).normal(-2, 1, (30, 1))
    found = weigh(Contrast("x", ONE), values, Rule(0.05, 0.5))
    assert found.p_refute == pytest.approx(2 * estimate(values[:, 0]).below(0.5))
    assert found.p_refute < 1e-9
    assert found.p_support == 1.0


@pytest.mark.parametrize("method", ["t", "bca"])
@pytest.mark.parametrize(("role", "factor"), [(EFFECT, 1.0), (NOT_WORSE, -1.0)])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_shown_interval_and_the_verdict_before_correction_say_the_same(method, role, factor, sign):
    rng = np.random.default_rng(18)
    seen = set()
    for _ in range(60):
        values = rng.normal(sign * 0.4 * factor, 1, (25, 1)) + rng.normal(0, 0.4)
        found = weigh(Contrast("x", ONE, role, sign), values, Rule(0.05, 0.4, method))
        ends = sorted((sign * found.low, sign * found.high))
        wanted = SUPPORTED if ends[0] > factor * 0.4 else REFUTED if ends[1] < factor * 0.4 else UNDECIDED
        assert judge([found]).verdict(0.05) == wanted
        seen.add(wanted)
    assert seen == {SUPPORTED, REFUTED, UNDECIDED}


def test_an_effect_of_exactly_the_smallest_size_without_spread_is_undecided():
    found = weigh(Contrast("x", ONE), np.full((10, 1), 0.4), Rule(0.05, 0.4))
    assert judge([found]).verdict(0.05) == UNDECIDED
    assert not found.holds
    assert found.distance == 0


def test_a_part_holds_where_its_estimate_lies_as_claimed_and_says_how_far_from_the_turn():
    rule = Rule(0.05, 0.4)
    for role, sign, mean, holds, distance in (
        (EFFECT, 1, 0.6, True, 0.2),
        (EFFECT, 1, 0.3, False, 0.1),
        (EFFECT, -1, -0.6, True, 0.2),
        (EFFECT, -1, 0.6, False, 1.0),
        (NOT_WORSE, 1, -0.3, True, 0.1),
        (NOT_WORSE, 1, -0.5, False, 0.1),
        (NOTHING, 1, -0.3, True, 0.1),
        (NOTHING, 1, -0.5, False, 0.5),
    ):
        found = weigh(Contrast("x", ONE, role, sign), mean + np.linspace(-0.1, 0.1, 9)[:, None], rule)
        assert found.holds is holds, (role, mean)
        assert found.distance == pytest.approx(distance)


def test_not_worse_is_about_the_loss_that_matters():
    values = np.random.default_rng(19).normal(0.0, 1, (30, 1))
    found, one = weigh(Contrast("x", ONE, NOT_WORSE), values, Rule(0.05, 0.5)), estimate(values[:, 0])
    assert found.p_support == pytest.approx(2 * one.above(-0.5))
    assert found.p_refute == pytest.approx(min(1.0, 2 * one.below(-0.5)))
    assert judge([weigh(Contrast("x", ONE, NOT_WORSE), values - 3, Rule(0.05, 0.5))]).verdict(0.05) == REFUTED


@pytest.mark.parametrize("shift", [-0.2, 0.2])
def test_a_difference_beyond_zero_but_within_the_margin_does_not_refute_nothing(shift):
    values = shift + np.linspace(-0.1, 0.1, 50)[:, None]
    found = weigh(Contrast("x", ONE, NOTHING), values, Rule(0.05, 0.5))
    assert found.p_refute == 1.0
    assert found.p_support == pytest.approx(2 * equivalence(estimate(values[:, 0]), 0.5))
    assert found.p_support < 1e-9


@pytest.mark.parametrize("shift", [-0.5, 0.5])
def test_a_difference_that_may_matter_refutes_nothing(shift):
    values = shift + np.linspace(-2, 2, 30)[:, None]
    found, one = weigh(Contrast("x", ONE, NOTHING), values, Rule(0.05, 0.5)), estimate(values[:, 0])
    assert found.p_refute == pytest.approx(2 * min(one.above(0.0), one.below(0.0)))
    assert 0.01 < found.p_refute < 0.05


def test_an_interval_that_ends_at_the_margin_leaves_room_for_what_matters():
    values = np.random.default_rng(27).normal(0.5, 1, (40, 1))
    high = estimate(values[:, 0]).interval(0.95)[1]
    assert weigh(Contrast("x", ONE, NOTHING), values, Rule(0.05, high)).p_refute < 1


def test_only_replicates_with_every_outcome_finite_are_complete():
    given = np.array([[1.0, 2.0], [math.nan, 1.0], [3.0, math.inf], [4.0, 5.0]])
    assert complete(given).tolist() == [[1.0, 2.0], [4.0, 5.0]]


def test_the_gain_of_pairing_is_one_variance_over_the_other():
    made = outcomes(np.random.default_rng(20), [0, 1, 2], 30)
    weights = np.array([-1.0, 0.5, 0.5])
    unpaired = made[:, 0].var(ddof=1) + 0.25 * made[:, 1].var(ddof=1) + 0.25 * made[:, 2].var(ddof=1)
    paired = (made @ weights).var(ddof=1)
    assert crn_gain(Contrast("x", weights), made) == pytest.approx(paired / unpaired)
    assert crn_gain(Contrast("x", weights), made) < 1
    assert crn_gain(Contrast("x", weights), 0.001 * made) == pytest.approx(paired / unpaired)
    assert math.isnan(crn_gain(Contrast("x", weights), np.ones((5, 3))))


@given(st.floats(-3, 3), st.floats(0.01, 2), st.integers(3, 60), st.sampled_from([EFFECT, NOT_WORSE, NOTHING]))
def test_support_and_refutation_exclude_each_other(mean, spread, n, role):
    values = np.random.default_rng(n).normal(mean, spread, (n, 1))
    found = weigh(Contrast("x", np.ones(1), role), values, Rule(0.05, 1.0))
    one = judge([found])
    assert not (one.p_support <= 0.05 and one.p_refute <= 0.05)


def test_an_effect_too_small_to_matter_is_refuted_though_it_is_beyond_zero():
    values = 0.1 + np.linspace(-0.1, 0.1, 50)[:, None]
    found = weigh(Contrast("x", np.ones(1)), values, Rule(0.05, 1.0))
    assert found.low > 0
    assert judge([found]).verdict(0.05) == REFUTED


def test_a_claim_of_no_difference_is_supported_by_equivalence_and_refuted_by_an_effect():
    nothing = Contrast("x", np.ones(1), NOTHING)
    near, far = (np.linspace(-0.1, 0.1, 50)[:, None] + shift for shift in (0.0, 3.0))
    assert judge([weigh(nothing, near, Rule(0.05, 1.0))]).verdict(0.05) == SUPPORTED
    assert judge([weigh(nothing, far, Rule(0.05, 1.0))]).verdict(0.05) == REFUTED


def test_a_claimed_decrease_is_reported_with_its_own_sign():
    values = -2 + np.linspace(-0.5, 0.5, 30)[:, None]
    found = weigh(Contrast("x", np.ones(1), sign=-1), values, Rule(0.05, 1.0))
    assert found.low < found.estimate < found.high < 0
    assert judge([found]).verdict(0.05) == SUPPORTED
