"""A file of another kind is refused by its kind, with the command that takes it."""

from __future__ import annotations

import itertools
import tomllib

import pytest

from simulation.cases.case import Case, shipped_cases
from simulation.evidence.target_file import read_targets
from simulation.experiments.design.design import Design
from simulation.files.kinds import refuse_other_kind
from simulation.files.shipped import shipped_folder
from simulation.hypotheses.claim import Claim
from simulation.scenario import InputError, load_scenario

FOLDERS = {"scenario": "", "design": "sweeps", "hypothesis": "hypotheses", "targets": "targets"}
LOADERS = {
    "scenario": load_scenario,
    "design": Design.of,
    "hypothesis": Claim.load,
    "targets": read_targets,
}
COMMANDS = {"scenario": "run", "design": "sweep", "hypothesis": "hypothesis", "targets": "calibrate"}


def shipped(kind: str):
    return sorted((shipped_folder() / FOLDERS[kind]).glob("*.toml"))


@pytest.mark.parametrize(("wanted", "given"), list(itertools.permutations(FOLDERS, 2)))
def test_a_file_of_another_kind_names_its_own_command(wanted, given):
    with pytest.raises(InputError) as caught:
        LOADERS[wanted](shipped(given)[0])
    assert caught.value.allowed.endswith(f"wushi {COMMANDS[given]}") or "wushi run," in caught.value.allowed
    assert caught.value.problem.startswith("this file holds ")
    assert "此文件是" in caught.value.in_language("zh")


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_shipped_file_is_of_its_own_kind(kind):
    files = shipped(kind)
    assert files
    for file in files:
        refuse_other_kind(tomllib.loads(file.read_text(encoding="utf-8")), kind, file)


CASE = shipped_folder() / "cases" / "qingwan" / "case.toml"


@pytest.mark.parametrize("wanted", FOLDERS)
def test_a_case_given_to_another_command_is_told_its_own(wanted):
    with pytest.raises(InputError) as caught:
        LOADERS[wanted](CASE)
    assert caught.value.allowed.endswith("wushi case")
    assert "a case" in caught.value.problem
    assert "案例" in caught.value.in_language("zh")


@pytest.mark.parametrize("given", [kind for kind in FOLDERS if kind != "scenario"])
def test_a_folder_whose_case_file_is_of_another_kind_names_the_command_of_that_kind(tmp_path, given):
    (tmp_path / "case.toml").write_bytes(shipped(given)[0].read_bytes())
    with pytest.raises(InputError) as caught:
        Case.load(tmp_path)
    assert caught.value.allowed.endswith(f"wushi {COMMANDS[given]}")


def test_a_scenario_without_the_table_of_a_case_is_a_case_in_which_nothing_is_observed(tmp_path):
    (tmp_path / "case.toml").write_text('extends = "classroom"\nstart_date = 2020-03-02\n', encoding="utf-8")
    case = Case.load(tmp_path)
    assert (case.rows, case.free) == ((), {})


def test_every_shipped_case_is_of_its_own_kind():
    for name in shipped_cases():
        file = shipped_folder() / "cases" / name / "case.toml"
        refuse_other_kind(tomllib.loads(file.read_text(encoding="utf-8")), "case", file)
