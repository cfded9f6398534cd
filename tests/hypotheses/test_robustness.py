"""Variants under which a claim is tried again."""

from __future__ import annotations

from synthetic import claim, shifted

from simulation.hypotheses import Hypothesis
from simulation.hypotheses.robustness import variants


def test_a_file_s_own_ranges_replace_the_shipped_ones_nested_or_dotted():
    found = []
    for ranges in ({"shift.more": {"low": 1.0, "high": 2.0}}, {"shift": {"more": {"low": 1.0, "high": 2.0}}}):
        one = Hypothesis.load(claim(robustness={"ranges": ranges, "samples": 4}), shifted)
        found.append([variant.setting for variant in variants(one)])
    assert found[0] == found[1]
    assert [list(setting) for setting in found[0]] == [["shift.more"]] * 4
    assert all(1 <= setting["shift.more"] <= 2 for setting in found[0])
