"""The parameter table, its labels, and the JSON Schema made from it."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from simulation.scenario import json_schema, load_scenario, parameters, shipped_folder
from simulation.scenario.changes import Change
from simulation.scenario.fields import LONGEST, Table
from simulation.scenario.keys import walk
from simulation.scenario.sources import source_in
from simulation.text import LANGUAGES, catalogue


def test_every_parameter_says_what_it_means_in_both_languages_and_where_it_comes_from():
    for info in parameters():
        assert all(info.description[lang].strip() for lang in LANGUAGES), info.key
        assert re.search("[一-鿿]", info.description["zh"]), info.key
        assert re.match(r"[PSA]\b|$|a CSV|instead|computed|coding of a case", info.source), info.key
        assert len(info.allowed) > 5


def test_no_two_parameters_are_described_alike():
    for lang in LANGUAGES:
        texts = [info.description[lang] for info in parameters()]
        assert len(set(texts)) == len(texts)


def test_units_choices_and_tables_have_labels():
    labels = catalogue()
    for info in parameters():
        assert not info.unit or f"scenario.unit.{info.unit}" in labels
        for choice in info.choices:
            assert f"scenario.choice.{info.key}.{choice}" in labels or f"scenario.choice.{choice}" in labels
        table = info.key.rpartition(".")[0]
        assert f"scenario.table.{table or 'top'}" in labels


def test_no_label_describes_a_parameter_that_does_not_exist():
    keys = {f"parameter.{info.key}" for info in parameters()} | {"parameter.extends"}
    assert {key for key in catalogue() if key.startswith("parameter.")} == keys


def test_defaults_lie_within_their_own_ranges():
    for info in parameters():
        if info.kind in ("number", "whole") and isinstance(info.default, int | float):
            assert info.low < info.default or (info.low == info.default and not info.above), info.key
            assert info.high is None or info.default <= info.high, info.key


def test_the_schema_is_json_and_knows_every_key_of_the_shipped_files():
    schema = json.loads(json.dumps(json_schema(), allow_nan=False))

    def walk(table, place, name):
        for key, value in table.items():
            assert key in place["properties"], f"{name}: {key}"
            inner = place["properties"][key]
            if isinstance(value, dict) and inner.get("additionalProperties") is False:
                walk(value, inner, name)

    for path in shipped_folder().glob("*.toml"):
        walk(tomllib.loads(path.read_text(encoding="utf-8")), schema, path.name)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_schema_describes_every_parameter_in_the_language_asked_for(lang):
    schema = json_schema(lang)
    for info in parameters():
        place = schema
        for part in info.key.split("."):
            place = place["properties"][part]
        assert place["description"].startswith(info.description[lang])
        assert place["description"].endswith(f"({source_in(info.source, lang) or '-'})")


def test_every_number_of_the_default_scenario_names_its_source():
    text = (shipped_folder() / "zhaoqing.toml").read_text(encoding="utf-8")
    marked_tables = set()
    table = ""
    for line in text.splitlines():
        if line.startswith("["):
            table = line.partition("]")[0][1:]
            if re.search(r"#.*\b[PSA]\b", line):
                marked_tables.add(table)
        elif re.match(r"\w+ = [-\d.]|\w+ = inf", line):
            assert re.search(r"#\s+[PSAW]\b", line) or table in marked_tables, line


def test_the_default_scenario_writes_out_every_number_of_the_table():
    raw = tomllib.loads((shipped_folder() / "zhaoqing.toml").read_text(encoding="utf-8"))
    spec = load_scenario("zhaoqing")
    for info in parameters():
        if info.kind in ("number", "whole") and info.key != "stages.authority.intensity":
            place = raw
            for part in info.key.split("."):
                place = place[part]
            assert place == spec.values[info.key] or place == "auto"


def test_a_field_that_is_no_parameter_is_not_listed() -> None:
    class Odd(Table):
        plain: int = 0

    assert list(walk(Odd, "odd.")) == []


def test_the_schema_knows_every_part_of_a_change_and_of_a_date() -> None:
    schema = json_schema()["properties"]
    entry = schema["changes"]["items"]
    assert set(entry["properties"]) == set(Change.model_fields)
    assert entry["required"] == ["set"]
    assert (entry["properties"]["week"]["maximum"], entry["properties"]["length"]["minimum"]) == (LONGEST, 1)
    assert schema["start_date"]["format"] == "date"
    assert re.fullmatch(schema["start_date"]["pattern"], load_scenario("zhaoqing").start_date)
    assert not re.fullmatch(schema["start_date"]["pattern"], "0999-01-01")
