"""Target files: the shipped ones say what they should, wrong ones are refused by name."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from kit.odd import told
from long.spoiling import as_toml

from simulation.evidence import Calibration, shipped_targets
from simulation.files.errors import InputError


@pytest.mark.parametrize("name", shipped_targets())
def test_a_shipped_file_is_understood_and_names_sources_in_both_languages(name):
    asked = Calibration.of(name)
    assert set(asked.title) == {"en", "zh"}
    for target in asked.targets.values():
        assert set(target.claim) == {"en", "zh"}
        assert target.source.startswith("S: ")
        assert target.setting in asked.settings


def test_the_findings_of_the_case_are_shipped_with_their_numbers():
    targets = Calibration.of("case").targets
    ends = {name: (target.low, target.high) for name, target in targets.items()}
    assert ends == {
        "trial-rollout": (0.40, 0.58),
        "scale-up": (0.01, math.inf),
        "campaign-rebound": (0.0, 0.46),
        "false-reports": (0.74, 0.74),
        "responsiveness": (0.28, 0.38),
    }


def test_a_file_that_includes_others_has_their_parameters_unless_it_names_its_own(tmp_path):
    (tmp_path / "a.toml").write_text('include = ["responsiveness", "false-reports"]', encoding="utf-8")
    parts = [Calibration.of(name) for name in ("responsiveness", "false-reports")]
    assert Calibration.of(tmp_path / "a.toml").parameters == {
        k: v for part in parts for k, v in part.parameters.items()
    }
    own = Calibration.of("attainable").parameters
    assert set(own) < {key for name in shipped_targets() for key in Calibration.of(name).parameters}
    assert "execution.noise" not in own


def test_without_a_table_of_parameters_every_assumption_is_free():
    table = {
        "settings": {"here": {"scenario": "classroom", "values": {"execution.oversight": 0.5}}},
        "targets": {"t": {"setting": "here", "expression": "breadth", "value": 3, "tolerance": 1, "source": "none"}},
    }
    free = Calibration.of(table).parameters
    assert "effect.gain" in free
    assert "execution.oversight" not in free, "the setting fixes it"


def test_the_command_names_every_shipped_file():
    from simulation.command.calibrate import SHIPPED

    assert ", ".join(shipped_targets()) == SHIPPED


def test_a_distance_counts_tolerances_from_the_nearer_end():
    target = Calibration.of("responsiveness").targets["responsiveness"]
    assert target.distance(0.30) == 0
    assert target.distance(0.22) == pytest.approx(2)
    assert target.distance(0.41) == pytest.approx(1)
    assert target.distance(math.nan) == math.inf


def base() -> dict:
    return {
        "parameters": {"execution.oversight": {"low": 0.2, "high": 0.9}},
        "settings": {"here": {"scenario": "classroom", "values": {"structure.citizens": 200, "effect.gain": 30.0}}},
        "targets": {
            "t": {"setting": "here", "expression": "breadth", "range": [1, 2], "tolerance": 1, "source": "nobody"}
        },
    }


def changed(path: str, value: object) -> dict:
    table = base()
    *inner, last = path.split("/")
    place: dict = table
    for key in inner:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return table


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("target", {}, "target"),
        ("targets", {}, "targets"),
        ("targets/t/expression", "bredth", "targets.t.expression"),
        ("targets/t/setting", "there", "targets.t.setting"),
        ("targets/t/tolerance", 0, "targets.t.tolerance"),
        ("targets/t/tolerance", ..., "targets.t.tolerance"),
        ("targets/t/source", " ", "targets.t.source"),
        ("targets/t/value", 1, "targets.t"),
        ("targets/t/range", [2, 1], "targets.t.range"),
        ("targets/t/range", [-math.inf, math.inf], "targets.t.range"),
        ("targets/t/ranje", [1, 2], "targets.t.ranje"),
        ("targets/t/claim", {"en": "only"}, "targets.t.claim.zh"),
        ("settings/here/scenario", "zhaoqin", "settings.here.scenario"),
        ("settings/here/values", {"execution.oversigth": 1}, "settings.here.execution.oversigth"),
        ("settings/here/ensemble", 3, "settings.here.ensemble"),
        ("settings/unused", {"scenario": "classroom"}, "settings.unused"),
        ("parameters", {}, "parameters"),
        ("parameters", {"execution.oversigth": {"low": 0.1, "high": 0.2}}, "parameters.execution.oversigth"),
        ("parameters", {"execution.oversight": {"low": 0.1, "high": 3}}, "parameters.execution.oversight"),
        ("parameters", {"execution.oversight": {"values": [1, 2]}}, "parameters.execution.oversight"),
        ("parameters", {"weeks": {"low": 50, "high": 60.5, "integer": True}}, "parameters.weeks"),
        ("parameters", {"effect.gain": {"low": 20, "high": 50}}, "parameters.effect.gain"),
        ("calibration", {"keep": 0}, "calibration.keep"),
        ("calibration", {"kept": 10}, "calibration.kept"),
        ("include", ["no-such-file"], None),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_key(path, value, key):
    with pytest.raises(InputError) as caught:
        Calibration.of(changed(path, value))
    assert caught.value.key == key


def test_a_file_that_is_missing_or_no_toml_is_refused(tmp_path):
    for content in (None, "[targets"):
        file = tmp_path / "t.toml"
        if content is not None:
            file.write_text(content, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            Calibration.of(file)
        assert caught.value.file == str(file)


def test_files_that_include_each_other_are_refused(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{name}.toml").write_text(f'include = ["{other}.toml"]', encoding="utf-8")
    with pytest.raises(InputError, match="include each other"):
        Calibration.of(tmp_path / "a.toml")


def test_included_files_that_differ_are_refused(tmp_path):
    for name, high in (("a", 0.8), ("b", 0.9)):
        text = f'[parameters]\n"execution.oversight" = {{ low = 0.2, high = {high} }}\n'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "all.toml").write_text('include = ["a.toml", "b.toml"]', encoding="utf-8")
    with pytest.raises(InputError, match="differ") as caught:
        Calibration.of(tmp_path / "all.toml")
    assert caught.value.key == "parameters.execution.oversight"


def test_a_mistake_in_an_included_file_is_blamed_on_that_file(tmp_path):
    inner, outer = tmp_path / "inner.toml", tmp_path / "outer.toml"
    inner.write_text("[calibration]\nkeep = 1\n", encoding="utf-8")
    outer.write_text('include = ["inner.toml"]\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Calibration.of(outer)
    assert (caught.value.file, caught.value.key) == (str(inner), "calibration.keep")


@pytest.mark.parametrize(("part", "name"), [("targets", "distance"), ("targets", "seed"), ("parameters", "weight")])
def test_names_that_the_tables_of_results_use_are_refused(part, name):
    table = {
        "parameters": {"a": {"low": 0.2, "high": 0.9}},
        "targets": {"t": {"value": 1, "tolerance": 1, "source": "nobody"}},
    }
    assert Calibration.of(table).targets.keys() == {"t"}
    table[part][name] = next(iter(table[part].values()))
    with pytest.raises(InputError) as caught:
        Calibration.of(table)
    assert caught.value.key == f"{part}.{name}"


def test_a_target_that_is_called_like_a_parameter_is_refused():
    table = {
        "parameters": {"a": {"low": 0.2, "high": 0.9}},
        "targets": {"a": {"value": 1, "tolerance": 1, "source": "nobody"}},
    }
    with pytest.raises(InputError) as caught:
        Calibration.of(table)
    assert caught.value.key == "targets.a"


@pytest.mark.parametrize(
    ("part", "name", "changes", "key"),
    [
        ("targets", "both", {"value": math.inf}, "targets.both.value"),
        ("targets", "both", {"value": "one"}, "targets.both.value"),
        ("targets", "both", {"value": True}, "targets.both.value"),
        ("targets", "a b", {"value": 1.0, "tolerance": 0.1, "source": "made", "expression": "a"}, "targets.a b"),
        ("settings", "here", {"scenario": "classroom", "valuse": {}}, "settings.here.valuse"),
    ],
)
def test_a_finding_or_a_setting_that_cannot_be_used_is_refused_by_its_key(targets, part, name, changes, key):
    targets.setdefault(part, {}).setdefault(name, {}).update(changes)
    with pytest.raises(InputError) as caught:
        Calibration.of(targets)
    assert caught.value.key == key


def test_a_file_whose_parameters_are_no_table_cannot_be_included(tmp_path):
    (tmp_path / "inner.toml").write_text('parameters = "assumptions"\n', encoding="utf-8")
    (tmp_path / "outer.toml").write_text('include = ["inner.toml"]\n', encoding="utf-8")
    with pytest.raises(InputError, match="list its parameters") as caught:
        Calibration.of(tmp_path / "outer.toml")
    assert caught.value.key == "parameters"


TARGET = {"value": 1.0, "tolerance": 1.0, "source": "s", "expression": "breadth", "setting": "here"}


def written(path: Path, table: dict[str, Any]) -> Path:
    path.write_bytes(as_toml(table))
    return path


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
