"""Stores that cannot be used are refused with a reason, before anything is written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import known_functions as known
import pytest
from kit.odd import told
from long.targets import a_store

from simulation.experiments import read_store, sweep
from simulation.experiments.design.design import Design
from simulation.experiments.store.database import StoreError, clear_error, connect, transaction
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError

DESIGN = {"sweep": {"replicates": 2}, "factors": {"a": [1, 2], "b": [1]}}


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "s.sqlite"
    sweep(DESIGN, known.plain, store=path, workers=0)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("PRAGMA user_version = 99", "another format"),
        ("DROP TABLE platforms", "lacks some of its tables"),
        ("PRAGMA application_id = 1", "not a store of this program"),
    ],
)
def test_a_store_of_another_kind_is_refused_by_reader_and_sweep(store, change, said):
    db = sqlite3.connect(store)
    db.execute(change)
    db.commit()
    db.close()
    before = store.read_bytes()
    for use in (lambda: read_store(store), lambda: sweep(DESIGN, known.plain, store=store, workers=0)):
        with pytest.raises(InputError, match=said) as caught:
            use()
        assert caught.value.file == str(store)
    assert store.read_bytes() == before


def test_a_folder_in_the_place_of_a_store_is_refused(tmp_path):
    for use in (lambda: connect(tmp_path, create=True), lambda: connect(tmp_path)):
        with pytest.raises(InputError):
            use()


def test_a_store_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="folder cannot be made"):
        sweep(DESIGN, known.plain, store=tmp_path / "file" / "s.sqlite", workers=0)


def test_a_transaction_that_raises_leaves_nothing(store):
    db = connect(store)

    def lose_all_and_fail():
        with transaction(db):
            db.execute("DELETE FROM runs")
            db.execute("DELETE FROM no_such_table")

    before = db.execute("SELECT COUNT(*) FROM runs").fetchone()
    with pytest.raises(sqlite3.OperationalError):
        lose_all_and_fail()
    assert db.execute("SELECT COUNT(*) FROM runs").fetchone() == before == (4,)
    db.close()


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (sqlite3.SQLITE_CORRUPT, InputError, "damaged"),
        (sqlite3.SQLITE_NOTADB, InputError, "damaged"),
        (sqlite3.SQLITE_FULL, StoreError, "disk is full"),
        (sqlite3.SQLITE_IOERR_WRITE, StoreError, "disk is full"),
        (sqlite3.SQLITE_BUSY, StoreError, "the same command continues"),
    ],
)
def test_what_sqlite_says_is_said_as_what_happened_and_what_is_kept(tmp_path, code, kind, said):
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    made = clear_error(error, tmp_path / "s.sqlite", lost=3)
    assert type(made) is kind
    assert said in str(made)
    assert ("3 finished runs" in str(made)) == (kind is StoreError)


FACTORS: dict[str, Any] = {"factors": {"x": [1, 2.5], "y": ["one", True]}}


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
    design = {"sweep": {"weekly": ["b"], "metrics": ["a"], "replicates": 2}, **FACTORS}
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
        told(lambda: Store(path, Design.of(FACTORS), {}).close())
