"""The rules of tests and verdicts at their edges, each against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats
from synthetic import outcomes

from simulation.experiments import statistics as stats
from simulation.experiments.statistics import BcaEstimate, TEstimate, equivalence, estimate
from simulation.hypotheses import modes, planning
from simulation.hypotheses.evidence import (
    EFFECT,
    NOT_WORSE,
    NOTHING,
    Contrast,
    Evidence,
    Rule,
    complete,
    crn_gain,
    weakest,
    weigh,
)
from simulation.hypotheses.modes import count_modes, critical_bandwidth, distances, silverman_p, split
from simulation.hypotheses.twolines import line_weights, robin_hood, slope_weights
from simulation.hypotheses.verdicts import (
    NO_EVIDENCE,
    REFUTED,
    SUPPORTED,
    UNDECIDED,
    Judgement,
    correct,
    headline,
    judge,
    kept_share,
    mechanism_status,
    robust_share,
)

ONE = np.ones(1)


def part(name="a", support=1.0, refute=1.0, reach=True, size=1.0, **more):
    return Evidence(name, size, 0.0, 2.0, support, refute, reach, **more)


def test_a_verdict_at_exactly_the_error_rate_is_a_verdict():
    assert Judgement(0.05, 1.0, True).verdict(0.05) == SUPPORTED
    assert Judgement(1.0, 0.05, True).verdict(0.05) == REFUTED
    assert Judgement(0.0501, 0.0501, True).verdict(0.05) == UNDECIDED


def test_support_out_of_reach_of_what_matters_is_no_support():
    assert Judgement(0.0, 1.0, False).verdict(0.05) == UNDECIDED
    assert Judgement(0.0, 0.0, False).verdict(0.05) == REFUTED


def test_without_parts_nothing_is_decided():
    assert judge([]) == NO_EVIDENCE
    assert Judgement(1.0, 1.0, False) == NO_EVIDENCE
    assert headline([], REFUTED) is None


def test_a_conjunction_takes_the_worst_support_and_the_corrected_best_refutation():
    found = judge([part(support=0.2, refute=0.5), part(support=0.01, refute=0.9), part(support=0.1, refute=0.8)])
    assert (found.p_support, found.p_refute, found.reach) == (0.2, 1.0, True)
    assert judge([part(), part(reach=False)]).reach is False


def test_support_and_refutation_are_corrected_each_over_its_own_tests():
    made = correct([Judgement(0.01, 0.5, True), Judgement(0.02, 0.001, False), Judgement(0.9, 0.6, True)])
    assert [one.p_support for one in made] == pytest.approx([0.03, 0.04, 0.9])
    assert [one.p_refute for one in made] == pytest.approx([1.0, 0.003, 1.0])
    assert [one.reach for one in made] == [True, False, True]


def test_the_headline_is_what_refutes_or_what_the_claim_hangs_on():
    parts = [part("a", 0.3, 0.2), part("b", 0.1, 0.01), part("c", 0.01, 0.9)]
    assert headline(parts, REFUTED).name == "b"
    assert headline(parts, SUPPORTED).name == "a"
    assert headline(parts, UNDECIDED).name == "a"
    assert weakest([part("a", 0.2), part("b", 0.2, reach=False), part("c", 0.1)]).name == "b"


def test_exactly_half_is_not_more_than_half():
    assert mechanism_status(SUPPORTED, REFUTED, 0.5) == "vanishes"
    assert mechanism_status(SUPPORTED, REFUTED, 0.51) == "remains"
    assert mechanism_status(SUPPORTED, UNDECIDED, math.nan) == "unclear"
    assert mechanism_status(SUPPORTED, REFUTED, math.nan) == "vanishes"
    assert mechanism_status(REFUTED, SUPPORTED, 1.0) == "moot"


def test_only_effects_in_the_metrics_unit_and_not_zero_are_compared_with_what_is_kept():
    base = [part(size=2.0), part(size=2.0, unit="rank"), part(size=2.0, role=NOT_WORSE), part(size=0.0)]
    removed = [part(size=1.0), part(size=0.1), part(size=0.1), part(size=-9.0)]
    assert kept_share(base, removed) == 0.5
    assert math.isnan(kept_share(base[1:], removed[1:]))
    assert kept_share(base[:1], [*removed[:1], part(size=0.0)]) == 0.5


def test_the_robust_share_of_a_refutation_counts_refutations():
    assert robust_share(REFUTED, [REFUTED, SUPPORTED, SUPPORTED, UNDECIDED]) == 0.25


@pytest.mark.parametrize(("mean", "above", "below"), [(1.0, 0.0, 1.0), (-1.0, 1.0, 0.0), (0.0, 1.0, 1.0)])
def test_a_sample_without_spread_is_certain_on_either_side_and_of_nothing_at_the_bound(mean, above, below):
    found = TEstimate(5, mean, 0.0)
    assert (found.above(0.0), found.below(0.0)) == (above, below)


def test_both_tails_of_t_agree_with_scipy_at_a_bound_that_is_not_zero():
    values = np.random.default_rng(3).normal(0.3, 1, 25)
    found = estimate(values)
    for way, p in (("greater", found.above(0.1)), ("less", found.below(0.1))):
        assert p == pytest.approx(scipy_stats.ttest_1samp(values, 0.1, alternative=way).pvalue)
    assert isinstance(found, TEstimate)
    assert (found.n, found.mean) == (25, pytest.approx(values.mean()))


def test_the_bootstrap_takes_ten_values_and_three_distinct_ones_and_is_asked_for():
    steps = np.arange(10.0)
    assert isinstance(estimate(steps, "bca"), BcaEstimate)
    assert isinstance(estimate(steps[:9], "bca"), TEstimate)
    assert isinstance(estimate(steps, "t"), TEstimate)
    assert isinstance(estimate(steps % 2, "bca"), TEstimate)
    assert isinstance(estimate(steps % 3, "bca"), BcaEstimate)


def test_the_bootstrap_of_a_skewed_sample_agrees_with_scipy_to_the_noise_of_resampling(monkeypatch):
    monkeypatch.setattr(stats, "RESAMPLES", 60_000)
    values = np.random.default_rng(11).lognormal(0, 1.2, 15)
    found = estimate(values, "bca", seed=4)
    for level in (0.8, 0.95):
        made = scipy_stats.bootstrap(
            (values,), np.mean, method="BCa", n_resamples=60_000, confidence_level=level, rng=np.random.default_rng(5)
        ).confidence_interval
        assert found.interval(level) == pytest.approx((made.low, made.high), rel=0.012)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_the_bootstraps_p_values_invert_its_interval_at_every_level(level):
    found = estimate(np.random.default_rng(12).lognormal(0, 1, 20), "bca")
    low, high = found.interval(level)
    assert found.above(low) == pytest.approx((1 - level) / 2, abs=1e-3)
    assert found.below(high) == pytest.approx((1 - level) / 2, abs=1e-3)
    assert found.above(low) + found.below(low) == pytest.approx(1.0)


def test_the_bootstraps_corrections_are_efrons():
    values = np.random.default_rng(28).lognormal(0, 1, 25)
    found = BcaEstimate(values, np.random.default_rng(0))
    away = values - values.mean()
    # For a mean the acceleration is a sixth of the third central sum over the second to the power 3/2.
    assert found._a == pytest.approx((away**3).sum() / (6 * (away**2).sum() ** 1.5))
    assert found._rank(-1e9) == 0.5 / 5000
    assert found._rank(1e9) == 4999.5 / 5000


def test_far_from_the_sample_the_bootstraps_p_values_are_small_but_numbers():
    found = estimate(np.random.default_rng(13).gamma(2, 1, 30), "bca", seed=2)
    assert 0 <= found.above(-100.0) < 0.001
    assert 0 <= found.below(100.0) < 0.001


def test_the_bootstrap_depends_on_its_seed_and_on_nothing_else():
    values = np.random.default_rng(14).gamma(2, 1, 30)
    assert estimate(values, "bca", 1).interval(0.9) == estimate(values, "bca", 1).interval(0.9)
    assert estimate(values, "bca", 1).interval(0.9) != estimate(values, "bca", 2).interval(0.9)


def test_equivalence_is_the_worse_of_two_one_sided_tests():
    values = np.random.default_rng(15).normal(0.2, 1, 40)
    up = scipy_stats.ttest_1samp(values, -0.5, alternative="greater").pvalue
    down = scipy_stats.ttest_1samp(values, 0.5, alternative="less").pvalue
    assert up != pytest.approx(down)
    assert equivalence(estimate(values), 0.5) == pytest.approx(max(up, down))


def test_holm_never_passes_one():
    assert stats.holm([0.6, 0.5, 0.9]) == [1.0, 1.0, 1.0]
    assert stats.holm([]) == []


@pytest.mark.parametrize("sign", [1, -1])
def test_an_effects_p_values_are_twice_the_tails(sign):
    values = sign * np.random.default_rng(16).normal(0.3, 1, (30, 1))
    rule = Rule(0.05, 0.4)
    found = weigh(Contrast("x", ONE, EFFECT, sign), values, rule)
    forward = estimate(sign * values[:, 0])
    assert found.p_support == pytest.approx(2 * forward.above(0.0))
    assert found.p_refute == pytest.approx(min(1.0, 2 * min(forward.below(0.0), equivalence(forward, 0.4))))
    low, high = forward.interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high) if sign == 1 else (-high, -low))
    assert found.estimate == pytest.approx(values.mean())
    assert (found.name, found.role, found.unit) == ("x", EFFECT, "metric")


def test_an_effect_against_the_claim_is_refuted_by_its_own_tail():
    values = np.random.default_rng(17).normal(-2, 1, (30, 1))
    found = weigh(Contrast("x", ONE), values, Rule(0.05, 0.5))
    assert found.p_refute == pytest.approx(2 * estimate(values[:, 0]).below(0.0))
    assert found.p_support == 1.0


def test_an_effect_reaches_what_matters_when_its_interval_does():
    values = np.random.default_rng(18).normal(0.3, 1, (30, 1))
    high = estimate(values[:, 0]).interval(0.95)[1]
    assert weigh(Contrast("x", ONE), values, Rule(0.05, high)).reach
    assert not weigh(Contrast("x", ONE), values, Rule(0.05, high + 1e-9)).reach


def test_not_worse_is_about_the_loss_that_matters():
    values = np.random.default_rng(19).normal(0.0, 1, (30, 1))
    found, one = weigh(Contrast("x", ONE, NOT_WORSE), values, Rule(0.05, 0.5)), estimate(values[:, 0])
    assert found.p_support == pytest.approx(2 * one.above(-0.5))
    assert found.p_refute == pytest.approx(min(1.0, 2 * one.below(-0.5)))
    assert found.reach
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


def test_the_slopes_weights_are_least_squares():
    x, y = np.array([0.0, 1.0, 4.0, 6.0]), np.array([1.0, -1.0, 3.0, 2.0])
    assert slope_weights(x) @ y == pytest.approx(np.polyfit(x, y, 1)[0])
    before, after = line_weights(x, 1)
    assert before @ y == pytest.approx(-2.0)
    assert after @ y == pytest.approx(np.polyfit(x[1:], y[1:], 1)[0] * 5)
    assert before[2:].tolist() == [0, 0]
    assert after[0] == 0


def test_two_lines_do_not_mind_where_the_factor_begins():
    x, y = np.array([5.0, 6.0, 9.0, 11.0]), np.array([1.0, -1.0, 3.0, 2.0])
    for one, other in zip(line_weights(x, 2), line_weights(x - 5, 2), strict=True):
        assert one @ y == pytest.approx(other @ y)


@pytest.mark.parametrize("top", [1, 2, 5])
def test_the_break_of_a_certain_curve_is_its_top(top):
    x = np.arange(7.0)
    assert robin_hood(x, np.tile(-((x - top) ** 2), (4, 1))) == top


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("top", [2, 6])
def test_the_break_is_found_on_either_side_for_both_shapes(sign, top):
    x = np.arange(9.0)
    made = outcomes(np.random.default_rng(21), -sign * np.abs(x - top), 20, own=0.1)
    assert robin_hood(x, made, sign) == top


def test_the_flatter_line_gets_the_more_points():
    # A plateau from 3 to 7: where the rise is steep and the fall slow, the break goes to the plateau's begin.
    x = np.arange(11.0)
    steep_rise = np.array([-30.0, -20, -10, 0, 0, 0, 0, 0, -0.3, -0.6, -0.9])
    rng = np.random.default_rng(22)
    early = robin_hood(x, outcomes(rng, steep_rise, 30, own=0.5))
    late = robin_hood(x, outcomes(rng, steep_rise[::-1], 30, own=0.5))
    assert early <= 4
    assert late >= 6


def test_two_lines_without_any_slope_break_in_the_middle():
    y = np.array([0.0, 1, 5, 2, 4, 1, 3])
    assert robin_hood(np.arange(7.0), np.array([y, -y])) == 3


def test_the_split_is_otsus():
    values = np.array([0.0, 1.0, 2.0, 10.0, 12.0])
    edge, apart = split(values[::-1].copy())
    assert (edge, apart) == (6.0, 10.0)


@pytest.mark.parametrize("gap", [3.0, 4.0, 5.0, 6.5, 8.0])
def test_the_critical_bandwidth_is_the_least_with_one_mode(gap):
    values = np.concatenate([np.linspace(-1, 1, 20), np.linspace(gap - 1, gap + 1, 20)])
    width = critical_bandwidth(values)
    assert width > 0
    assert count_modes(values, width * 1.01) == 1
    assert count_modes(values, width * 0.99) > 1


def test_the_critical_bandwidth_has_the_units_of_the_sample():
    values = np.concatenate([np.linspace(-1, 1, 20), np.linspace(4, 6, 20)])
    for scale in (0.001, 1000.0):
        assert critical_bandwidth(scale * values) == pytest.approx(scale * critical_bandwidth(values), rel=1e-5)


def test_the_p_value_counts_resamples_with_more_than_one_mode(monkeypatch):
    monkeypatch.setattr(modes, "_count", lambda samples, _: np.where(np.arange(len(samples)) < 499, 2, 1))
    monkeypatch.setattr(modes, "critical_bandwidth", lambda _: 1.0)
    assert silverman_p(np.arange(10.0)) == 0.5


def test_smoothed_resamples_keep_the_samples_own_mean_and_variance(monkeypatch):
    seen = []

    def count(samples, bandwidth):
        seen.append(samples)
        return np.ones(len(samples), dtype=int)

    values = np.random.default_rng(26).normal(5, 2, 40)
    monkeypatch.setattr(modes, "critical_bandwidth", lambda _: 3.0)
    monkeypatch.setattr(modes, "_count", count)
    assert silverman_p(values) == 1 / 1000
    assert seen[0].shape == (999, 40)
    assert seen[0].mean() == pytest.approx(values.mean(), abs=0.05)
    assert seen[0].std() == pytest.approx(values.std(), rel=0.03)


def test_modes_are_counted_up_to_three():
    rng = np.random.default_rng(23)
    for number in (1, 2, 3):
        values = np.concatenate([rng.normal(10 * place, 1, 60) for place in range(number)])
        assert count_modes(values, 1.5) == number


def test_three_values_have_no_modes_to_test_and_four_have():
    assert silverman_p(np.array([0.0, 0.1, 9.0])) == 1.0
    assert silverman_p(np.array([0.0, 0.1, 9.0, 9.1])) < 1.0


def test_distances_are_sorted_and_centre_on_the_samples_own():
    values = np.concatenate([np.linspace(0, 1, 30), np.linspace(9, 10, 30)])
    found = distances(values, seed=1)
    assert len(found) == 999
    assert (np.diff(found) >= 0).all()
    assert np.median(found) == pytest.approx(split(values)[1], abs=0.1)


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
    # Nearer to what does not matter than to zero: 0.5 − 0.1 counts.
    seen = Evidence("x", 0.1, -0.3, 0.5, 0.3, 1.0, True)
    assert planning.would_take(seen, 20, 0.5, 0.05, 0.05) == 21
    # A rank has no interval to speak of: its nearer p counts, .3 here, two-sided.
    rank = Evidence("x", 5, 1, 12, 0.4, 0.3, True, unit="rank")
    times = (scipy_stats.norm.isf(0.025) / scipy_stats.norm.isf(0.15)) ** 2
    assert planning.would_take(rank, 20, 0.5, 0.05, 0.05) == math.ceil(20 * times)
    flat = Evidence("x", 0.1, 0.1, 0.1, 0.3, 1.0, True)
    assert planning.would_take(flat, 20, 0.5, 0.05, 0.05) == 21
