"""The file of findings: each is stated once, and measured in one place by all that use it."""

from __future__ import annotations

import pytest

from simulation import InputError
from simulation.evidence import Calibration, shipped_targets
from simulation.evidence.findings import CASE, FINDING, all_findings, chosen_findings, finding_keys
from simulation.evidence.target_file import read_targets


def test_five_findings_of_studies_and_a_fact_of_the_case_are_held_against_the_model() -> None:
    assert finding_keys(FINDING) == [
        "trial-rollout", "scale-up", "campaign-rebound", "false-reports", "responsiveness",
    ]  # fmt: skip
    assert finding_keys(CASE) == ["eight-domains"]
    assert finding_keys() == finding_keys(FINDING) + finding_keys(CASE)


def test_every_finding_can_be_measured_and_says_where_it_comes_from() -> None:
    asked = Calibration.of({"findings": finding_keys(), "parameters": {"effect.gain": {"low": 20, "high": 40}}})
    assert list(asked.targets) == finding_keys()
    for name, target in asked.targets.items():
        assert target.setting in asked.settings, name
        assert target.source[:2] in ("S:", "P:"), name
        assert set(target.claim) == {"en", "zh"}, name


@pytest.mark.parametrize("name", shipped_targets())
def test_no_shipped_target_file_states_a_finding_of_its_own(name: str) -> None:
    asked = Calibration.of(name)
    whole = Calibration.of({"findings": finding_keys(), "parameters": {"effect.gain": {"low": 20, "high": 40}}})
    assert asked.targets == {key: whole.targets[key] for key in asked.targets}


def test_a_finding_brings_the_setting_in_which_it_is_measured_and_no_other() -> None:
    settings, chosen = chosen_findings(["false-reports"])
    assert list(chosen) == ["false-reports"]
    assert list(settings) == ["weak-oversight"] == [all_findings().findings["false-reports"].setting]


def test_a_finding_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        read_targets({"findings": ["trial-rolout"], "parameters": {"effect.gain": {"low": 20, "high": 40}}})
    assert (caught.value.key, caught.value.given) == ("findings", "trial-rolout")
    assert caught.value.suggestion == "trial-rollout"


def test_a_target_of_ones_own_may_stand_beside_a_finding_but_not_contradict_it() -> None:
    own = {"setting": "ordinary", "expression": "substantive", "value": 0.5, "tolerance": 0.1, "source": "A"}
    tables = {"findings": ["responsiveness"], "parameters": {"effect.gain": {"low": 20, "high": 40}}}
    assert list(Calibration.of(tables | {"targets": {"mine": own}}).targets) == ["responsiveness", "mine"]
    with pytest.raises(InputError, match="responsiveness"):
        read_targets(tables | {"targets": {"responsiveness": own}})


def test_an_expression_that_names_a_metric_that_is_not_there_is_refused_with_the_nearest_one() -> None:
    own = {"setting": "here", "expression": "substantiv / trials", "value": 0.5, "tolerance": 0.1, "source": "A"}
    with pytest.raises(InputError) as caught:
        Calibration.of(
            {
                "settings": {"here": {"scenario": "zhaoqing"}},
                "targets": {"mine": own},
                "parameters": {"effect.gain": {"low": 20, "high": 40}},
            }
        )
    assert (caught.value.key, caught.value.given) == ("targets.mine.expression", "substantiv")
    assert caught.value.suggestion == "substantive"
