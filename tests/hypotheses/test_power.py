"""Planning: power, replicates, and what would decide."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from synthetic import outcomes

from simulation.experiments import statistics as stats
from simulation.hypotheses import planning
from simulation.hypotheses.evidence import NOT_WORSE, Contrast, Evidence, Rule, weigh
from simulation.hypotheses.verdicts import SUPPORTED, judge


def test_the_pilots_deviation_is_taken_at_its_upper_limit():
    values = np.random.default_rng(24).normal(0, 2, 12)
    ratio = planning.upper_sd(values) / values.std(ddof=1)
    assert ratio == pytest.approx(math.sqrt(11 / scipy_stats.chi2.ppf(0.2, 11)))
    assert ratio > 1


def test_without_spread_any_number_has_all_power():
    assert planning.power_to_support(10, 0.0, 0.5, 0.05, 0.05) == 1.0
    assert planning.power_to_refute(10, 0.0, 0.5, 0.05) == 1.0
    assert planning.replicates_for(0.0, 0.5, 0.05, 0.05, 0.9) == planning.FEWEST


def test_power_at_a_corrected_level_is_scipys():
    n, level = 12, 0.01
    critical = scipy_stats.t.ppf(1 - level / 2, n - 1)
    expected = scipy_stats.nct.sf(critical, n - 1, 0.9 * math.sqrt(n) / 0.7)
    assert planning.power_to_support(n, 0.7, 0.9, level, 0.0) == pytest.approx(expected)
    room = 0.9 * math.sqrt(n) / 0.7 - critical
    assert planning.power_to_refute(n, 0.7, 0.9, level) == pytest.approx(2 * scipy_stats.t.cdf(room, n - 1) - 1)


def test_the_number_planned_is_the_fewest_that_reaches_the_power():
    n = planning.replicates_for(1.0, 0.5, 0.05, 0.05, 0.9)

    def reached(number):
        return min(
            planning.power_to_support(number, 1.0, 0.5, 0.05, 0.05), planning.power_to_refute(number, 1.0, 0.5, 0.05)
        )

    assert reached(n) >= 0.9 > reached(n - 1)


def test_power_is_less_half_the_error_rate_and_never_negative():
    full = planning.power_to_support(34, 1.0, 0.5, 0.05, 0.0)
    assert planning.power_to_support(34, 1.0, 0.5, 0.05, 0.05) == pytest.approx(full - 0.025)
    assert planning.power_to_support(2, 100.0, 0.01, 0.001, 0.5) == 0.0
    assert planning.power_to_refute(5, 100.0, 0.01, 0.05) == 0.0


def test_power_depends_on_effect_over_deviation():
    for scale in (0.1, 10.0):
        scaled = planning.power_to_support(30, scale, 0.5 * scale, 0.05, 0.05)
        assert scaled == pytest.approx(planning.power_to_support(30, 1.0, 0.5, 0.05, 0.05))
        scaled = planning.power_to_refute(30, scale, 0.7 * scale, 0.05)
        assert scaled == pytest.approx(planning.power_to_refute(30, 1.0, 0.7, 0.05))


def test_not_worse_needs_no_power_to_refute():
    both = planning.replicates_for(1.0, 0.5, 0.05, 0.05, 0.9)
    one = planning.replicates_for(1.0, 0.5, 0.05, 0.05, 0.9, NOT_WORSE)
    assert planning.FEWEST < one < both


def test_a_plan_is_made_of_its_parts():
    pilot = outcomes(np.random.default_rng(25), [0, 0, 0], 20)
    pilot[:5, 0] = math.nan
    contrasts = [Contrast("a", np.array([-1.0, 1, 0])), Contrast("b", np.array([-1.0, 0, 3]))]
    made = planning.plan(pilot, contrasts, smallest=1.0, alpha=0.05, power=0.8, cap=10_000, family=4)
    sds = [planning.upper_sd(one.values(pilot[5:])) for one in contrasts]
    needed = max(planning.replicates_for(sd, 1.0, 0.0125, 0.05, 0.9) for sd in sds)
    assert made.sd == pytest.approx(max(sds))
    assert made.alpha == 0.0125
    assert made.wanted == made.replicates == math.ceil(needed * 20 / 15)
    assert (made.pilot, made.arms, made.runs, made.capped) == (20, 3, 3 * made.replicates, False)
    kept = int(made.replicates * 15 / 20)
    lost = sum(1 - planning.power_to_support(kept, sd, 1.0, 0.0125, 0.05) for sd in sds)
    assert made.power == pytest.approx(1 - lost)


def test_a_power_beyond_what_the_error_rate_leaves_is_met_as_nearly_as_can_be():
    assert planning.replicates_for(1.0, 0.5, 0.05, 0.05, 0.999) == planning.replicates_for(1.0, 0.5, 0.05, 0.05, 0.95)


def test_a_pilot_of_three_is_enough_to_plan():
    pilot = outcomes(np.random.default_rng(29), [0, 0], 3)
    made = planning.plan(pilot, [Contrast("a", np.array([-1.0, 1]))], smallest=1, alpha=0.05, power=0.8, cap=9_999)
    assert made.alpha == 0.05
    assert made.sd > 0


def test_a_test_of_two_replicates_has_the_power_of_two():
    pilot = outcomes(np.random.default_rng(30), [0, 0], 10)
    one = Contrast("a", np.array([-1.0, 1]))
    made = planning.plan(pilot, [one], smallest=20.0, alpha=0.05, power=0.8, cap=2)
    sd = planning.upper_sd(one.values(pilot))
    assert made.power == pytest.approx(planning.power_to_support(2, sd, 20.0, 0.05, 0.05))
    assert made.power > 0


def test_a_pilot_of_two_plans_nothing_and_takes_the_cap():
    made = planning.plan(
        np.ones((2, 2)), [Contrast("a", np.array([-1.0, 1]))], smallest=1.0, alpha=0.04, power=0.8, cap=77, family=2
    )
    assert (made.pilot, made.wanted, made.replicates, made.arms, made.alpha) == (2, 77, 77, 2, 0.02)
    assert math.isnan(made.power)
    assert math.isnan(made.sd)


def test_what_would_decide_grows_with_the_square_of_what_is_missing():
    # Interval 0.3 ± 0.6 at 1 − .05: z = 1.96·(0.3 / 0.6) = 0.98 after 20 replicates; 1.96 takes four times as many.
    seen = Evidence("x", 0.3, -0.3, 0.9, 0.3, 1.0, True)
    assert planning.would_take(seen, 20, 0.5, 0.05, 0.05) == 80
    # The estimate is nearer to the margin than to zero, so the distance 0.5 − 0.1 counts.
    seen = Evidence("x", 0.1, -0.3, 0.5, 0.3, 1.0, True)
    assert planning.would_take(seen, 20, 0.5, 0.05, 0.05) == 21
    # A rank has no useful interval, so its smaller p counts: .3 here, two-sided.
    rank = Evidence("x", 5, 1, 12, 0.4, 0.3, True, unit="rank")
    times = (scipy_stats.norm.isf(0.025) / scipy_stats.norm.isf(0.15)) ** 2
    assert planning.would_take(rank, 20, 0.5, 0.05, 0.05) == math.ceil(20 * times)
    flat = Evidence("x", 0.1, 0.1, 0.1, 0.3, 1.0, True)
    assert planning.would_take(flat, 20, 0.5, 0.05, 0.05) == 21


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
