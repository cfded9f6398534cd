"""The fate of a claim in one sentence, its label, and the first table of a report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic import battery, claim, shifted
from test_regimes import ORDER, ranked

from simulation.hypotheses import Hypothesis
from simulation.hypotheses.fate import fate
from simulation.hypotheses.sections import section
from simulation.hypotheses.tables import battery_table, latex, left_cell
from simulation.text import say

TEST = {"pilot": 10, "max_replicates": 60}
OFF = {"label": "off", "set": {"off": 1.0}}
IDLE = {"label": "idle", "set": {"colour": 1.0}}


def alone(folder, *, task=shifted, **changes):
    """Return the findings of one claim."""
    return battery(folder, Hypothesis.load(claim(test=TEST, **changes), task)).test()


@pytest.mark.parametrize(
    ("direct", "label", "words"),
    [
        (IDLE, "emergent", "it is emergent"),
        (OFF, "assumed", "it is assumed"),
        ({"none": "no equation multiplies them"}, "emergent", "it is emergent"),
        (None, "not-examined", "were not examined"),
    ],
)
def test_the_label_of_a_supported_claim_follows_from_a_run_without_the_direct_products(tmp_path, direct, label, words):
    findings = alone(tmp_path, direct=direct)
    found = findings["T1"]
    assert (found.verdict, found.label, found.row()["label"]) == ("supported", label, label)
    assert words in fate(found, "en")
    assert say(f"hypotheses.label.{label}", "zh") in str(section(found, "zh"))
    row = dict(zip(*(battery_table(findings, "en").head, battery_table(findings, "en").rows[0]), strict=True))
    assert row["Label"] == say(f"hypotheses.label.{label}", "en")
    if direct is not None and "none" in direct:
        assert "no equation multiplies them" in str(section(found, "en"))


def test_the_direct_products_are_removed_with_the_test_s_own_replicates(tmp_path):
    found = alone(tmp_path, direct=IDLE)["T1"]
    assert found.direct.replicates == found.replicates == found.plan.replicates


def test_a_claim_that_is_not_supported_has_no_label(tmp_path):
    found = alone(tmp_path, treatment={"shift": 0.01}, direct=IDLE)["T1"]
    assert (found.verdict, found.label) == ("refuted", None)
    assert "emergent" not in fate(found, "en")
    assert say("hypotheses.direct.moot", "en") in str(section(found, "en"))


def test_labels_of_a_battery_are_corrected_over_it(tmp_path):
    both = [Hypothesis.load(claim(test=TEST, id=name, direct=IDLE), shifted) for name in ("T1", "T2")]
    findings = battery(tmp_path, *both).test()
    assert [one.label for one in findings.values()] == ["emergent"] * 2


def test_the_sentence_of_a_supported_claim_holds_its_numbers(tmp_path):
    alternatives = [{"name": "a", "label": "a", "set": {"off": -0.2}}, {"name": "b", "label": "b", "set": {"off": 2.5}}]
    one = Hypothesis.load(claim(test=TEST, mechanism=OFF, alternatives=alternatives), shifted)
    found = battery(tmp_path, one, worlds=[{"colour": 1.0}, {"colour": 2.0}]).test()["T1"]
    part, left = found.part, found.left
    words = fate(found, "en")
    assert words.startswith("Supported: y, treatment minus control: ")
    assert f"{part.estimate:.4f} [{part.low:.4f}, {part.high:.4f}]" in words
    assert "wholly beyond the smallest effect of 0.5" in words
    assert "the effect holds in 2 of 2 plausible worlds" in words
    assert "of 2 structural alternatives, with fewer replicates, 1 find the effect supported too" in words
    assert "1 give the opposite verdict, and 0 are undecided" in words
    assert f"without its mechanism {left.share:.0%} [{left.low:.0%}, {left.high:.0%}] of it is left" in words
    assert fate(found, "zh").startswith("支持：y，处理减对照：")
    assert fate(found, "zh").endswith("。")


def test_a_claim_whose_effect_stays_without_its_mechanism_is_told_so(tmp_path):
    findings = alone(tmp_path, mechanism=IDLE)
    words = fate(findings["T1"], "en")
    assert words.startswith("Refuted: the effect is there (y, treatment minus control: ")
    assert "does not go with its mechanism, without which 1" in words
    row = battery_table(findings, "en").rows[0]
    assert row[2] == "refuted"
    assert row[5].startswith("stays: 1")


def test_an_effect_that_is_wholly_gone_leaves_nothing(tmp_path):
    def exact(setting, seed):
        return {"y": setting["shift"] * (1 - setting.get("off", 0.0)) * (1 + seed % 5 / 100)}

    found = alone(tmp_path, task=exact, mechanism=OFF)["T1"]
    assert (found.left.low, found.left.share, found.left.high) == (0, 0, 0)
    assert "without its mechanism nothing of it is left" in fate(found, "en")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"treatment": {"shift": 0.0001}}, "wholly short of the smallest effect"),
        ({"expected": "decrease"}, "opposite to the claim"),
        ({"treatment": {"shift": 0.5}}, "may be more or less than the smallest effect"),
        ({"treatment": {"shift": 0.0001}, "expected": "none"}, "wholly within ± 0.5"),
        ({"expected": "none"}, "apart from zero"),
    ],
)
def test_the_sentence_says_how_the_interval_lies_to_the_smallest_effect(tmp_path, changes, words):
    assert words in fate(alone(tmp_path, **changes)["T1"], "en")


def test_an_interval_beyond_the_smallest_effect_may_be_undecided_after_correction(tmp_path):
    near = claim(test=TEST, treatment={"shift": 0.75})
    others = [claim(test=TEST, id=f"N{number}", treatment={"shift": 0.5}) for number in range(12)]
    findings = battery(tmp_path, *[Hypothesis.load(one, shifted) for one in (near, *others)]).test()
    found = findings["T1"]
    assert found.part.low > 0.5
    assert found.verdict == "undecided"
    words = fate(found, "en")
    assert (
        "wholly beyond the smallest effect of 0.5, but not certainly so after the correction over all claims" in words
    )


def test_a_rank_is_told_as_one(tmp_path):
    def last(setting, seed):
        return {"y": -ranked(setting, seed)["y"]}

    found = battery(tmp_path, Hypothesis.load(claim(**ORDER), last)).test()["O1"]
    assert found.verdict == "refuted"
    part = next(part for part in found.parts if part.unit == "rank")
    object.__setattr__(found, "part", part)
    assert fate(found, "en").startswith("Refuted: rank 6 [6, 6] among all orders, wholly outside the best 1")


def test_the_latex_table_holds_the_estimate_after_the_verdict(tmp_path):
    findings = alone(tmp_path, mechanism=OFF)
    rows = [line for line in latex(findings, "en").splitlines() if line.startswith("T1")]
    cells = [cell.strip() for cell in rows[0].split("&")]
    assert cells[2] == "supported"
    assert cells[3] == f"{findings['T1'].part.estimate:.4f}"
    assert latex(findings, "en").splitlines()[0].count("r") > 0
    columns = len(battery_table(findings, "en").head) + 2
    assert len(cells) == columns


def test_a_mechanism_that_decides_no_longer_after_correction_is_not_told_as_decided(tmp_path):
    found = alone(tmp_path, mechanism=OFF)["T1"]
    assert (found.verdict, found.mechanism_status, found.mechanism_is_open) == ("supported", "vanishes", False)
    after = replace(found, verdict="undecided")
    assert after.mechanism_is_open
    assert left_cell(after, "en").startswith(say("hypotheses.status.unclear", "en"))
    assert say("hypotheses.vanishes_open", "en") in str(section(after, "en"))
    assert say("hypotheses.vanishes", "en") in str(section(found, "en"))
