"""Hypotheses at their edges: what cannot be claimed or asked for, and what is said when next to nothing ran."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic import claim, shifted

from simulation.drawing.numbers import estimate
from simulation.files.errors import InputError
from simulation.hypotheses import Battery, Hypothesis
from simulation.hypotheses.evidence import complete
from simulation.hypotheses.pictures import figure_of
from simulation.hypotheses.report import content, section, write
from simulation.hypotheses.robustness import variants
from simulation.text import say

ONLY = {"control": None, "treatment": None}
ORDER = {**ONLY, "kind": "order", "keys": ["a", "b", "c"], "slots": [1, 2, 3]}
TEST = {"pilot": 5, "max_replicates": 5}


def battery(folder, *hypotheses, **options):
    return Battery(hypotheses, store=folder, workers=0, progress="quiet", **options)


def failing(setting, seed):
    raise ValueError("nothing to see")


def undefined(setting, seed):
    return {"y": math.nan}


def hardly(setting, seed):
    """Return something measurable for a quarter of the seeds, and fail for another quarter."""
    if seed % 4 == 1:
        raise ValueError("bad luck")
    return {"y": shifted(setting, seed)["y"] if seed % 4 == 0 else math.nan}


def together(setting, seed):
    """Return 1·a + 1·b + 2·ab and a seed's luck."""
    return {"y": setting["a"] + setting["b"] + 2 * setting["a"] * setting["b"] + shifted({}, seed)["y"]}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({**ORDER, "rank_at_most": 0}, "rank_at_most"),
        ({**ORDER, "rank_at_most": 6}, "rank_at_most"),
        ({**ORDER, "expected": "none"}, "expected"),
        ({"treatment": None, "treatments": {"control": {"shift": 1.0}}}, "treatments.control"),
        ({"treatment": None, "treatments": {f"t{n}": {"shift": 1.0 + n} for n in range(720)}}, "treatments"),
    ],
)
def test_a_claim_that_cannot_be_compared_is_refused_by_its_key(changes, key):
    with pytest.raises(InputError) as refused:
        Hypothesis.load(claim(**changes), shifted)
    assert refused.value.key == key


def test_the_most_treatments_and_the_last_rank_are_not_refused():
    most = Hypothesis.load(claim(treatment=None, treatments={f"t{n}": {"shift": 1.0 + n} for n in range(719)}), shifted)
    assert len(most.kind.arms()) == 720
    assert Hypothesis.load(claim(**ORDER, rank_at_most=5), shifted).kind.rank_at_most == 5


@pytest.mark.parametrize(
    ("options", "key"), [({"replicates_cap": 4}, "--replicates-cap"), ({"samples": -1}, "--samples")]
)
def test_a_battery_of_too_few_replicates_or_points_is_refused_before_anything_runs(tmp_path, options, key):
    with pytest.raises(InputError) as refused:
        battery(tmp_path, Hypothesis.load(claim(), shifted), **options)
    assert refused.value.key == key
    assert list(tmp_path.iterdir()) == []


def test_a_hypothesis_about_a_function_stays_as_it_is_under_another_scenario(tmp_path):
    one = Hypothesis.load(claim(), shifted)
    made = battery(tmp_path, one, scenario="classroom")
    assert made.hypotheses == [one]
    assert made.hypotheses[0].task is shifted


def test_a_file_s_own_ranges_replace_the_shipped_ones_nested_or_dotted():
    found = []
    for ranges in ({"shift.more": {"low": 1.0, "high": 2.0}}, {"shift": {"more": {"low": 1.0, "high": 2.0}}}):
        one = Hypothesis.load(claim(robustness={"ranges": ranges, "samples": 4}), shifted)
        found.append([variant.setting for variant in variants(one)])
    assert found[0] == found[1]
    assert [list(setting) for setting in found[0]] == [["shift.more"]] * 4
    assert all(1 <= setting["shift.more"] <= 2 for setting in found[0])


def test_a_factorial_claim_is_of_the_contrast_with_all_signs_multiplied(tmp_path):
    factors = {"a": [0, 1], "b": [0, 1]}
    one = Hypothesis.load(claim(**ONLY, kind="interaction", factors=factors, contrast="factorial", test=TEST), together)
    (contrast,) = one.kind.contrasts({}, "increase")
    assert dict(zip(one.kind.arms(), contrast.weights.tolist(), strict=True)) == {
        "−−": 0.5, "−+": -0.5, "+−": -0.5, "++": 0.5,
    }  # fmt: skip
    found = battery(tmp_path, one).test()["T1"]
    assert found.part.name == "factorial"
    assert found.part.estimate == pytest.approx(1.0)
    assert found.verdict == "supported"


def test_a_battery_in_which_every_run_fails_says_why(tmp_path):
    with pytest.raises(InputError, match="nothing to see"):
        battery(tmp_path, Hypothesis.load(claim(), failing)).test()


def test_a_battery_in_which_nothing_is_defined_decides_nothing_and_is_reported(tmp_path):
    one = Hypothesis.load(claim(test=TEST), undefined)
    findings = battery(tmp_path / "runs", one).test()
    found = findings["T1"]
    assert (found.verdict, found.part, found.parts, found.details) == ("undecided", None, [], [])
    assert (found.replicates, found.lost) == (0, found.plan.replicates)
    assert math.isnan(found.crn)
    assert found.mechanism_status is None
    assert found.would_take is None
    assert len(complete(found.outcomes)) == 0
    (axes,) = figure_of(found).axes
    assert not axes.axison
    for lang in ("en", "zh"):
        write(findings, tmp_path / lang, lang)
        text = (tmp_path / lang / "report.md").read_text(encoding="utf-8")
        assert say("hypotheses.lost_text", lang, number=found.lost) in text


def test_a_report_says_what_was_capped_lost_needed_and_tried_elsewhere(tmp_path):
    capped = Hypothesis.load(
        claim(
            test=TEST,
            treatment={"shift": 0.15},
            smallest_effect=0.2,
            alternatives=[{"name": "none", "label": "none", "set": {"off": 1.0}}],
        ),
        shifted,
    )
    findings = battery(tmp_path, capped).test()
    text = str(content(findings, "en"))
    assert say("hypotheses.capped", "en", ids="T1") in text
    found = findings["T1"]
    about = str(section(found, "en"))
    assert say("hypotheses.would_take_text", "en", number=found.would_take) in about
    assert say("hypotheses.alternatives", "en") in about
    assert say("hypotheses.lost", "en") not in about
    assert found.mechanism_status is None


def test_failed_and_undefined_runs_are_counted_in_the_report(tmp_path):
    found = battery(tmp_path, Hypothesis.load(claim(test={"pilot": 40, "max_replicates": 60}), hardly)).test()["T1"]
    assert 0 < found.lost < found.plan.replicates
    assert say("hypotheses.lost_text", "en", number=found.lost) in str(section(found, "en"))
    assert found.lost == int((~np.isfinite(found.outcomes).all(axis=1)).sum())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_a_dash(value):
    assert estimate(value) == "–"
    assert estimate(0.0) == "0"
    assert estimate(-1234.5) == "-1234"
