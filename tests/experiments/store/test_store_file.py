"""The store's file: opened and checked once, and read while others write to it."""

from __future__ import annotations

import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import known_functions as known
import pytest

from simulation.experiments import read_store, sweep
from simulation.experiments.design.design import Design
from simulation.experiments.running.worker import OK, Outcome
from simulation.experiments.store import database
from simulation.experiments.store.file import StoreFile
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError

DESIGN = Design.of({"sweep": {"replicates": 2}, "factors": {"a": [1, 2], "b": [True]}})
EARLIER = """
PRAGMA application_id = 1465209672;
PRAGMA user_version = 1;
CREATE TABLE experiment (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO experiment VALUES('task','{"task": "known_functions.plain"}');
INSERT INTO experiment VALUES('design','{"design": "grid", "samples": 0, "replicates": 1, "metrics": [], "weekly": [],
 "seed": 0, "paired": true, "levels": 4, "second_order": false, "rows": "", "factors": {"a": [1, 2], "b": [true]}}');
CREATE TABLE platforms (digest TEXT PRIMARY KEY, description TEXT NOT NULL);
CREATE TABLE points (point INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, "a", "b");
INSERT INTO points VALUES(0,'6841113c9e71f7e3',1,1);
INSERT INTO points VALUES(1,'136d082d84988e42',2,1);
CREATE TABLE runs (point INTEGER NOT NULL, replicate INTEGER NOT NULL, seed INTEGER NOT NULL,
                   status TEXT NOT NULL, error TEXT, seconds REAL, host TEXT, "y" REAL, "z" REAL,
                   PRIMARY KEY (point, replicate));
INSERT INTO runs VALUES(0,0,5876733520225071,'ok',NULL,0.1,'there',123.0,7.0);
"""
"""The rows that version 0.1 wrote for half of a small grid."""


@pytest.fixture(name="opened")
def _opened(monkeypatch):
    """Count how often a store is opened and how often it is checked."""
    found = {"opened": 0, "checked": 0}
    connect, check = database._open, StoreFile.check

    def counting_open(*given):
        found["opened"] += 1
        return connect(*given)

    def counting_check(self):
        found["checked"] += 1
        check(self)

    monkeypatch.setattr(database, "_open", counting_open)
    monkeypatch.setattr(StoreFile, "check", counting_check)
    return found


def test_a_sweep_opens_its_store_once_and_what_it_returns_reads_from_there(tmp_path, opened):
    made = sweep(DESIGN, known.plain, store=tmp_path / "s", workers=0)
    assert len(made.runs) == 4
    assert len(made.points) == 2
    assert opened == {"opened": 1, "checked": 0}
    again = sweep(DESIGN.replace(replicates=3), known.plain, store=tmp_path / "s", workers=0)
    assert len(again.runs) == 6
    assert opened == {"opened": 2, "checked": 1}


def test_reading_opens_and_checks_once_for_all_tables(tmp_path, opened):
    sweep(DESIGN, known.plain, store=tmp_path / "s", workers=0)
    opened.update(opened=0, checked=0)
    made = read_store(tmp_path / "s")
    assert (len(made.runs), len(made.points), len(made.failed)) == (4, 2, 0)
    assert opened == {"opened": 1, "checked": 1}


def test_the_design_of_a_sweep_is_handed_on_and_a_file_gives_one_that_says_the_same(tmp_path):
    made = sweep(DESIGN, known.plain, store=tmp_path / "s", workers=0)
    assert made.design is DESIGN
    assert read_store(tmp_path / "s").design.spec() == DESIGN.spec()


def test_an_experiment_sees_what_others_write_later_and_keeps_nobody_from_writing(tmp_path):
    first = sweep(DESIGN, known.plain, store=tmp_path / "s", workers=0)
    reader = read_store(tmp_path / "s")
    with Store(tmp_path / "s", DESIGN.replace(replicates=3), {"task": "known_functions.plain"}) as writer:
        for job in writer.pending():
            writer.add(Outcome(*job[:3], OK, None, 0.0, "here", known.plain(job.parameters, job.seed), {}))
        assert len(first.runs) == len(reader.runs) == 4
        writer.flush()
        assert len(first.runs) == len(reader.runs) == 6


def test_an_experiment_can_be_read_from_another_thread_and_travels_by_its_path(tmp_path):
    made = sweep(DESIGN, known.plain, store=tmp_path / "s", workers=0)
    made.warnings.append("mind the gap")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: len(made.runs)).result() == 4
    copy = pickle.loads(pickle.dumps(made))
    assert copy.runs.equals(made.runs)
    assert copy.warnings == ["mind the gap"]


def test_the_file_is_let_go_with_the_last_that_reads_it(tmp_path):
    with Store(tmp_path / "s", DESIGN, {}) as store:
        made = store.experiment()
    db = made._file.db
    assert len(made.runs) == 0
    del made, store
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        db.execute("SELECT 1")


def test_a_file_that_is_no_store_is_let_go_at_once(tmp_path, monkeypatch):
    kept = []
    connect = database._open
    monkeypatch.setattr(database, "_open", lambda *given: kept.append(connect(*given)) or kept[-1])
    sqlite3.connect(tmp_path / "s").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(InputError, match="not a store of this program"):
        read_store(tmp_path / "s")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        kept[0].execute("SELECT 1")


def test_a_store_of_an_earlier_version_is_read_and_gone_on_with(tmp_path):
    db = sqlite3.connect(tmp_path / "s")
    db.executescript(EARLIER)
    db.close()
    before = read_store(tmp_path / "s")
    assert (before.complete, before.runs["y"].tolist()) == (False, [123.0])
    after = sweep(DESIGN.replace(replicates=1), known.plain, store=tmp_path / "s", workers=0)
    assert after.complete
    assert after.runs["y"].tolist()[0] == 123.0
    assert after.runs["host"].tolist()[0] == "there"
