"""A store commits in time and refuses values that it cannot write."""

from __future__ import annotations

import sqlite3

import pytest
from outcomes import DESIGN, outcome, stored

from simulation.experiments.running.worker import FAILED, OK
from simulation.experiments.store import store
from simulation.experiments.store.database import StoreError
from simulation.experiments.store.store import BATCH_RUNS, Store
from simulation.files.errors import InputError


def test_a_full_batch_is_committed_at_once_and_less_waits(opened):
    for number in range(BATCH_RUNS - 1):
        opened.add(outcome(0, number, y=1.0))
    assert stored(opened.path) == []
    opened.add(outcome(0, BATCH_RUNS, y=1.0))
    assert len(stored(opened.path)) == BATCH_RUNS


def test_what_has_waited_half_a_second_is_committed_by_a_tick(opened, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(store.time, "monotonic", lambda: now[0])
    opened.add(outcome(0, 0, y=1.0))
    opened.flush()
    opened.add(outcome(0, 1, y=1.0))
    now[0] += 0.49
    opened.tick()
    assert len(stored(opened.path)) == 1
    now[0] += 0.01
    opened.tick()
    assert len(stored(opened.path)) == 2


def test_a_tick_with_nothing_to_write_and_a_second_flush_write_nothing(opened):
    opened.tick()
    opened.add(outcome(0, y=1.0))
    opened.flush()
    before = opened.path.read_bytes()
    opened.flush()
    assert opened.path.read_bytes() == before


def test_closing_commits_and_abandoning_does_not(tmp_path):
    first = Store(tmp_path / "s", DESIGN, {})
    first.add(outcome(0, y=1.0))
    first.abandon()
    first.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        first.counts()
    second = Store(tmp_path / "s", DESIGN, {})
    assert second.counts() == {"total": 6}
    second.add(outcome(1, y=1.0))
    second.close()
    assert stored(tmp_path / "s") == [(1, 0, OK)]


def test_the_folder_of_a_store_is_made(tmp_path):
    with Store(tmp_path / "not" / "there" / "s", DESIGN, {}) as made:
        assert made.path.is_file()


def test_a_store_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="the store's folder cannot be made"):
        Store(tmp_path / "file" / "s", DESIGN, {})


def test_a_run_that_is_done_again_replaces_its_row(opened):
    opened.add(outcome(0, status=FAILED))
    opened.flush()
    opened.add(outcome(0, y=3.0))
    opened.flush()
    assert stored(opened.path, "SELECT status, y FROM runs") == [(OK, 3.0)]


def test_a_run_that_cannot_be_written_is_counted_as_lost_and_the_others_are_kept(opened):
    for number in range(3):
        opened.add(outcome(0, number, y=1.0))
    opened.add(outcome(1, 0, y=object()))
    opened.add(outcome(1, 1, y=1.0))
    with pytest.raises(StoreError, match="2 finished runs could not be written"):
        opened.flush()
    assert [row[:2] for row in stored(opened.path)] == [(0, 0), (0, 1), (0, 2)]
    opened.flush()


def test_what_fits_one_by_one_is_not_lost(opened, monkeypatch):
    write = opened._write

    def once(outcomes):
        if len(outcomes) > 1:
            raise sqlite3.OperationalError("no room")
        write(outcomes)

    monkeypatch.setattr(opened, "_write", once)
    for number in range(2):
        opened.add(outcome(0, number, y=1.0))
    with pytest.raises(StoreError) as caught:
        opened.flush()
    assert "could not be written" not in str(caught.value)
    assert len(stored(opened.path)) == 2


def test_a_metric_that_appears_late_gets_a_column_and_earlier_runs_none_of_it(opened):
    opened.add(outcome(0, y=1.0))
    opened.flush()
    opened.add(outcome(1, z=2.0))
    opened.flush()
    assert stored(opened.path, "SELECT point, y, z FROM runs") == [(0, 1.0, None), (1, None, 2.0)]


@pytest.mark.parametrize("name", ["Y", "seed", "HOST"])
def test_two_metrics_that_sqlite_cannot_tell_apart_are_refused(opened, name):
    opened.add(outcome(0, y=1.0))
    opened.flush()
    opened.add(outcome(1, **{name: 1.0}))
    with pytest.raises(InputError, match="cannot have this name") as caught:
        opened.flush()
    assert (caught.value.key, caught.value.given) == ("metrics", name)
    opened._buffer.clear()


def test_named_metrics_are_columns_from_the_start(tmp_path):
    with Store(tmp_path / "s", DESIGN.replace(metrics=("v", "u")), {}) as made:
        assert made.sums() == {"v": (0, 0.0), "u": (0, 0.0)}


def test_series_of_unequal_length_are_filled_with_nothing(tmp_path):
    with Store(tmp_path / "s", DESIGN.replace(weekly=("p", "q")), {}) as made:
        made.add(outcome(0, weekly={"p": [1.0, 2.0], "q": [5.0]}, y=1.0))
        made.add(outcome(2, 1, weekly={}, y=1.0))
    found = stored(tmp_path / "s", "SELECT * FROM weekly ORDER BY point, week")
    assert found == [(0, 0, 0, 1.0, 5.0), (0, 0, 1, 2.0, None)]
