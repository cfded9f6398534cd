"""Tests, planning and modes against closed forms and other implementations."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from synthetic import outcomes

from simulation.experiments import statistics as stats
from simulation.hypotheses import planning
from simulation.hypotheses.evidence import EFFECT, NOTHING, Contrast, Evidence, Rule, weigh
from simulation.hypotheses.modes import count_modes, silverman_p, split
from simulation.hypotheses.twolines import line_weights, robin_hood
from simulation.hypotheses.verdicts import (
    REFUTED,
    SUPPORTED,
    Judgement,
    judge,
    kept_share,
    mechanism_status,
    robust_share,
)

RNG = np.random.default_rng(1)


def test_t_agrees_with_scipy():
    values = RNG.normal(0.3, 1, 25)
    found = stats.estimate(values)
    assert 2 * found.above(0) == pytest.approx(scipy_stats.ttest_1samp(values, 0, alternative="greater").pvalue * 2)
    expected = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.interval(0.95) == pytest.approx((expected.low, expected.high))


def test_bca_agrees_with_scipy():
    values = np.random.default_rng(5).gamma(4, 0.5, 40)
    expected = scipy_stats.bootstrap(
        (values,), np.mean, method="BCa", n_resamples=20_000, rng=np.random.default_rng(2)
    ).confidence_interval
    found = stats.estimate(values, "bca").interval(0.95)
    assert found == pytest.approx((expected.low, expected.high), abs=0.03)


def test_bca_p_values_invert_its_interval():
    found = stats.estimate(RNG.exponential(1, 40), "bca")
    low, high = found.interval(0.95)
    assert found.above(low) == pytest.approx(0.025, abs=0.002)
    assert found.below(high) == pytest.approx(0.025, abs=0.002)


def test_a_sample_without_spread_is_certain():
    found = stats.estimate([0.5, 0.5, 0.5])
    assert (found.above(0), found.below(0), found.above(0.5)) == (0.0, 1.0, 1.0)
    assert found.interval(0.95) == (0.5, 0.5)


def test_holm_on_a_worked_example():
    # Ordered .005 .01 .03 .04: × 4, 3, 2, 1, never falling.
    assert stats.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_lies_between_the_raw_value_and_bonferroni_and_keeps_the_order(values):
    adjusted = stats.holm(values)
    for raw, made in zip(values, adjusted, strict=True):
        assert raw <= made <= min(1.0, len(values) * raw) + 1e-12
    order = sorted(range(len(values)), key=values.__getitem__)
    assert all(adjusted[a] <= adjusted[b] for a, b in itertools.pairwise(order))


@given(st.floats(-3, 3), st.floats(0.01, 2), st.integers(3, 60), st.sampled_from([EFFECT, NOTHING]))
def test_support_and_refutation_exclude_each_other(mean, spread, n, role):
    values = np.random.default_rng(n).normal(mean, spread, (n, 1))
    found = weigh(Contrast("x", np.ones(1), role), values, Rule(0.05, 1.0))
    one = judge([found])
    assert not (one.p_support <= 0.05 and one.reach and one.p_refute <= 0.05)


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


def test_power_agrees_with_the_noncentral_t():
    # n = 34 pairs find d = .5 with power .80 at two-sided .05 (a textbook value).
    assert planning.power_to_support(34, 1.0, 0.5, 0.05, 0.0) == pytest.approx(0.808, abs=0.002)


def test_power_to_refute_agrees_with_simulation():
    rng = np.random.default_rng(3)
    n, hits = 40, 0
    for _ in range(2000):
        found = stats.estimate(rng.normal(0, 1, n))
        hits += 2 * stats.equivalence(found, 0.6) <= 0.05
    assert planning.power_to_refute(n, 1.0, 0.6, 0.05) == pytest.approx(hits / 2000, abs=0.03)


@given(st.floats(0.05, 3), st.floats(0.6, 0.95))
def test_replicates_are_the_fewest_that_give_the_power(sd, power):
    n = planning.replicates_for(sd, 0.5, 0.01, 0.05, power)

    def reached(number):
        return min(
            planning.power_to_support(number, sd, 0.5, 0.01, 0.05), planning.power_to_refute(number, sd, 0.5, 0.01)
        )

    assert reached(n) >= power
    assert n == planning.FEWEST or reached(n - 1) < power


def test_a_cap_is_kept_and_the_loss_of_power_is_said():
    pilot = outcomes(np.random.default_rng(4), [0, 0], 20)
    made = planning.plan(pilot, [Contrast("x", np.array([-1.0, 1.0]))], smallest=0.1, alpha=0.05, power=0.9, cap=50)
    assert made.replicates == 50
    assert made.capped
    assert made.power < 0.5


def test_the_replicates_that_would_decide_do_decide():
    rng = np.random.default_rng(6)
    values = rng.normal(0.3, 1, (20, 1))
    values += 0.3 - values.mean()
    part = weigh(Contrast("x", np.ones(1)), values, Rule(0.05, 0.5))
    n = planning.would_take(part, 20, 0.5, 0.05, 0.05)
    grown = rng.normal(0, 1, (n, 1))
    grown = 0.3 + (grown - grown.mean()) / grown.std(ddof=1) * values.std(ddof=1)
    assert judge([part]).verdict(0.05) == "undecided"
    assert judge([weigh(Contrast("x", np.ones(1)), grown, Rule(0.05, 0.5))]).verdict(0.05) == SUPPORTED


def test_two_lines_reproduce_straight_lines():
    x = np.array([0.0, 1, 2, 4, 6])
    before, after = line_weights(x, 2)
    y = np.where(x <= 2, 3 * x, 6 - 0.5 * (x - 2))
    assert (before @ y, after @ y) == pytest.approx((6.0, -2.0))


def test_the_break_is_found_at_a_sharp_top():
    x = np.arange(9.0)
    assert robin_hood(x, outcomes(RNG, 4 - np.abs(x - 5), 20, own=0.1)) == 5


def test_the_break_is_never_an_end():
    x = np.arange(6.0)
    for means in (x, -x, np.zeros(6)):
        assert 1 <= robin_hood(x, outcomes(RNG, means, 10, own=0.1)) <= 4


def test_modes_are_counted_and_split():
    values = np.concatenate([RNG.normal(0, 0.5, 40), RNG.normal(5, 0.5, 40)])
    edge, apart = split(values)
    assert count_modes(values, 0.5) == 2
    assert count_modes(values, 5.0) == 1
    assert 1 < edge < 4
    assert apart == pytest.approx(5, abs=0.4)


def test_silverman_rejects_one_mode_for_two_and_keeps_it_for_one():
    rng = np.random.default_rng(8)
    two = np.concatenate([rng.normal(0, 1, 40), rng.normal(6, 1, 40)])
    assert silverman_p(two) < 0.01
    kept = [silverman_p(rng.normal(0, 1, 60), seed) > 0.05 for seed in range(12)]
    assert sum(kept) >= 10
    assert silverman_p(np.ones(20)) == 1.0


def test_a_refuted_part_refutes_the_whole_with_a_correction_for_the_parts():
    part = Evidence("a", 0, 0, 0, 1.0, 0.01, True)
    good = Evidence("b", 0, 0, 0, 0.001, 1.0, True)
    assert judge([part, good, good]) == Judgement(1.0, pytest.approx(0.03), True)


def test_what_removing_the_mechanism_says():
    assert mechanism_status("supported", "supported", 0.1) == "remains"
    assert mechanism_status("supported", "refuted", 0.1) == "vanishes"
    assert mechanism_status("supported", "refuted", 0.9) == "remains"
    assert mechanism_status("supported", "undecided", 0.1) == "unclear"
    assert mechanism_status("undecided", "supported", 1.0) == "moot"


def test_what_is_kept_is_that_of_the_part_that_shrinks_most():
    def parts(*sizes):
        return [Evidence(str(place), size, 0, 0, 1, 1, True) for place, size in enumerate(sizes)]

    assert kept_share(parts(2.0, -4.0), parts(1.5, -1.0)) == 0.25
    assert kept_share(parts(2.0), parts(-1.0)) == -0.5
    assert math.isnan(kept_share([], []))


def test_a_rank_near_its_edge_would_take_more_replicates_than_one_far_from_it():
    near, far = (Evidence("rank", 5, 1, 12, p, 1.0, True, unit="rank") for p in (0.2, 0.04))
    assert planning.would_take(near, 40, 1, 0.05, 0.01) > planning.would_take(far, 40, 1, 0.05, 0.01) > 40
    assert planning.would_take(Evidence("rank", 5, 1, 12, 1.0, 1.0, True, unit="rank"), 40, 1, 0.05, 0.01) is None


def test_the_robust_share_counts_equal_verdicts():
    assert robust_share("supported", ["supported", "refuted", "supported", "undecided"]) == 0.5
    assert math.isnan(robust_share("supported", []))
    assert math.isnan(robust_share("undecided", ["undecided"]))
