"""The effect must go when the mechanism goes: difference, share that is left, and the part that decides."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic import battery, claim, outcomes
from test_regimes import ORDER, REGIME, ranked

from simulation.experiments.statistics import estimate
from simulation.hypotheses import Hypothesis
from simulation.hypotheses.evidence import EFFECT, GONE, Rule, weigh
from simulation.hypotheses.kinds import kinds
from simulation.hypotheses.mechanism import MOOT, REMAINS, UNCLEAR, VANISHES, absence, differences
from simulation.hypotheses.verdicts import REFUTED, SUPPORTED, UNDECIDED

RULE = Rule(0.05, 1.0)


def several(**more):
    return kinds()["difference"](treatments={"a": {"k": 1}, "b": {"k": 2}}, **more)


def test_the_difference_is_the_effect_minus_twice_what_is_left_on_the_same_seeds():
    rng = np.random.default_rng(1)
    base, without = outcomes(rng, [0, 3], 30), outcomes(rng, [0, 1], 30)
    kind = kinds()["difference"](treatment={"k": 1})
    found = absence(kind, {}, "increase", base, without, RULE)
    (part,) = found.parts
    effect, rest = base[:, 1] - base[:, 0], without[:, 1] - without[:, 0]
    assert part.estimate == pytest.approx((effect - 2 * rest).mean())
    assert part.p_support == pytest.approx(min(1.0, 2 * estimate(effect - 2 * rest).above(0.0)))
    assert (part.role, part.bound) == (GONE, 0.0)
    (values,) = differences(kind.effects({}, "increase"), base, without)
    np.testing.assert_allclose(values, effect - 2 * rest)
    assert found.share.share == pytest.approx(rest.mean() / effect.mean())


@pytest.mark.parametrize("sign", [1, -1])
def test_the_interval_of_the_share_lies_on_one_side_of_a_half_exactly_when_the_difference_is_shown(sign):
    rng = np.random.default_rng(2)
    kind = kinds()["difference"](treatment={"k": 1})
    seen = set()
    for left in (0.1, 0.4, 0.5, 0.6, 1.0):
        for _ in range(20):
            both = outcomes(rng, [0, 4 * sign, 0, 4 * sign * left], 15)
            expected = "increase" if sign > 0 else "decrease"
            found = absence(kind, {}, expected, both[:, :2], both[:, 2:], RULE)
            share = found.share
            assert share.low <= share.share <= share.high
            wanted = SUPPORTED if share.high < 0.5 else REFUTED if share.low > 0.5 else UNDECIDED
            assert found.judgement.verdict(0.05) == wanted
            seen.add(wanted)
    assert seen == {SUPPORTED, REFUTED, UNDECIDED}


def test_the_interval_of_the_share_covers_the_true_share_as_often_as_it_says():
    rng, hits = np.random.default_rng(3), 0
    kind = kinds()["difference"](treatment={"k": 1})
    for _ in range(1000):
        both = outcomes(rng, [0, 3, 0, 1.2], 12)
        share = absence(kind, {}, "increase", both[:, :2], both[:, 2:], RULE).share
        hits += share.low <= 0.4 <= share.high
    assert hits / 1000 == pytest.approx(0.95, abs=0.025)


def test_a_share_of_an_effect_that_may_be_zero_has_no_bound():
    rng = np.random.default_rng(4)
    both = outcomes(rng, [0, 0, 0, 1], 12)
    share = absence(kinds()["difference"](treatment={"k": 1}), {}, "increase", both[:, :2], both[:, 2:], RULE).share
    assert (share.low, share.high) == (-math.inf, math.inf)


def test_of_several_treatments_each_effect_must_go_and_the_one_that_stays_is_named():
    rng = np.random.default_rng(5)
    base, without = outcomes(rng, [0, 4, 4], 40), outcomes(rng, [0, 0, 4], 40)
    found = absence(several(), {}, "increase", base, without, RULE)
    assert found.status(0.05, True) == REMAINS
    assert found.part.name == found.share.name == "b"
    assert absence(several(), {}, "increase", base, outcomes(rng, [0, 0, 0], 40), RULE).status(0.05, True) == VANISHES


def test_a_curve_loses_its_shape_with_any_of_its_lines():
    rng = np.random.default_rng(6)
    kind = kinds()["curve"](factor="x", values=[1, 2, 3, 4, 5], shape="inverted-u")
    looked = {"break": 2}
    hill, rise = [0, 3, 6, 3, 0], [0, 3, 6, 6, 6]
    base = outcomes(rng, hill, 40)
    found = absence(kind, looked, "increase", base, outcomes(rng, rise, 40), RULE)
    assert found.status(0.05, True) == VANISHES
    assert found.part.name == "after"
    found = absence(kind, looked, "increase", base, outcomes(rng, hill, 40), RULE)
    assert found.status(0.05, True) == REMAINS


def test_a_fall_that_only_turns_smaller_by_less_than_half_is_not_gone_and_one_nobody_can_tell_is_unclear():
    rng = np.random.default_rng(7)
    base, without = outcomes(rng, [0, -4], 60), outcomes(rng, [0, -3], 60)
    kind = kinds()["difference"](treatment={"k": 1})
    assert absence(kind, {}, "decrease", base, without, RULE).status(0.05, True) == REMAINS
    few = absence(kind, {}, "decrease", base[:4], outcomes(rng, [0, -2], 4), RULE)
    assert few.status(0.05, True) == UNCLEAR
    assert few.status(0.05, False) == MOOT


def test_replicates_that_are_missing_on_either_side_are_left_out_and_two_are_too_few():
    rng = np.random.default_rng(8)
    base, without = outcomes(rng, [0, 4], 10), outcomes(rng, [0, 0], 10)
    base[0, 0], without[9, 1] = math.nan, math.inf
    kind = kinds()["difference"](treatment={"k": 1})
    whole = absence(kind, {}, "increase", base[1:9], without[1:9], RULE)
    assert absence(kind, {}, "increase", base, without, RULE) == whole
    none = absence(kind, {}, "increase", base[:2], without[:2], RULE)
    assert (none.parts, none.part, none.share, none.status(0.05, True)) == ([], None, None, UNCLEAR)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("difference", {"treatment": {"k": 1}}),
        ("regime", {"factor": "x", "values": [0.0, 1.0], "by": "modes"}),
    ],
)
def test_a_claim_without_an_effect_in_the_metrics_unit_is_compared_by_its_own_verdict(kind, fields):
    made = kinds()[kind](**fields)
    expected = "none" if kind == "difference" else "increase"
    assert made.effects({}, expected) == []
    rng = np.random.default_rng(9)
    base, without = outcomes(rng, [0, 0], 60), outcomes(rng, [0, 5], 60)
    found = absence(made, {}, expected, base, without, RULE)
    (own,) = made.evidence(without, {}, expected, RULE)
    (part,) = found.parts
    assert (part.p_support, part.p_refute, found.left) == (own.p_refute, own.p_support, [])


def test_a_regime_and_an_order_lose_their_gap(tmp_path):
    def forgetful(setting, seed):
        memory = 0.0 if setting.get("forget") else setting["start"]
        noise = outcomes(
            np.random.default_rng([seed, int(setting["x"]), int(setting["start"])]), [memory * 2], 1, own=0.1
        )
        return {"y": float(noise[0, 0]) / 1}

    regime = Hypothesis.load(claim(**REGIME, mechanism={"label": "m", "set": {"forget": 1}}), forgetful)
    found = battery(tmp_path / "regime", regime).test()["R1"]
    assert (found.verdict, found.mechanism_status) == ("supported", VANISHES)

    def indifferent(setting, seed):
        return {"y": seed % 7 / 100} if setting.get("same") else ranked(setting, seed)

    order = Hypothesis.load(claim(**ORDER, mechanism={"label": "m", "set": {"same": 1}}), indifferent)
    found = battery(tmp_path / "order", order).test()["O1"]
    assert (found.verdict, found.mechanism_status) == ("supported", VANISHES)
    assert [part.name for part in found.mechanism.absence.parts] == ["order"]


def test_the_effect_s_own_evidence_does_not_depend_on_the_mechanism():
    rng = np.random.default_rng(10)
    base = outcomes(rng, [0, 4], 20)
    (contrast,) = kinds()["difference"](treatment={"k": 1}).effects({}, "increase")
    assert contrast.role == EFFECT
    assert weigh(contrast, base, RULE).p_support < 0.05
