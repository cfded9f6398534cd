"""An intervention is a treatment: a value from a week on, or a list of changes."""

from __future__ import annotations

import json
import math
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from simulation.files.errors import InputError
from simulation.hypotheses import Battery, Hypothesis
from simulation.hypotheses.claim import parameters_of
from simulation.hypotheses.pool import arm_text
from simulation.hypotheses.registry import _digest, _fields
from simulation.hypotheses.robustness import direct, mechanism, variants, worlds
from simulation.hypotheses.sections import section

DOCS = Path(__file__).resolve().parents[2] / "docs"
LATER = "execution.oversight@40"
CHANGES = [{"week": 40, "set": {"execution.oversight": 0.0}}]
HEEDLESS = {"execution.w_over": 0.0, "execution.modes.symbolic.veiled": 0.0}


def claim(**entries: Any) -> dict[str, Any]:
    table = {
        "id": "T",
        "claim": {"en": "Withdrawing oversight lowers effectiveness", "zh": "撤出督查会降低治理效能"},
        "source": "a test",
        "kind": "difference",
        "scenario": {"extends": "zhaoqing", "weeks": 80, "structure": {"citizens": 600}},
        "metric": "effectiveness",
        "expected": "decrease",
        "smallest_effect": 0.002,
        "refuted_if": {"en": "it does not", "zh": "并不降低"},
        "treatment": {LATER: 0.0},
        "mechanism": {"label": {"en": "Nobody heeds it", "zh": "无人理会"}, "set": dict(HEEDLESS)},
        "direct": {"none": {"en": "it enters the choice of a mode", "zh": "只影响方式选择"}},
    }
    return {key: value for key, value in {**table, **entries}.items() if value is not None}


def settings_of(**entries: Any) -> dict[str, Any]:
    one = Hypothesis.load(claim(**entries))
    return {name: one.task.scenario.with_values(setting) for name, setting in one.settings().items()}


@pytest.mark.parametrize("treatment", [{LATER: 0.0}, {"execution": {"oversight@40": 0.0}}, {"changes": CHANGES}])
def test_a_treatment_may_be_a_value_from_a_week_on_or_a_list_of_changes(treatment: dict[str, Any]) -> None:
    arms = settings_of(treatment=treatment)
    assert arms["treatment"].digest == arms["control"].with_change(40, {"execution.oversight": 0.0}).digest
    assert not arms["control"].changes


def test_the_parts_of_a_change_are_what_arms_differ_in_nested_or_dotted() -> None:
    scenario = {"extends": "zhaoqing", "structure": {"citizens": 600}, "changes": CHANGES}
    for treatments in ({"early": {"changes.1.week": 20}}, {"early": {"changes": {"1": {"week": 20}}}}):
        arms = settings_of(scenario=scenario, treatment=None, treatments=treatments)
        assert [arms[name].changes[0].week for name in ("control", "early")] == [40, 20]
    weeks = Hypothesis.load(
        claim(scenario=scenario, kind="curve", treatment=None, factor="changes.1.week", values=[10, 20, 40],
              shape="monotone", expected="increase")
    )  # fmt: skip
    assert weeks.parameters_varied() == {"execution.oversight"}


