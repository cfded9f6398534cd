"""A loader accepts any table, or refuses it with the one documented error."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.odd import ODD, spoil, told

from simulation.evidence import Calibration
from simulation.experiments.design.design import Design
from simulation.hypotheses.hypothesis import Hypothesis
from simulation.places.hierarchy import load_hierarchy
from simulation.scenario import load_scenario, parse_assignments, shipped_folder

UNITS = [
    {"unit": "P", "parent": "", "tier": "province"},
    {"unit": "C", "parent": "P", "tier": "city"},
    {"unit": "A", "parent": "C", "tier": "county", "population": 900, "urban_share": 0.5, "residential": 2},
    {"unit": "T", "parent": "A", "tier": "town", "kind": "town", "zh": "镇"},
]


def shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((shipped_folder() / name).read_text(encoding="utf-8"))


def scenario(given: Any) -> None:
    load_hierarchy(load_scenario(given))


def design(given: Any) -> None:
    Design.of(given)


LOADERS = {
    "scenario": (scenario, [shipped("zhaoqing.toml"), {"extends": "classroom", "structure": {"units": UNITS}}]),
    "design": (
        design,
        [
            {"sweep": {"design": kind, "samples": 4, "seed": 1, "metrics": ["effectiveness"]}, "factors": factors}
            for kind, factors in (
                ("grid", {"plan.per_county": [1, 2], "weeks": {"low": 1, "high": 3, "integer": True}}),
                ("sobol", {"a": {"low": 0.2, "high": 1.0}, "b": [1, "x"]}),
            )
        ],
    ),
    "hypothesis": (Hypothesis.load, [shipped("hypotheses/overexpansion.toml"), shipped("hypotheses/matching.toml")]),
    "target": (Calibration.of, [shipped("targets/case.toml")]),
}


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_what_is_no_table_or_holds_one_odd_thing_is_refused(kind: str, value: Any) -> None:
    load, (table, *_) = LOADERS[kind]
    if not isinstance(value, dict) and not (kind == "scenario" and isinstance(value, str)):
        assert told(lambda: load({"title": value, 3: value}))
    for key in table:
        told(lambda key=key: load({**table, key: value}))


@pytest.mark.parametrize("kind", LOADERS)
@settings(max_examples=150)
@given(random=st.randoms(use_true_random=False))
def test_a_table_with_anything_anywhere_is_accepted_or_refused(kind: str, random: Random) -> None:
    load, tables = LOADERS[kind]
    told(lambda: load(spoil(random.choice(tables), random)))


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_any_value_of_any_parameter_is_accepted_or_refused(value: Any) -> None:
    spec = load_scenario("classroom")
    for key in spec.values:
        told(lambda key=key: spec.with_values({key: value}))
    assert told(lambda: spec.with_values({value: 1})) if value.__hash__ else True


@pytest.mark.parametrize("text", ["9" * 5000, "0x" + "f" * 5000, "[" * 9999, "{a=" * 999, '"\\ud800"', "nan", "1e999"])
def test_any_assignment_is_accepted_or_refused(text: str) -> None:
    assert told(lambda: load_scenario("classroom").with_values(parse_assignments([f"weeks={text}"])))


@pytest.mark.parametrize("path", ["a" * 300 + ".toml", "a" * 300, "b" * 5000 + "/c.toml", "\0.toml", "\ud800.toml", ""])
def test_a_name_that_is_no_path_is_refused(path: str, tmp_path: Path) -> None:
    for load, _ in LOADERS.values():
        assert told(lambda load=load: load(str(tmp_path / path) if path else path))
    assert told(lambda: scenario({"extends": "classroom", "structure": {"file": path}}))
    assert told(lambda: scenario({"extends": path}))


def test_a_file_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.toml"
    loop.symlink_to(loop)
    for load, _ in LOADERS.values():
        assert told(lambda load=load: load(loop))
    assert told(lambda: scenario({"extends": "classroom", "structure": {"file": str(loop)}}))


def test_more_than_the_machine_can_hold_is_refused_at_once() -> None:
    from simulation import MomentumModel

    vast = load_scenario("classroom").with_values({"structure.citizens": 2_000_000_000})
    message = told(lambda: MomentumModel(vast))
    assert message is None or "memory" in message
    assert "factors" in str(told(lambda: design({"factors": {"weeks": {"low": 0, "high": 2**60, "integer": True}}})))
    assert "samples" in str(told(lambda: design({"sweep": {"design": "lhs", "samples": 2**50}, "factors": {"a": [1]}})))
