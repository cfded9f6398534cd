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
from simulation.hypotheses.evidence import EFFECT, NOT_WORSE, NOTHING, Contrast, Evidence, Rule, weigh
from simulation.hypotheses.planning import Need
from simulation.hypotheses.verdicts import SUPPORTED, judge

ONE = Contrast("a", np.array([-1.0, 1.0]))


def test_the_pilots_deviation_is_taken_at_its_upper_limit():
    values = np.random.default_rng(24).normal(0, 2, 12)
    ratio = planning.upper_sd(values) / values.std(ddof=1)
    assert ratio == pytest.approx(math.sqrt(11 / scipy_stats.chi2.ppf(0.2, 11)))
    assert ratio > 1


@pytest.mark.parametrize("role", [EFFECT, NOT_WORSE, NOTHING])
def test_without_spread_any_number_has_all_power(role):
    assert Need(0.0, 0.5, role).power(10, 0.05) == 1.0
    assert planning.replicates_for(Need(0.0, 0.5, role), 0.05, 0.9) == planning.FEWEST


def test_power_at_a_corrected_level_is_scipys():
    n, level = 12, 0.01
    critical = scipy_stats.t.ppf(1 - level / 2, n - 1)
    expected = scipy_stats.nct.sf(critical, n - 1, 0.9 * math.sqrt(n) / 0.7)
    assert planning.power_to_decide(n, 0.7, 0.9, level) == pytest.approx(expected)
    room = 0.9 * math.sqrt(n) / 0.7 - critical
    assert planning.power_to_equate(n, 0.7, 0.9, level) == pytest.approx(2 * scipy_stats.t.cdf(room, n - 1) - 1)


def test_power_agrees_with_the_noncentral_t():
    # n = 34 pairs find d = .5 with power .80 at two-sided .05 (a textbook value).
    assert planning.power_to_decide(34, 1.0, 0.5, 0.05) == pytest.approx(0.808, abs=0.002)


@pytest.mark.parametrize("truth", [0.0, 1.2])
def test_zero_is_refuted_and_twice_the_smallest_effect_supported_with_the_same_power(truth):
    rng, n, smallest, hits = np.random.default_rng(3), 25, 0.6, 0
    for _ in range(2000):
        found = stats.estimate(rng.normal(truth, 1, n))
        hits += 2 * (found.above(smallest) if truth else found.below(smallest)) <= 0.05
    assert planning.power_to_decide(n, 1.0, smallest, 0.05) == pytest.approx(hits / 2000, abs=0.03)


def test_power_to_show_nothing_agrees_with_simulation():
    rng = np.random.default_rng(3)
    n, hits = 40, 0
    for _ in range(2000):
        found = stats.estimate(rng.normal(0, 1, n))
        hits += 2 * stats.equivalence(found, 0.6) <= 0.05
    assert planning.power_to_equate(n, 1.0, 0.6, 0.05) == pytest.approx(hits / 2000, abs=0.03)


def test_power_is_never_negative_and_a_claim_of_nothing_needs_more():
    assert planning.power_to_equate(5, 100.0, 0.01, 0.05) == 0.0
    assert 0 <= planning.power_to_decide(2, 100.0, 0.01, 0.001) < 0.01
    assert Need(1.0, 0.5, NOTHING).power(40, 0.05) < Need(1.0, 0.5, EFFECT).power(40, 0.05)
    assert Need(1.0, 0.5, NOT_WORSE).power(40, 0.05) == Need(1.0, 0.5, EFFECT).power(40, 0.05)


@pytest.mark.parametrize("role", [EFFECT, NOTHING])
def test_power_depends_on_distance_over_deviation(role):
    for scale in (0.1, 10.0):
        assert Need(scale, 0.5 * scale, role).power(30, 0.05) == pytest.approx(Need(1.0, 0.5, role).power(30, 0.05))


@given(st.floats(0.05, 3), st.floats(0.6, 0.99), st.sampled_from([EFFECT, NOTHING]))
def test_replicates_are_the_fewest_that_give_the_power(sd, power, role):
    need = Need(sd, 0.5, role)
    n = planning.replicates_for(need, 0.01, power)
    assert need.power(n, 0.01) >= power
    assert n == planning.FEWEST or need.power(n - 1, 0.01) < power


def test_a_plan_is_made_of_its_parts():
    pilot = outcomes(np.random.default_rng(25), [0, 0, 0], 20)
    pilot[:5, 0] = math.nan
    contrasts = [Contrast("a", np.array([-1.0, 1, 0])), Contrast("b", np.array([-1.0, 0, 3]))]
    made = planning.plan(pilot, contrasts, smallest=1.0, alpha=0.05, power=0.8, cap=10_000, family=4)
    needs = [Need(planning.upper_sd(one.values(pilot[5:])), 1.0) for one in contrasts]
    needed = max(planning.replicates_for(need, 0.0125, 0.9) for need in needs)
    assert made.needs == tuple(needs)
    assert made.sd == max(need.sd for need in needs)
    assert made.alpha == 0.0125
    assert made.wanted == made.replicates == math.ceil(needed * 20 / 15)
    assert (made.pilot, made.arms, made.runs, made.capped) == (20, 3, 3 * made.replicates, False)
    kept = int(made.replicates * 15 / 20)
    assert made.power == pytest.approx(1 - sum(1 - need.power(kept, 0.0125) for need in needs))