@pytest.mark.parametrize(
    ("treatment", "key"),
    [
        ({"execution.oversigt@40": 0.0}, "execution.oversigt"),
        ({"structure.citizens@40": 100}, "structure.citizens"),
        ({"changes": [{"week": 40, "set": {"execution.oversight": 3.0}}]}, "oversight"),
        ({"changes.1.week": 3}, "changes.1.week"),
    ],
)
def test_an_intervention_that_cannot_be_made_is_refused_by_key(treatment: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as refused:
        Hypothesis.load(claim(treatment=treatment))
    assert key in str(refused.value)


def test_the_registered_digest_covers_the_intervention() -> None:
    forms = (
        {LATER: 0.0},
        {LATER: 0.1},
        {"execution.oversight@41": 0.0},
        {"changes": CHANGES},
        {"changes": [CHANGES[0] | {"length": 5}]},
    )
    digests = [_digest(_fields(Hypothesis.load(claim(treatment=treatment)))) for treatment in forms]
    assert len(set(digests)) == len(forms)
    assert digests[0] == _digest(_fields(Hypothesis.load(claim())))
    listed = {**claim()["scenario"], "changes": CHANGES}
    other = {**claim()["scenario"], "changes": [{**CHANGES[0], "week": 39}]}
    assert len({_digest(_fields(Hypothesis.load(claim(scenario=one)))) for one in (listed, other)}) == 2


@pytest.mark.parametrize("treatment", [{LATER: 0.0}, {"changes": CHANGES}])
def test_no_alternative_sets_what_the_intervention_changes(treatment: dict[str, Any]) -> None:
    one = Hypothesis.load(claim(treatment=treatment))
    found = variants(one)
    assert len(found) > 10
    assert not any("execution.oversight" in parameters_of(variant.setting) for variant in found)
    assert not any("execution.oversight" in variant.setting for variant in worlds(one, [{"execution.oversight": 0.5}]))
    own = {"name": "a", "label": {"en": "a", "zh": "a"}, "set": {"execution.oversight": 0.5}}
    with pytest.raises(InputError) as refused:
        variants(Hypothesis.load(claim(treatment=treatment, alternatives=[own])))
    assert refused.value.given == "execution.oversight"
    without = {"label": {"en": "a", "zh": "a"}, "set": {"execution.oversight": 0.0}}
    with pytest.raises(InputError):
        mechanism(Hypothesis.load(claim(treatment=treatment, mechanism=without)))
    with pytest.raises(InputError):
        mechanism(Hypothesis.load(claim(treatment={LATER: 0.0}, setting={"execution.w_over@10": 5.0})))


def test_what_is_removed_stays_away_through_the_scenario_s_own_changes() -> None:
    changes = [{"week": 10, "set": {"execution.w_over": 4.0, "execution.capacity": 2.0}}]
    one = Hypothesis.load(claim(scenario={**claim()["scenario"], "changes": changes}))
    removed = mechanism(one)
    assert removed is not None
    for setting in one.settings(removed.setting).values():
        spec = one.task.scenario.with_values(setting)
        assert spec.execution.w_over == 0.0
        assert spec.changes[0].set == {"execution.w_over": 0.0, "execution.capacity": 2.0}
    assert direct(one) is None


def test_an_arm_with_infinity_in_a_list_of_changes_can_be_kept() -> None:
    setting = {"changes": [{"week": 3, "set": {"execution.budget": math.inf}}]}
    assert json.loads(arm_text(setting)) == {"changes": [{"week": 3, "set": {"execution.budget": "inf"}}]}
    kept = Hypothesis.load(claim()).task.scenario.with_values(json.loads(arm_text(setting)))
    assert kept.changes[0].set["execution.budget"] in (math.inf, "inf")


def _from_docs(name: str) -> dict[str, Any]:
    blocks = re.findall(r"```toml\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.S)
    return next(table for table in map(tomllib.loads, blocks) if table.get("id") == "WITHDRAWN")


def test_the_example_of_the_tutorial_holds_and_is_the_same_in_both_languages(tmp_path: Path) -> None:
    table = _from_docs("hypotheses-tutorial.md")
    assert table == _from_docs("hypotheses-tutorial.zh.md")
    options: dict[str, Any] = {"store": tmp_path, "workers": 0, "progress": "quiet"}
    small = {**table, "setting": {"structure.citizens": 600}}
    found = Battery([small], quick=True, alternatives=False, **options).test()["WITHDRAWN"]
    assert found.part is not None
    assert found.part.high < -0.01
    assert found.left is not None
    assert abs(found.left.share) < 0.5


@pytest.mark.parametrize(("lang", "said"), [("en", "from week 40"), ("zh", "从第 40 周起")])
def test_the_report_tells_the_changes_of_a_setting_in_words(tmp_path: Path, lang: str, said: str) -> None:
    table = claim(treatment={"execution.capacity": 1.0}, setting={"changes": CHANGES}, mechanism=None)
    options: dict[str, Any] = {"store": tmp_path, "workers": 0, "progress": "quiet"}
    found = Battery([table], quick=True, alternatives=False, **options).test()["T"]
    assert said in " ".join(map(str, section(found, lang)))
