"""The shipped set of plausible worlds, and all files that are made from it."""

from __future__ import annotations

import runpy
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation import load_scenario
from simulation.evidence.findings import all_findings, finding_keys
from simulation.evidence.targets import Calibration
from simulation.evidence.worlds import worlds
from simulation.evidence.worlds.implausibility import GOOD_ENOUGH, implausibility
from simulation.evidence.worlds.space import space
from simulation.evidence.worlds.writing import MEASURED, SCREENING

ROOT = Path(__file__).resolve().parents[3]
MAKING = ROOT / "docs" / "making"
SET = worlds()
RANGES = {
    "alternatives": ROOT / "scenarios" / "hypotheses" / "alternatives" / "structural.toml",
    "sweep": ROOT / "scenarios" / "sweeps" / "worlds-box.toml",
}


def ranges(name: str) -> dict[str, dict[str, float]]:
    return tomllib.loads(RANGES[name].read_text("utf-8"))["ranges" if name == "alternatives" else "factors"]


def script(name: str, monkeypatch) -> dict[str, object]:
    """Return the names of a script of docs/making/, which import each other."""
    monkeypatch.setattr(sys, "path", [str(MAKING), *sys.path])
    return runpy.run_path(str(MAKING / f"{name}.py"), run_name="made")


def test_at_least_two_hundred_worlds_are_shipped_and_no_two_are_the_same():
    table = SET.table
    assert len(table) >= 200
    assert not table.duplicated().any()


def test_the_default_scenario_is_the_first_world():
    default = load_scenario("zhaoqing").values
    assert {key: default[key] for key in SET.keys} == SET[0]


@pytest.mark.parametrize("name", ["zhaoqing-by-hand", "zhaoqing-as-told"])
def test_scenarios_with_the_constants_of_an_earlier_time_are_none_of_the_worlds(name):
    values = load_scenario(name).values
    assert all(any(values[key] != value for key, value in world.items()) for world in SET)


def test_every_world_was_found_good_enough_on_fresh_cities():
    measured = pd.read_csv(SET.path.with_name(MEASURED))
    asked = Calibration.of({"findings": finding_keys(), "parameters": {"agenda.span": {"low": 5, "high": 21}}})
    names = list(asked.targets)
    assert set(names) == set(all_findings().findings)
    assert len(measured) == len(SET)
    variances = measured[[f"{name} error" for name in names]].to_numpy() ** 2
    found = implausibility(asked.targets.values(), measured[names].to_numpy(), variances).max(axis=1)
    # Files hold four digits.
    assert found.max() <= GOOD_ENOUGH + 0.005


def test_the_default_world_meets_each_finding_within_its_tolerance():
    for row in SET.findings.values():
        assert row.low - row.tolerance <= row.default <= row.high + row.tolerance


def test_the_set_says_how_each_of_its_parameters_was_screened():
    screened = pd.read_csv(SET.path.with_name(SCREENING)).set_index("parameter")
    assert list(screened.index) == list(space())
    assert list(screened.index[screened["matters"]]) == SET.keys


@pytest.mark.parametrize("name", list(RANGES))
def test_the_box_that_alternatives_and_the_sensitivity_study_draw_from_contains_every_world(name):
    box, table = ranges(name), SET.table
    assert list(box) == SET.keys
    low, high = (np.array([box[key][end] for key in SET.keys]) for end in ("low", "high"))
    assert ((low <= table.min()) & (table.max() <= high)).all()


def test_the_boxes_are_made_from_the_set(monkeypatch):
    made = script("box", monkeypatch)
    for path in made["HEAD"]:
        assert made["written"](path) == path.read_text(encoding="utf-8"), "run: python docs/making/box.py"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("block", ["findings", "search", "parameters"])
def test_the_page_on_worlds_quotes_the_set(monkeypatch, lang, block):
    made = script("worlds", monkeypatch)
    assert made[block](lang).strip() in made["PAGES"][lang].read_text(encoding="utf-8"), "run docs/making/worlds.py"
