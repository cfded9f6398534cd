"""Stores of somebody else: what no sweep makes is refused by name, and the file is left as it is."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import known_functions as known
import pytest

from simulation.experiments import read_store, sweep
from simulation.experiments.store.database import connect
from simulation.experiments.store.schema import check_schema
from simulation.files.errors import InputError

DESIGN = {"sweep": {"replicates": 2, "weekly": ["s"]}, "factors": {"a": [1, 2], "b": [1]}}
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
FOREIGN = {
    "trigger t": "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END",
    "view extra": f"CREATE VIEW extra AS {ENDLESS}",
    "view platforms": f"DROP TABLE platforms; CREATE VIEW platforms AS {ENDLESS}",
    "table runs_before": "ALTER TABLE runs RENAME TO runs_before; "
    "CREATE VIEW runs AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT runs_before.* "
    "FROM runs_before, c",
    "table found": "CREATE VIRTUAL TABLE found USING fts5(a)",
    "table runs": "ALTER TABLE runs ADD COLUMN made AS (hex(zeroblob(seed)))",
    "table points": "ALTER TABLE points ADD COLUMN made TEXT GENERATED ALWAYS AS (hex(zeroblob(9))) VIRTUAL",
    "table weekly": "ALTER TABLE weekly ADD COLUMN made REAL DEFAULT 5",
    "table experiment": "ALTER TABLE experiment ADD COLUMN made REAL CHECK (made > 0)",
    "index by_status": "CREATE INDEX by_status ON runs (hex(status))",
    "table sqlite_stat1": "ANALYZE",
    "table notes": "CREATE TABLE notes (text)",
}


def series(parameters, seed):
    return {"y": 1.0}, {"s": [1.0, 2.0]}


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "s.sqlite"
    sweep(DESIGN, series, store=path, workers=0)
    return path


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize("named", FOREIGN)
def test_what_no_sweep_makes_is_refused_by_name_and_the_file_is_left_untouched(store, named):
    with closing(sqlite3.connect(store)) as db:
        db.executescript(FOREIGN[named])
    before, when = store.read_bytes(), store.stat().st_mtime_ns
    larger = {**DESIGN, "sweep": {**DESIGN["sweep"], "replicates": 5}}
    for use in (lambda: read_store(store), lambda: sweep(larger, series, store=store, workers=0)):
        with pytest.raises(InputError, match="something that no sweep makes") as caught:
            use()
        assert (caught.value.file, caught.value.key) == (str(store), named)
        assert "experiment, platforms, points, runs" in caught.value.allowed
    assert (store.read_bytes(), store.stat().st_mtime_ns) == (before, when)
    assert not store.with_name("s.sqlite-journal").exists()


@pytest.mark.parametrize(("named", "column"), [("table runs", "made"), ("table points", "made")])
def test_a_computed_column_is_named(store, named, column):
    with closing(sqlite3.connect(store)) as db:
        db.executescript(FOREIGN[named])
    with pytest.raises(InputError) as caught:
        read_store(store)
    assert caught.value.given == column


@pytest.mark.parametrize("names", [["x"], ['a "quoted" name', "it's", "两个 词", "a, b REAL", "a  b"]])
def test_whatever_a_factor_or_metric_is_called_its_store_is_ours(tmp_path, names):
    def task(parameters, seed):
        return {f"m {name}": 1.0 for name in names}, {f"w {name}": [1.0] for name in names}

    design = {"sweep": {"weekly": [f"w {name}" for name in names]}, "factors": {name: [1, 2] for name in names}}
    sweep(design, task, store=tmp_path / "s", workers=0)
    assert len(read_store(tmp_path / "s").runs) == 2 ** len(names)
    assert sweep(design, task, store=tmp_path / "s", workers=0).complete


def test_a_store_whose_statement_breaks_the_line_as_earlier_versions_wrote_it_is_ours(store):
    with closing(sqlite3.connect(store)) as db:
        ((sql,),) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'runs'").fetchall()
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = ? WHERE name = 'runs'",
            (sql.replace("seed INTEGER NOT NULL, ", "seed INTEGER NOT NULL,\n                   "),),
        )
        db.commit()
    assert len(read_store(store).runs) == 4
    assert sweep(DESIGN, series, store=store, workers=0).complete


def test_nothing_that_a_file_brings_along_could_run_even_if_it_were_not_noticed(store):
    with closing(sqlite3.connect(store)) as db:
        db.executescript(FOREIGN["trigger t"] + ";" + FOREIGN["view extra"])
    with closing(connect(store)) as db:
        with pytest.raises(InputError, match=r"trigger t|view extra"):
            check_schema(db, store)
        db.execute("INSERT INTO runs (point, replicate, seed, status) VALUES (9, 9, 9, 'ok')")
        assert db.execute("SELECT COUNT(*) FROM runs").fetchone()[0] == 5
        with pytest.raises(sqlite3.DatabaseError):
            db.execute("SELECT * FROM extra LIMIT 1").fetchall()
        assert db.execute("PRAGMA trusted_schema").fetchone()[0] == 0
        with pytest.raises(sqlite3.DatabaseError, match=re.escape("too many attached databases")):
            db.execute("ATTACH ':memory:' AS other")


def test_a_value_of_absurd_size_is_a_damaged_store_and_not_a_full_memory(store, monkeypatch):
    monkeypatch.setattr("simulation.experiments.store.database._LARGEST_VALUE", 1_000_000)
    with closing(sqlite3.connect(store)) as db:
        db.execute("UPDATE experiment SET value = zeroblob(2000000) WHERE key = 'design'")
        db.commit()
    with pytest.raises(InputError, match="damaged"):
        read_store(store)


def test_a_database_of_another_program_is_refused_without_a_word_about_its_tables(tmp_path):
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)")
    before = path.read_bytes()
    for use in (lambda: read_store(path), lambda: sweep(DESIGN, known.plain, store=path, workers=0)):
        with pytest.raises(InputError, match="not a store of this program"):
            use()
    assert path.read_bytes() == before
