"""A file of another kind is refused by its kind, with the command that takes it."""

from __future__ import annotations

import itertools

import pytest

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
    import tomllib

    files = shipped(kind)
    assert files
    for file in files:
        refuse_other_kind(tomllib.loads(file.read_text(encoding="utf-8")), kind, file)
