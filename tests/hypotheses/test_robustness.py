"""Variants under which a claim is tried again."""

from __future__ import annotations

import json

from synthetic import claim, shifted

from simulation.evidence.worlds.space import space
from simulation.hypotheses import Hypothesis, shipped_hypotheses
from simulation.hypotheses.pool import arm_text
from simulation.hypotheses.robustness import direct, mechanism, shared, variants
from simulation.scenario import load_scenario


def test_a_file_s_own_ranges_replace_the_shipped_ones_nested_or_dotted():
    found = []
    for ranges in ({"shift.more": {"low": 1.0, "high": 2.0}}, {"shift": {"more": {"low": 1.0, "high": 2.0}}}):
        one = Hypothesis.load(claim(robustness={"ranges": ranges, "samples": 4}), shifted)
        found.append([variant.setting for variant in variants(one)])
    assert found[0] == found[1]
    assert [list(setting) for setting in found[0]] == [["shift.more"]] * 4
    assert all(1 <= setting["shift.more"] <= 2 for setting in found[0])


def test_the_shipped_ranges_hold_the_default_and_lie_inside_what_was_searched_for_worlds():
    defaults, searched = load_scenario("zhaoqing").values, space()
    for key, span in shared()[1].items():
        assert span["low"] < defaults[key] < span["high"], key
        assert searched[key].searched.low <= span["low"], key
        assert span["high"] <= searched[key].searched.high, key


def test_an_alternative_may_be_a_scenario_and_is_left_out_where_it_makes_the_claim_s_own_keys_idle():
    facts = next(one for one in shared()[0] if one.name == "facts")
    assert facts.set["structure.severity"] == "facts"
    assert "Gaoyao" in facts.set["structure.facts"]
    told = {name: {variant.name for variant in variants(Hypothesis.load(name))} for name in ("order", "oversight")}
    assert "opening-ready" not in told["order"]
    assert "opening-ready" in told["oversight"]
    assert "facts" in told["order"]


def test_every_alternative_and_mechanism_can_be_kept_in_a_store_and_read_from_it_as_the_same_scenario():
    for name in shipped_hypotheses():
        one = Hypothesis.load(name)
        base = one.task.scenario
        for variant in filter(None, [*variants(one), mechanism(one), direct(one)]):
            for setting in list(one.settings(variant.setting).values())[:2]:
                read = json.loads(arm_text(setting))
                assert base.with_values(read).values == base.with_values(setting).values, (name, variant.name)
