"""A single file of results is written whole or not at all, by one helper for everything that writes one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulation.files.output import whole_file

PACKAGE = Path(__file__).resolve().parents[2] / "simulation"


def test_a_file_appears_whole_in_a_folder_that_is_made_for_it(tmp_path):
    target = tmp_path / "new" / "folder" / "a.csv"
    with whole_file(target) as made:
        assert made.suffix == ".csv"
        made.write_text("x\n", encoding="utf-8")
        assert not target.exists()
    assert target.read_text(encoding="utf-8") == "x\n"
    assert [path.name for path in target.parent.iterdir()] == ["a.csv"]
    assert target.stat().st_mode & 0o444 == 0o444


@pytest.mark.parametrize("end", [ValueError, KeyboardInterrupt])
def test_what_stood_there_stays_when_writing_ends_badly(tmp_path, end):
    target = tmp_path / "a.csv"
    target.write_text("old", encoding="utf-8")

    def write() -> None:
        with whole_file(target) as made:
            made.write_text("ne", encoding="utf-8")
            raise end

    with pytest.raises(end):
        write()
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_nothing_else_writes_and_renames_by_itself():
    own = re.compile(r"tempfile\.mkstemp|os\.replace\(")
    found = {
        path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if own.search(path.read_text("utf-8"))
    }
    assert found == {"files/output.py"}
