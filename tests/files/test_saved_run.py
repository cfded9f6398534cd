"""A saved run of which a part is missing: the error names the file and the part, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation import InputError
from simulation.files.saved_run import check_saved

WHOLE = {"tool": "wushi", "scenario": {}, "seed": 3, "digest": "a", "versions": {}}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    (tmp_path / "provenance.json").write_text(json.dumps(WHOLE))
    (tmp_path / "summary.json").write_text("{}")
    (tmp_path / "weekly.csv").write_text("week\n")
    return tmp_path


def refused(folder: Path) -> str:
    """Return the message, which is one of the tool's own in every language."""
    with pytest.raises(InputError) as error:
        check_saved(folder)
    for lang in ("en", "zh"):
        said = error.value.in_language(lang)
        assert "Errno" not in said
        assert "KeyError" not in said
    return str(error.value)


def test_a_whole_one_is_taken_with_its_tables_in_either_format(saved: Path) -> None:
    check_saved(saved)
    (saved / "weekly.csv").rename(saved / "weekly.parquet")
    check_saved(saved)


@pytest.mark.parametrize("name", ["provenance.json", "summary.json", "weekly.csv"])
def test_a_missing_file_is_named(name: str, saved: Path) -> None:
    (saved / name).unlink()
    assert refused(saved) == f"{saved}: not a saved run: it has no file {name}"


@pytest.mark.parametrize("part", ["scenario", "seed", "digest", "versions"])
def test_a_missing_part_of_the_provenance_is_named_with_the_file(part: str, saved: Path) -> None:
    left = {name: value for name, value in WHOLE.items() if name != part}
    (saved / "provenance.json").write_text(json.dumps(left))
    assert refused(saved) == f"{saved / 'provenance.json'}: not a saved run: the part '{part}' is missing"


@pytest.mark.parametrize("part", ["scenario", "seed", "digest", "versions"])
@pytest.mark.parametrize("value", [None, True, [1]])
def test_a_part_of_another_kind_is_named_with_what_it_is(part: str, value: object, saved: Path) -> None:
    (saved / "provenance.json").write_text(json.dumps({**WHOLE, part: value}))
    said = refused(saved)
    assert said.startswith(f"{saved / 'provenance.json'}: {part}: not a saved run")
    assert repr(value) in said or value is None


@pytest.mark.parametrize("name", ["provenance.json", "summary.json"])
@pytest.mark.parametrize(("content", "match"), [("[]", "no table"), ("no JSON", "JSON"), ('"x"', "no table")])
def test_a_file_that_holds_something_else_is_named(name: str, content: str, match: str, saved: Path) -> None:
    (saved / name).write_text(content)
    said = refused(saved)
    assert said.startswith(str(saved / name))
    assert match in said