def test_what_must_go_with_the_mechanism_is_planned_for_at_twice_the_distance():
    rng = np.random.default_rng(26)
    pilot, gone = outcomes(rng, [0, 0], 20, own=0.01), rng.normal(0, 3, 20)
    options = {"smallest": 1.0, "alpha": 0.05, "power": 0.8, "cap": 10_000}
    made = planning.plan(pilot, [ONE], gone=[gone], **options)
    assert made.needs[1] == Need(planning.upper_sd(gone), 2.0)
    assert made.wanted == planning.replicates_for(made.needs[1], 0.05, 0.9)
    assert made.wanted > planning.plan(pilot, [ONE], **options).wanted
    assert len(planning.plan(pilot, [ONE], gone=[gone[:2]], **options).needs) == 1


def test_a_pilot_of_three_is_enough_to_plan():
    pilot = outcomes(np.random.default_rng(29), [0, 0], 3)
    made = planning.plan(pilot, [ONE], smallest=1, alpha=0.05, power=0.8, cap=9_999)
    assert made.alpha == 0.05
    assert made.sd > 0


def test_a_test_of_two_replicates_has_the_power_of_two():
    pilot = outcomes(np.random.default_rng(30), [0, 0], 10)
    made = planning.plan(pilot, [ONE], smallest=20.0, alpha=0.05, power=0.8, cap=2)
    sd = planning.upper_sd(ONE.values(pilot))
    assert made.power == pytest.approx(planning.power_to_decide(2, sd, 20.0, 0.05))
    assert made.power > 0


def test_a_pilot_of_two_plans_nothing_and_takes_the_cap():
    made = planning.plan(np.ones((2, 2)), [ONE], smallest=1.0, alpha=0.04, power=0.8, cap=77, family=2)
    assert (made.pilot, made.wanted, made.replicates, made.arms, made.alpha) == (2, 77, 77, 2, 0.02)
    assert math.isnan(made.power)
    assert math.isnan(made.sd)
    assert math.isnan(made.with_replicates(9).power)


def test_what_would_decide_grows_with_the_square_of_what_is_missing():
    # Interval .8 ± .6 at 1 − .05: z = 1.96·(.3 / .6) = .98 from the turn at .5; 1.96 takes four times as many.
    assert planning.would_take(Evidence("x", 0.8, 0.2, 1.4, 0.3, 1.0, bound=0.5), 20, 0.05, 0.05) == 80
    # An effect that is short of the smallest one by as much is as far from being refuted.
    short = planning.would_take(Evidence("x", 0.2, -0.4, 0.8, 1.0, 0.3, bound=0.5), 20, 0.05, 0.05)
    fall = planning.would_take(Evidence("x", -0.8, -1.4, -0.2, 0.3, 1.0, sign=-1, bound=0.5), 20, 0.05, 0.05)
    assert short == pytest.approx(80, abs=1)
    assert fall == pytest.approx(80, abs=1)
    assert planning.would_take(Evidence("x", 0.5, -0.1, 1.1, 1.0, 1.0, bound=0.5), 20, 0.05, 0.05) is None
    # A rank has no useful interval, so its smaller p counts: .3 here, two-sided.
    rank = Evidence("x", 5, 1, 12, 0.4, 0.3, unit="rank")
    times = (scipy_stats.norm.isf(0.025) / scipy_stats.norm.isf(0.15)) ** 2
    assert planning.would_take(rank, 20, 0.05, 0.05) == math.ceil(20 * times)
    assert planning.would_take(Evidence("x", 0.1, 0.1, 0.1, 0.3, 1.0, bound=0.5), 20, 0.05, 0.05) == 21


def test_a_cap_is_kept_and_the_loss_of_power_is_said():
    pilot = outcomes(np.random.default_rng(4), [0, 0], 20)
    made = planning.plan(pilot, [ONE], smallest=0.1, alpha=0.05, power=0.9, cap=50)
    assert made.replicates == 50
    assert made.capped
    assert made.power < 0.5


def test_the_replicates_that_would_decide_do_decide():
    rng = np.random.default_rng(6)
    values = rng.normal(0.3, 1, (20, 1))
    values += 0.8 - values.mean()
    part = weigh(Contrast("x", np.ones(1)), values, Rule(0.05, 0.5))
    n = planning.would_take(part, 20, 0.05, 0.05)
    grown = rng.normal(0, 1, (n, 1))
    grown = 0.8 + (grown - grown.mean()) / grown.std(ddof=1) * values.std(ddof=1)
    assert judge([part]).verdict(0.05) == "undecided"
    assert judge([weigh(Contrast("x", np.ones(1)), grown, Rule(0.05, 0.5))]).verdict(0.05) == SUPPORTED
