"""Stores that another program holds: the wait ends, and finished runs are neither lost nor done again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import known_functions as known
import pytest
from outcomes import DESIGN, outcome, stored

from simulation.experiments import read_store, sweep
from simulation.experiments.running.waiting import Patience
from simulation.experiments.store.aside import aside_of, set_aside, waiting_runs
from simulation.experiments.store.database import StoreError
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError

SHORT = 0.6
GRID = {"sweep": {"replicates": 20}, "factors": {"a": [1, 2, 3], "b": [1]}}


class Held:
    """Another program that holds a store."""

    def __init__(self, path, how):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("BEGIN EXCLUSIVE" if how == "locked" else "BEGIN")
        if how == "read":
            self.db.execute("SELECT * FROM points").fetchone()

    def let_go(self):
        self.db.close()


def hasty(path, design=DESIGN):
    return Store(path, design, {}, Patience("en", SHORT, lambda _: None))


@pytest.mark.parametrize(("how", "said"), [("locked", "has locked"), ("read", "in an open transaction")])
def test_a_store_that_is_held_ends_the_sweep_and_its_finished_runs_wait_for_the_next_one(tmp_path, how, said):
    path = tmp_path / "s"
    store = hasty(path)
    assert len(list(store.pending())) == 6
    store.add(outcome(0, y=1.0))
    store.flush()
    held = Held(path, how)
    store.add(outcome(1, y=2.5, z=float("inf")))
    store.add(outcome(2, y=None))
    with pytest.raises(StoreError, match=rf"{said}.*the wait ended.*2 finished runs wait in .*s\.unwritten"):
        store.flush()
    store.close()
    held.let_go()
    assert stored(path) == [(0, 0, "ok")]
    hasty(path).close()
    assert stored(path, "SELECT point, y, z FROM runs ORDER BY point") == [
        (0, 1.0, None), (1, 2.5, float("inf")), (2, None, None)
    ]  # fmt: skip
    assert not aside_of(path).exists()


@pytest.fixture(autouse=True)
def seeds(monkeypatch):
    """Let the runs of these tests have the seed that their design gives them."""
    seed = DESIGN.seed_of(0, "")
    real = outcome.__globals__["Outcome"]
    monkeypatch.setitem(outcome.__globals__, "Outcome", lambda *given: real(*given)._replace(seed=seed))


def test_a_whole_sweep_that_was_ended_by_a_reader_has_the_rows_of_an_undisturbed_one(tmp_path, rows):
    held = []

    def disturb(tally):
        if tally.done >= 3 and not held:
            held.append(Held(tmp_path / "s", "read"))

    with pytest.raises(StoreError, match="finished runs wait in"):
        sweep(GRID, known.waiting, store=tmp_path / "s", workers=0, progress=disturb, wait=SHORT)
    kept = len(aside_of(tmp_path / "s").read_text(encoding="utf-8").splitlines())
    held[0].let_go()
    begun = []
    sweep(GRID, known.waiting, store=tmp_path / "s", workers=0, progress=lambda tally: begun.append(tally.resumed))
    assert begun[0] >= kept > 0
    sweep(GRID, known.waiting, store=tmp_path / "t", workers=0)
    assert rows(tmp_path / "s") == rows(tmp_path / "t")


def test_a_reader_waits_with_patience_too(tmp_path, monkeypatch):
    sweep(GRID, known.plain, store=tmp_path / "s", workers=0)
    experiment = read_store(tmp_path / "s")
    monkeypatch.setenv("WUSHI_WAIT", str(SHORT))
    held = Held(tmp_path / "s", "locked")
    with pytest.raises(StoreError, match=r"has locked"):
        read_store(tmp_path / "s")
    experiment._file.db.patience.limit = SHORT
    with pytest.raises(StoreError, match=r"has locked"):
        _ = experiment.runs
    held.let_go()
    assert len(experiment.runs) == 60


def test_a_lock_that_is_let_go_in_time_is_not_noticed(tmp_path):
    path = tmp_path / "s"
    store = Store(path, DESIGN, {}, Patience("en", 60, lambda _: None))
    held = Held(path, "read")

    def let_go(words):
        held.let_go()

    store.patience._tell = let_go
    store.add(outcome(0, y=1.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulation.experiments.running.waiting.SAID_AFTER", 0.3)
        store.flush()
    store.close()
    assert stored(path) == [(0, 0, "ok")]


def test_an_interrupt_while_the_store_is_held_keeps_the_finished_runs(tmp_path, monkeypatch):
    path = tmp_path / "s"
    store = hasty(path)
    list(store.pending())
    store.add(outcome(0, y=1.0))

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.flush()
    store.close()
    assert [run.point for _, run in waiting_runs(path)] == [0]


def test_after_an_interrupt_nobody_waits_for_long(tmp_path):
    with Store(tmp_path / "s", DESIGN, {}, Patience("en", 300)) as store:
        store.hurry()
        assert store.patience.limit <= 2
        store.patience.limit = 0.5
        store.hurry()
        assert store.patience.limit == 0.5


def test_runs_set_aside_by_another_experiment_or_for_other_seeds_are_not_taken_over(tmp_path):
    path = tmp_path / "s"
    hasty(path).close()
    (known_point,) = stored(path, "SELECT identity FROM points WHERE point = 1")
    here = outcome(1, y=1.0)
    set_aside(path, [here._replace(seed=99)], {1: known_point[0]})
    set_aside(path, [here], {1: "0123456789abcdef"})
    set_aside(path, [here._replace(replicate=50)], {1: known_point[0]})
    set_aside(path, [here._replace(replicate=-1)], {1: known_point[0]})
    hasty(path).close()
    assert stored(path) == []
    assert not aside_of(path).exists()


def test_a_last_line_that_was_cut_off_is_left_out_and_the_others_are_taken(tmp_path):
    path = tmp_path / "s"
    hasty(path).close()
    identities = dict(stored(path, "SELECT point, identity FROM points"))
    set_aside(path, [outcome(0, y=1.0), outcome(1, y=2.0)], identities)
    content = aside_of(path).read_bytes()
    aside_of(path).write_bytes(content[:-9])
    hasty(path).close()
    assert stored(path) == [(0, 0, "ok")]


@pytest.mark.parametrize(
    "line",
    ["no json", "[]", "{}", '{"identity": 5}', "null", '"text"', "[" * 5000],
)
def test_a_file_beside_the_store_that_holds_something_else_is_refused_and_kept(tmp_path, line):
    path = tmp_path / "s"
    hasty(path).close()
    aside_of(path).write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match="does not hold runs that a sweep set aside") as caught:
        hasty(path)
    assert caught.value.file == str(aside_of(path))
    assert aside_of(path).read_text(encoding="utf-8") == f"{line}\n"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT COUNT(*) FROM runs").fetchone() == (0,)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "done"},
        {"point": "1"},
        {"seconds": "long"},
        {"host": 5},
        {"error": 5},
        {"metrics": {"y": "seven"}},
        {"weekly": {"s": ["seven"]}},
        {"metrics": 5},
        {"identity": None},
    ],
)
def test_a_run_set_aside_with_an_odd_part_is_refused(tmp_path, change):
    path = tmp_path / "s"
    set_aside(path, [outcome(0, y=1.0)], {0: "0123456789abcdef"})
    record = json.loads(aside_of(path).read_text(encoding="utf-8")) | change
    aside_of(path).write_text(json.dumps(record) + "\n", encoding="utf-8")
    with pytest.raises(InputError):
        waiting_runs(path)


def test_runs_that_can_be_written_nowhere_are_said_to_be_done_again(tmp_path):
    folder = tmp_path / "folder"
    store = hasty(folder / "s")
    held = Held(folder / "s", "locked")
    store.add(outcome(0, y=1.0))
    aside_of(folder / "s").mkdir()
    with pytest.raises(StoreError, match="1 finished runs could not be written anywhere"):
        store.flush()
    store.close()
    held.let_go()


def test_an_interrupt_of_a_sweep_whose_store_is_held_is_still_an_interrupt_and_says_where_its_runs_are(
    tmp_path, capsys
):
    held = []

    def disturb(tally):
        if tally.done >= 3 and not held:
            held.append(Held(tmp_path / "s", "read"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(GRID, known.waiting, store=tmp_path / "s", workers=0, progress=disturb, wait=SHORT, lang="zh")
    held[0].let_go()
    assert "暂存于" in capsys.readouterr().err
    assert waiting_runs(tmp_path / "s")
