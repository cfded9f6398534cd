"""What fuzzing and reading once found in the loaders, each fault by itself."""

from __future__ import annotations

import datetime
import json
import math
import os
import sqlite3
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kit.odd import ODD, told
from long.targets import a_result, a_store, as_toml

from simulation.evidence import Calibration
from simulation.evidence.expression import Expression
from simulation.experiments.design.design import Design, from_spec
from simulation.experiments.running.worker import time_limit
from simulation.experiments.store.reading import read_store
from simulation.experiments.store.store import Store
from simulation.experiments.sweeping import sweep
from simulation.files.output import is_ours
from simulation.hypotheses.hypothesis import Hypothesis
from simulation.places.hierarchy import load_hierarchy
from simulation.results import RunResult
from simulation.scenario import load_scenario, parse_assignments, shipped_folder

DESIGN: dict[str, Any] = {"factors": {"x": [1, 2.5], "y": ["one", True]}}
TARGET = {"value": 1.0, "tolerance": 1.0, "source": "s", "expression": "breadth", "setting": "here"}


def written(path: Path, table: dict[str, Any]) -> Path:
    path.write_bytes(as_toml(table))
    return path


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("note", [math.nan, math.inf, datetime.date(2020, 3, 1), [1], {"a": 1}, None])
def test_a_remark_in_inline_rows_that_no_result_could_hold_is_refused(note: Any) -> None:
    units = [
        {"unit": "P", "parent": "", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
        {"unit": "A", "parent": "C", "tier": "county", "population": 9, "residential": 2},
    ]
    spec = {"domains": {"d": {}}, "structure": {"units": [*units[:2], {**units[2], "note": note}]}}
    assert "note" in str(told(lambda: load_hierarchy(load_scenario(spec))))
    load_hierarchy(load_scenario({**spec, "structure": {"units": [*units[:2], {**units[2], "code": 441200}]}}))


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("table", ["instruction.cities", "domains.nimby.matched", "plan.table.Gaoyao"])
def test_a_list_of_a_hundred_thousand_names_is_refused_without_comparing_each_with_each(table: str) -> None:
    names = [f"n{number}" for number in range(60_000)]
    given: dict[str, Any] = {"extends": "zhaoqing"}
    place = given
    *above, last = table.split(".")
    for key in above:
        place = place.setdefault(key, {})
    place[last] = names
    assert "no such" in str(told(lambda: load_hierarchy(load_scenario(given))))
    place[last] = [*names, names[-1]]
    assert "twice" in str(told(lambda: load_scenario(given)))


@pytest.mark.usefixtures("no_hang")
def test_a_file_of_unknown_keys_is_refused_without_comparing_each_with_each(tmp_path: Path) -> None:
    path = tmp_path / "many.toml"
    path.write_text("[execution]\n" + "\n".join(f"k{number} = 1" for number in range(80_000)), encoding="utf-8")
    assert "unknown key" in str(told(lambda: load_scenario(path)))


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("key", ["design", "samples", "replicates", "metrics", "weekly", "seed", "paired", "levels",
                                 "second_order", "factors"])  # fmt: skip
@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_a_stored_design_with_anything_in_it_is_read_or_refused(key: str, value: Any) -> None:
    spec = Design.of(DESIGN).spec()
    told(lambda: from_spec({**spec, key: value}))
    assert told(lambda: from_spec({name: one for name, one in spec.items() if name != key}))
    assert told(lambda: from_spec(value))


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("kind", ["grid", "random", "lhs", "sobol", "morris"])
def test_a_stored_design_is_read_as_it_was_written(kind: str) -> None:
    given = {
        "sweep": {"design": kind, "samples": 4, "metrics": ["a"]},
        "factors": {"x.y": [1, "b"], "z": [True, False]},
    }
    spec = json.loads(json.dumps(Design.of(given).spec()))
    assert from_spec(spec).spec() == spec


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE experiment SET value = '[1]'",
        "UPDATE experiment SET value = x'ff00'",
        "UPDATE experiment SET value = '{\"factors\": {}}'",
        "DELETE FROM experiment",
        "ALTER TABLE points RENAME COLUMN x TO z",
        "ALTER TABLE runs RENAME COLUMN status TO state",
        "DROP TABLE weekly",
        "UPDATE runs SET a = 'a text'",
        "UPDATE runs SET a = x'00ff'",
        "UPDATE runs SET seed = 'a text', seconds = 'long'",
        "UPDATE points SET x = 'a text'",
        "UPDATE platforms SET description = 'no json'",
        "UPDATE platforms SET description = '[]'",
    ],
)
def test_a_store_that_somebody_changed_is_read_or_refused(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(a_store())
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(statement)

    def used() -> None:
        stored = read_store(path)
        assert stored.runs["a"].dtype == float
        assert len(stored.points) == len(stored.failed) + 4
        assert len(stored.weekly) == 8

    told(used)
    design = {"sweep": {"weekly": ["b"], "metrics": ["a"], "replicates": 2}, **DESIGN}
    told(lambda: sweep(design, task=numbers, store=path, workers=0, progress="quiet"))


def numbers(parameters: dict[str, Any], seed: int) -> tuple[dict[str, float], dict[str, list[float]]]:
    return {"a": 1.0}, {"b": [1.0, 2.0]}


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("at", [16, 28, 40, 60, 100, 108, 300])
def test_a_store_with_other_bytes_at_the_head_is_read_or_refused(tmp_path: Path, at: int) -> None:
    path, whole = tmp_path / "a.sqlite", a_store()
    for wrong in (b"\xff", b"\x00\x00", b"\xff\xff\xff\xff", b"\x80tables"):
        path.write_bytes(whole[:at] + wrong + whole[at + len(wrong) :])
        told(lambda: read_store(path).runs)
        told(lambda: Store(path, Design.of(DESIGN), {}).close())


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("kind", ["curve", "regime"])
@pytest.mark.parametrize(
    ("values", "said"), [([1.0, 1.0000001, 2.0, 3.0, 4.0], "seventh digit"), ([*range(1, 2000)], "too many")]
)
def test_values_of_a_hypothesis_that_would_share_an_arm_or_are_too_many_are_refused(
    kind: str, values: list[float], said: str
) -> None:
    table = tomllib.loads((shipped_folder() / "hypotheses/tipping.toml").read_text(encoding="utf-8"))
    for key in ("kind", "factor", "values", "low", "high", "by", "shape"):
        table.pop(key, None)
    own: dict[str, Any] = {"shape": "monotone"} if kind == "curve" else {"by": "modes"}
    table |= {"kind": kind, "factor": "instruction.intensity", "expected": "increase", **own}
    assert said in str(told(lambda: Hypothesis.load({**table, "values": values})))
    assert len(Hypothesis.load({**table, "values": [1.0, 1.00001, 2.0, 3.0, 4.0]}).settings()) == 5


@pytest.mark.usefixtures("no_hang")
def test_the_overview_s_own_name_is_no_id() -> None:
    table = tomllib.loads((shipped_folder() / "hypotheses/matching.toml").read_text(encoding="utf-8"))
    assert "own picture" in str(told(lambda: Hypothesis.load({**table, "id": "Overview"})))


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("text", ["9" * 400, "-" + "9" * 499, "breadth + 1" + "0" * 309, "1e309", "0x" + "f" * 400])
def test_a_number_in_an_expression_that_no_float_can_hold_is_refused(text: str) -> None:
    assert told(lambda: Expression.parse(text, ["breadth"]))
    assert Expression.parse("1e300 * 1e300", []).value({}) != 0


@pytest.mark.usefixtures("no_hang")
def test_a_sample_that_no_memory_holds_is_refused_before_it_is_drawn() -> None:
    factors = {f"f{number}": [1, 2] for number in range(400)}
    for kind in ("sobol", "morris", "lhs", "random"):
        sweep_table = {"design": kind, "samples": 2**20, "second_order": True}
        message = str(told(lambda sweep_table=sweep_table: Design.of({"sweep": sweep_table, "factors": factors})))
        assert "samples" in message or message == "None"
    assert "samples" in str(
        told(lambda: Design.of({"sweep": {"design": "sobol", "samples": 2**20}, "factors": factors}))
    )


@pytest.mark.usefixtures("no_hang")
def test_target_files_that_include_one_another_many_times_over_are_read_once_each(tmp_path: Path) -> None:
    table = {"parameters": {"execution.h": {"low": 1.5, "high": 3.0}}}
    table |= {"settings": {"here": {}}, "targets": {"one": TARGET}}
    written(tmp_path / "f0.toml", table)
    for number in range(1, 25):
        written(tmp_path / f"f{number}.toml", {"include": [f"f{number - 1}.toml"] * 4})
    assert list(Calibration.of(tmp_path / "f24.toml").targets) == ["one"]


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("way", ["a.toml", "./a.toml", "../{here}/a.toml", "sub/../a.toml", "link.toml"])
def test_a_target_file_that_includes_itself_by_any_way_is_refused(tmp_path: Path, way: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.toml").symlink_to(tmp_path / "a.toml")
    written(tmp_path / "a.toml", {"include": [way.format(here=tmp_path.name)]})
    assert "include each other" in str(told(lambda: Calibration.of(tmp_path / "a.toml")))


@pytest.mark.usefixtures("no_hang")
def test_a_long_chain_of_target_files_is_refused(tmp_path: Path) -> None:
    for number in range(200):
        written(tmp_path / f"f{number}.toml", {"include": [f"f{number + 1}.toml"]})
    assert "nested too deeply" in str(told(lambda: Calibration.of(tmp_path / "f0.toml")))


@pytest.mark.usefixtures("no_hang")
def test_more_settings_or_targets_than_anybody_measures_are_refused() -> None:
    for part in ("settings", "targets"):
        table = {"settings": {"here": {}}, "targets": {"one": TARGET}}
        table[part] = {f"n{number}": dict(table[part][min(table[part])]) for number in range(500)}
        assert "too many" in str(told(lambda table=table: Calibration.of(table)))


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("setting", [{"a": 1}, ["here"], 3, math.nan])
def test_a_setting_that_is_no_name_is_refused(setting: Any) -> None:
    table = {"settings": {"here": {}}, "targets": {"one": {**TARGET, "setting": setting}}}
    assert "setting" in str(told(lambda: Calibration.of(table)))


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize(
    "draws",
    [{"county_population": {"values": ["many"]}}, {"county_population": {"low": -5, "high": 1e30}},
     {"urban_share": {"low": -3, "high": 9}}, {"acute": {"values": ["all"]}}, {"acute": {"low": 0, "high": 1e300}}],
)  # fmt: skip
def test_an_ensemble_that_no_city_can_be_drawn_from_is_refused(draws: dict[str, Any]) -> None:
    table = {"settings": {"here": {"ensemble": draws}}, "targets": {"one": TARGET}}
    assert next(iter(draws)) in str(told(lambda: Calibration.of(table)))


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("cell", ["{" + "a." * 60_000 + "a = 1}", "[" * 9999, "1\nb = 2", "a" * 100_000])
def test_a_cell_of_a_table_of_points_is_a_value_or_a_text_and_costs_no_more(tmp_path: Path, cell: str) -> None:
    (tmp_path / "points.csv").write_text('a,b\n"' + cell.replace('"', '""') + '",1\n', encoding="utf-8")
    (tmp_path / "list.toml").write_text('[sweep]\ndesign = "list"\nfile = "points.csv"\n', encoding="utf-8")
    made = Design.of(tmp_path / "list.toml")
    assert made.rows[0] == (cell, 1)
    assert parse_assignments([f"plan.kind={cell}"]) == {"plan.kind": cell}


@pytest.mark.usefixtures("no_hang")
def test_a_result_folder_names_no_file_to_read(tmp_path: Path) -> None:
    for name, content in a_result().items():
        (tmp_path / name).write_bytes(content)
    assert RunResult.load(tmp_path).seed == 0
    origin = json.loads(a_result()["provenance.json"])
    (tmp_path / "secret.toml").write_text("password = 12345", encoding="utf-8")
    origin["scenario"]["extends"] = str(tmp_path / "secret.toml")
    (tmp_path / "provenance.json").write_text(json.dumps(origin), encoding="utf-8")
    message = str(told(lambda: RunResult.load(tmp_path)))
    assert "not a resolved one" in message
    assert "password" not in message


if sys.platform != "win32":  # pipes with names are a matter of Unix

    @pytest.mark.usefixtures("no_hang")
    @pytest.mark.parametrize(
        "name", ["provenance.json", "summary.json", "weekly.csv", "points.csv", "a.toml", "city.csv"]
    )
    def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
        for other, content in a_result().items():
            (tmp_path / other).write_bytes(content)
        (tmp_path / "list.toml").write_text('[sweep]\ndesign = "list"\nfile = "points.csv"\n', encoding="utf-8")
        (tmp_path / name).unlink(missing_ok=True)
        os.mkfifo(tmp_path / name)
        assert told(lambda: Design.of(tmp_path / "list.toml"))
        for load in (load_scenario, Design.of, Hypothesis.load, Calibration.of):
            assert told(lambda load=load: load(tmp_path / "a.toml"))
        table = {"domains": {"d": {}}, "structure": {"file": str(tmp_path / "city.csv")}}
        assert told(lambda: load_hierarchy(load_scenario(table)))
        assert is_ours(tmp_path) == (name != "provenance.json")
        if name.endswith(".json"):
            assert told(lambda: RunResult.load(tmp_path))
        elif name == "weekly.csv":
            loaded = RunResult.load(tmp_path)
            assert len(loaded.cells) > 0
