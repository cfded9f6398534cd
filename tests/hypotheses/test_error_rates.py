"""The verdicts have the promised error rates, on outcomes whose effects are known.

Every bound below is the promised rate plus three standard errors of the simulation's own chance.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic import outcomes

from simulation.hypotheses import planning
from simulation.hypotheses.evidence import Contrast, Rule, crn_gain, weigh
from simulation.hypotheses.kinds import kinds
from simulation.hypotheses.mechanism import absence, join
from simulation.hypotheses.verdicts import REFUTED, SUPPORTED, UNDECIDED, correct, judge

ALPHA, POWER, DELTA, PILOT = 0.05, 0.9, 1.0, 20
DIFFERENCE = Contrast("treatment", np.array([-1.0, 1.0]))
RULE = Rule(ALPHA, DELTA)


def slack(rate, trials):
    return 3 * math.sqrt(rate * (1 - rate) / trials)


def verdict(rng, effect, family=1, own=1.0):
    """Plan on a pilot and test on fresh outcomes."""
    pilot = outcomes(rng, [0.0, effect], PILOT, own=own)
    made = planning.plan(pilot, [DIFFERENCE], smallest=DELTA, alpha=ALPHA, power=POWER, cap=100_000, family=family)
    found = weigh(DIFFERENCE, outcomes(rng, [0.0, effect], made.replicates, own=own), RULE)
    return judge([found]).verdict(made.alpha)


def rates(effect, trials=300, **more):
    rng = np.random.default_rng(7)
    found = [verdict(rng, effect, **more) for _ in range(trials)]
    return {name: found.count(name) / trials for name in (SUPPORTED, REFUTED, UNDECIDED)}


def test_false_support_at_exactly_the_smallest_effect_is_at_most_alpha():
    assert rates(DELTA)[SUPPORTED] <= ALPHA + slack(ALPHA, 300)


def test_false_refutation_at_exactly_the_smallest_effect_is_at_most_alpha():
    assert rates(DELTA)[REFUTED] <= ALPHA + slack(ALPHA, 300)


@pytest.mark.parametrize("n", [5, 12, 60])
def test_either_error_at_the_smallest_effect_is_half_of_alpha_whatever_the_number_of_replicates(n):
    rng = np.random.default_rng(3)
    found = [judge([weigh(DIFFERENCE, outcomes(rng, [0, DELTA], n), RULE)]).verdict(ALPHA) for _ in range(1000)]
    for wrong in (SUPPORTED, REFUTED):
        assert abs(found.count(wrong) / 1000 - ALPHA / 2) <= slack(ALPHA / 2, 1000)


def test_no_effect_is_never_supported_with_the_planned_replicates():
    assert rates(0.0)[SUPPORTED] == 0


def test_twice_the_smallest_effect_is_supported_with_the_planned_power():
    assert rates(2 * DELTA)[SUPPORTED] >= POWER - slack(POWER, 300)


def test_a_true_null_is_refuted_with_the_planned_power():
    assert rates(0.0)[REFUTED] >= POWER - slack(POWER, 300)


@pytest.mark.parametrize(("effect", "wanted"), [(2 * DELTA, SUPPORTED), (0.0, REFUTED)])
def test_the_planned_power_holds_after_correction_for_a_battery(effect, wanted):
    assert rates(effect, family=14)[wanted] >= POWER - slack(POWER, 300)


def test_an_opposite_effect_is_refuted_and_hardly_ever_supported():
    found = rates(-DELTA)
    assert found[REFUTED] >= POWER - slack(POWER, 300)
    assert found[SUPPORTED] == 0


def test_too_few_runs_leave_a_null_undecided():
    rng = np.random.default_rng(5)
    found = [judge([weigh(DIFFERENCE, outcomes(rng, [0, 0], 5), RULE)]).verdict(ALPHA) for _ in range(200)]
    assert found.count(UNDECIDED) > 120


@pytest.mark.parametrize("wrong", [SUPPORTED, REFUTED])
def test_holm_keeps_either_error_over_a_battery_of_smallest_effects_at_alpha(wrong):
    rng = np.random.default_rng(11)
    trials, false, uncorrected = 600, 0, 0
    for _ in range(trials):
        judged = [judge([weigh(DIFFERENCE, outcomes(rng, [0, DELTA], 12), RULE)]) for _ in range(10)]
        uncorrected += any(one.verdict(ALPHA) == wrong for one in judged)
        false += any(one.verdict(ALPHA) == wrong for one in correct(judged))
    assert false / trials <= ALPHA + slack(ALPHA, trials)
    assert uncorrected / trials > 2 * ALPHA


def test_a_conjunction_is_not_supported_when_one_part_is_only_the_smallest_effect():
    rng = np.random.default_rng(13)
    claim = kinds()["difference"](treatments={"a": {"k": 1}, "b": {"k": 2}})
    false = 0
    for _ in range(500):
        found = claim.evidence(outcomes(rng, [0, DELTA, 5.0], 30), {}, "increase", RULE)
        false += judge(found).verdict(ALPHA) == SUPPORTED
    assert false / 500 <= ALPHA / 2 + slack(ALPHA / 2, 500)


def with_mechanism(rng, effect, left, n=40):
    """Return the verdict on a claim whose effect keeps a share without its mechanism."""
    kind = kinds()["difference"](treatment={"k": 1})
    both = outcomes(rng, [0.0, effect, 0.0, left * effect], n)
    found = judge(kind.evidence(both[:, :2], {}, "increase", RULE))
    return join(found, absence(kind, {}, "increase", both[:, :2], both[:, 2:], RULE), ALPHA).verdict(ALPHA)


@pytest.mark.parametrize("effect", [2.5, 6.0])
def test_an_effect_of_which_exactly_half_goes_is_falsely_supported_and_refuted_at_most_at_alpha(effect):
    rng = np.random.default_rng(43)
    found = [with_mechanism(rng, effect, 0.5) for _ in range(600)]
    for wrong in (SUPPORTED, REFUTED):
        assert found.count(wrong) / 600 <= ALPHA / 2 + slack(ALPHA / 2, 600)


def test_a_claim_whose_effect_and_loss_both_lie_at_their_turns_is_falsely_refuted_at_most_at_alpha():
    rng = np.random.default_rng(47)
    found = [with_mechanism(rng, DELTA, 0.5) for _ in range(600)]
    assert found.count(REFUTED) / 600 <= ALPHA + slack(ALPHA, 600)
    assert found.count(SUPPORTED) / 600 <= ALPHA + slack(ALPHA, 600)


@pytest.mark.parametrize(
    ("effect", "left", "wanted"), [(4.0, 0.0, SUPPORTED), (4.0, 1.08, REFUTED), (0.0, 0.0, REFUTED)]
)
def test_an_effect_that_stays_refutes_the_claim_and_one_that_goes_supports_it(effect, left, wanted):
    rng = np.random.default_rng(53)
    assert [with_mechanism(rng, effect, left) for _ in range(60)].count(wanted) >= 0.9 * 60


def curve(shape, values=(1, 2, 3, 4, 5, 6, 7, 8)):
    return kinds()["curve"](factor="x", values=list(values), shape=shape)


def shape_rate(kind, means, n=25, trials=200, wanted=SUPPORTED, smallest=DELTA):
    rng = np.random.default_rng(17)
    hits = 0
    for _ in range(trials):
        looked = kind.look(outcomes(rng, means, PILOT), "increase")
        found = kind.evidence(outcomes(rng, means, n), looked, "increase", Rule(ALPHA, smallest))
        hits += judge(found).verdict(ALPHA) == wanted
    return hits / trials


X = np.arange(1.0, 9.0)


def test_two_lines_do_not_take_a_curve_that_levels_off_for_an_inverted_u():
    means = 6 * np.log(X)
    assert shape_rate(curve("inverted-u"), means) <= ALPHA / 2 + slack(ALPHA / 2, 200)


def test_a_quadratic_term_would_take_it_for_one():
    rng = np.random.default_rng(19)
    means = 6 * np.log(X)
    turns = 0
    for _ in range(50):
        fit = np.polyfit(X, outcomes(rng, means, 25).mean(axis=0), 2)
        turns += fit[0] < 0 and -fit[1] / (2 * fit[0]) < 8.5
    assert turns > 40


def test_two_lines_find_an_inverted_u_wherever_its_top_is():
    for top in (3.0, 4.5, 6.0):
        assert shape_rate(curve("inverted-u"), -((X - top) ** 2) / 2, trials=60, smallest=0.3) >= POWER


def test_two_lines_find_a_u_and_refute_it_for_its_opposite():
    means = (X - 4.5) ** 2 / 2
    assert shape_rate(curve("u"), means, trials=60) >= POWER
    assert shape_rate(curve("inverted-u"), means, trials=60, wanted=REFUTED) >= POWER


@pytest.mark.parametrize(
    ("shape", "true", "false"),
    [
        ("monotone", X, -((X - 4) ** 2)),
        ("saturating", 8 * (1 - np.exp(-X / 1.5)), 1.2 * X),
        ("threshold", 4.0 * (X > 5), 0.6 * X),
    ],
)
def test_a_shape_is_told_from_its_neighbour(shape, true, false):
    assert shape_rate(curve(shape), true, trials=60) >= POWER
    assert shape_rate(curve(shape), false, trials=60) <= ALPHA + slack(ALPHA, 60)


def test_the_joint_gain_of_factors_that_add_up_is_refuted_and_of_partners_supported():
    kind = kinds()["interaction"](factors={"a": [0, 1], "b": [0, 1], "c": [0, 1]})
    levels = np.array([[label[place] == "+" for place in range(3)] for label in kind.arms()], dtype=float)
    rng = np.random.default_rng(23)
    additive = levels.sum(axis=1) * 2
    partners = additive + 3 * levels.prod(axis=1)
    for means, wanted in ((additive, REFUTED), (partners, SUPPORTED)):
        found = kind.evidence(outcomes(rng, means, 400), {}, "increase", RULE)
        assert judge(found).verdict(ALPHA) == wanted


def test_every_factorial_contrast_is_recovered():
    kind = kinds()["interaction"](factors={"a": [0, 1], "b": [0, 1]}, contrast="factorial")
    rng = np.random.default_rng(29)
    found = kind.details(outcomes(rng, [0, 3, 5, 12], 50, common=1, own=1e-6), RULE)
    # Textbook 2²: A = ((5 − 0) + (12 − 3))/2, B = ((3 − 0) + (12 − 5))/2, AB = ((12 − 5) − (3 − 0))/2.
    assert [one.estimate for one in found] == pytest.approx([7, 5, 2], abs=1e-3)


def order_means(best):
    means = np.linspace(0, -6, 120)
    means[[0, best - 1]] = means[[best - 1, 0]]
    return means


@pytest.mark.parametrize(("rank", "wanted"), [(1, SUPPORTED), (100, REFUTED)])
def test_an_order_is_supported_by_a_good_rank_and_refuted_by_a_bad_one(rank, wanted):
    kind = kinds()["order"](keys=["a", "b", "c", "d", "e"], slots=[1, 2, 3, 4, 5], rank_at_most=12)
    rng = np.random.default_rng(31)
    found = kind.evidence(outcomes(rng, order_means(rank), 40, own=0.3), {}, "increase", RULE)
    assert found[1].low <= rank <= found[1].high
    assert judge(found).verdict(ALPHA) == wanted


def test_an_order_among_equals_is_hardly_ever_supported():
    kind = kinds()["order"](keys=["a", "b", "c", "d"], slots=[1, 2, 3, 4])
    rng = np.random.default_rng(37)
    found = [
        judge(kind.evidence(outcomes(rng, np.zeros(24), 20), {}, "increase", Rule(ALPHA, 0.1))).verdict(ALPHA)
        for _ in range(60)
    ]
    assert found.count(SUPPORTED) / 60 <= ALPHA + slack(ALPHA, 60)


def test_pairing_on_common_random_numbers_is_reported_as_the_share_of_variance_it_leaves():
    rng = np.random.default_rng(41)
    # Arms share variance 3 of 4: the paired difference has 2·1 where independent arms have 2·4.
    found = crn_gain(DIFFERENCE, outcomes(rng, [0, 0], 20_000, common=math.sqrt(3)))
    assert found == pytest.approx(0.25, abs=0.01)


def test_pairing_saves_replicates_in_that_proportion():
    few = planning.replicates_for(planning.Need(1.0, 0.1), ALPHA, POWER)
    many = planning.replicates_for(planning.Need(2.0, 0.1), ALPHA, POWER)
    assert many / few == pytest.approx(4, rel=0.02)
