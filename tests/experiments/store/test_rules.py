"""The rules of store and driver one at a time, at their edges."""

from __future__ import annotations

import json
import math
import signal
import sqlite3
import threading

import known_functions as known
import pytest

from simulation.experiments import read_store, sweep
from simulation.experiments import sweeping as driver
from simulation.experiments.design.design import Design
from simulation.experiments.running.engines import CANCELLED, LOST, Processes, Returned, Serial
from simulation.experiments.running.progress import Tally
from simulation.experiments.running.seeds import run_seed
from simulation.experiments.running.worker import FAILED, OK, TIMEOUT, Batch, Job, Outcome, pack
from simulation.experiments.store import store
from simulation.experiments.store.database import StoreError
from simulation.experiments.store.file import StoreFile
from simulation.experiments.store.store import BATCH_RUNS, Store
from simulation.files.errors import InputError

DESIGN = Design.of({"sweep": {"replicates": 2}, "factors": {"a": [1, 2, 3]}})


def outcome(point, replicate=0, status=OK, seconds=0.1, weekly=None, **metrics):
    """Return a finished run with its metrics."""
    return Outcome(point, replicate, 5, status, None if status == OK else "why", seconds, "here", metrics, weekly or {})


def stored(path, query="SELECT point, replicate, status FROM runs ORDER BY point, replicate"):
    db = sqlite3.connect(path)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


@pytest.fixture(name="opened")
def _opened(tmp_path):
    with Store(tmp_path / "s", DESIGN, {}) as made:
        yield made


# What is committed when ------------------------------------------------------------------------------------------


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


# What is still to do ---------------------------------------------------------------------------------------------


def test_pending_are_the_runs_that_lack_a_row_replicate_by_replicate(opened):
    opened.add(outcome(1, 0, y=1.0))
    opened.add(outcome(2, 1, status=FAILED))
    opened.flush()
    jobs = list(opened.pending())
    assert [job.replicate for job in jobs] == [0, 0, 1, 1]
    assert {(job.point, job.replicate) for job in jobs} == {(0, 0), (2, 0), (0, 1), (1, 1)}
    assert {job.seed for job in jobs} == {run_seed(0, 0), run_seed(0, 1)}
    assert all(job.parameters == {"a": job.point + 1} for job in jobs)


def test_failed_runs_are_pending_only_when_they_are_to_be_done_again(opened):
    for replicate in range(2):
        opened.add(outcome(0, replicate, y=1.0))
        opened.add(outcome(1, replicate, status=TIMEOUT))
        opened.add(outcome(2, replicate, status=FAILED))
    opened.flush()
    assert list(opened.pending()) == []
    assert {job.point for job in opened.pending(retry_failed=True)} == {1, 2}


def test_every_point_is_pending_once_beyond_a_page(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_PAGE", 4)
    with Store(tmp_path / "s", Design.of({"factors": {"a": list(range(11))}}), {}) as made:
        assert sorted(job.point for job in made.pending()) == list(range(11))


def test_counts_and_sums_are_of_what_is_there(opened):
    opened.add(outcome(0, 0, y=1.5, z=math.inf))
    opened.add(outcome(0, 1, y=2.5, z=1.0))
    opened.add(outcome(1, 0, y=None, z=-math.inf))
    opened.add(outcome(1, 1, status=FAILED, y=100.0))
    opened.flush()
    assert opened.counts() == {OK: 3, FAILED: 1, "total": 6}
    assert opened.sums() == {"y": (2, 4.0), "z": (1, 1.0)}


# Platforms -------------------------------------------------------------------------------------------------------


def described(**changes):
    return json.dumps({"system": "s", "machine": "m", "cpu": ["c"], "versions": {"numpy": "1", "mesa": "3"}} | changes)


def test_the_first_platform_is_noted_once_and_without_a_warning(opened):
    opened.platform("d1", described())
    opened.platform("d1", described())
    assert opened.warnings == []
    assert stored(opened.path, "SELECT digest FROM platforms") == [("d1",)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"system": "t"}, "system"),
        ({"machine": "n"}, "machine"),
        ({"cpu": []}, "cpu"),
        ({"versions": {"numpy": "2", "mesa": "3"}}, "numpy 1 → 2"),
        ({"versions": {"numpy": "1", "scipy": "9"}}, "mesa 3 → –, scipy – → 9"),
    ],
)
def test_what_differs_on_another_platform_is_said_and_nothing_else(tmp_path, changes, said):
    with Store(tmp_path / "s", DESIGN, {}) as first:
        first.platform("d1", described())
    with Store(tmp_path / "s", DESIGN, {}) as second:
        second.platform("d1", described())
        assert second.warnings == []
        second.platform("d2", described(**changes))
        second.platform("d2", described(**changes))
    expected = f"resumed on another platform ({said}): draws are equal, last digits may differ"
    assert second.warnings == [expected]


# Going on with a store -------------------------------------------------------------------------------------------


def grown(tmp_path, first, second, task=None):
    with Store(tmp_path / "s", Design.of(first), {"task": "t", "n": 1}):
        pass
    with Store(tmp_path / "s", Design.of(second), task or {"task": "t", "n": 1}) as made:
        total = made.counts()["total"]
    again = read_store(tmp_path / "s")
    assert (again.counts["total"], again.design.replicates) == (total, Design.of(second).replicates)
    return total


def test_more_replicates_and_more_values_are_more_runs(tmp_path):
    first = {"sweep": {"replicates": 2}, "factors": {"a": [1, 2]}}
    assert grown(tmp_path, first, {"sweep": {"replicates": 3}, "factors": {"a": [2, 5, 1]}}) == 9
    assert [row[0] for row in stored(tmp_path / "s", "SELECT a FROM points ORDER BY point")] == [1, 2, 5]


def test_equal_points_are_one_and_numbers_have_no_gaps(tmp_path):
    first = {"factors": {"a": [1, 2]}}
    assert grown(tmp_path, first, {"factors": {"a": [1, 3, 2, 4]}}) == 4
    assert stored(tmp_path / "s", "SELECT point, a FROM points ORDER BY point") == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_points_drawn_twice_are_one(tmp_path):
    factors = {"a": {"low": 1, "high": 3, "integer": True}}
    with Store(
        tmp_path / "s", Design.of({"sweep": {"design": "random", "samples": 40}, "factors": factors}), {}
    ) as one:
        assert one.counts() == {"total": 3}


def test_a_refusal_lists_five_changes_and_counts_the_others(tmp_path):
    old = {f"k{number}": number for number in range(8)}
    new = {f"k{number}": number + 1 for number in range(7)}
    with Store(tmp_path / "s", DESIGN, old):
        pass
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "s", DESIGN, new)
    assert caught.value.problem == (
        "the store holds runs of another scenario or task. Changed: "
        "k0: 0 → 1; k1: 1 → 2; k2: 2 → 3; k3: 3 → 4; k4: 4 → 5; and 3 more"
    )


def test_exactly_five_changes_are_listed_without_a_count(tmp_path):
    with Store(tmp_path / "s", DESIGN, {str(number): 1 for number in range(5)}):
        pass
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "s", DESIGN, {})
    assert caught.value.problem.endswith("3: 1 → nothing; 4: 1 → nothing")


def test_of_six_changes_one_is_counted_and_words_are_shown_as_they_are(tmp_path):
    with Store(tmp_path / "s", DESIGN, {str(number): "甲" for number in range(6)}):
        pass
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "s", DESIGN, {"0": "乙"})
    assert 'Changed: 0: "甲" → "乙"; 1:' in caught.value.problem
    assert caught.value.problem.endswith("; and 1 more")


def test_a_list_of_points_grows(tmp_path):
    file = tmp_path / "points.csv"
    design = {"sweep": {"design": "list", "file": str(file)}}
    for number, content in enumerate(("a,b\n1,2\n", "a,b\n3,4\n1,2\n"), start=1):
        file.write_text(content, encoding="utf-8")
        with Store(tmp_path / "s", Design.of(design), {}) as made:
            assert made.counts() == {"total": number}


def test_a_refused_design_names_what_changed_and_only_that(tmp_path):
    first = {"sweep": {"replicates": 3, "seed": 4}, "factors": {"a": [1, 2], "b": [1]}}
    second = {"sweep": {"replicates": 2, "seed": 5}, "factors": {"a": [1, 2], "c": [1]}}
    with pytest.raises(InputError) as caught:
        grown(tmp_path, first, second)
    assert caught.value.problem == (
        "the store holds runs of another design. Changed: seed: 4 → 5; factors: a, b → a, c; replicates: 3 → 2 (fewer)"
    )


def test_points_that_are_gone_are_counted_and_the_factor_is_shown(tmp_path):
    with pytest.raises(InputError) as caught:
        grown(tmp_path, {"factors": {"a": [1, 2, 3]}}, {"factors": {"a": [1, 4]}})
    assert "2 of its 3 points are not in the new design. Changed: a: " in caught.value.problem
    assert "hypercube" not in caught.value.problem
    assert stored(tmp_path / "s", "SELECT COUNT(*) FROM points") == [(3,)]


def test_a_new_store_is_told_from_one_that_holds_something(tmp_path):
    file = StoreFile(tmp_path / "s", create=True)
    assert file.empty
    file.db.execute("CREATE TABLE t (x)")
    assert not file.empty
    file.db.execute("CREATE TABLE experiment (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    assert file.read("design") == {}
    file.write("design", {"名": 1})
    file.write("design", {"名": 2})
    assert file.read("design") == {"名": 2}
    assert "名" in file.db.execute("SELECT value FROM experiment").fetchone()[0]
    file.close()


# Reading ---------------------------------------------------------------------------------------------------------


@pytest.fixture(name="half")
def _half(tmp_path):
    with Store(tmp_path / "s", DESIGN, {"kind": "test"}) as made:
        made.add(outcome(0, 0, y=1.0, b=2.0))
        made.add(outcome(0, 1, y=3.0, b=math.inf))
        made.add(outcome(1, 0, status=FAILED))
        made.add(outcome(1, 1, y=7.0, b=1.0))
        made.add(outcome(2, 0, y=4.0, b=-math.inf))
    return read_store(tmp_path / "s", warnings=["mind the gap"])


def test_an_unfinished_experiment_says_so(half):
    assert (half.complete, half.counts) == (False, {OK: 4, FAILED: 1, "total": 6})
    assert repr(half) == f"<Experiment {half.path}: 4 of 6 runs done>"
    assert half.warnings == ["mind the gap"]
    assert half.task == {"kind": "test"}
    assert half.metrics == ["b", "y"]


def test_failed_runs_are_a_table_and_points_are_of_finished_runs(half):
    assert half.failed[["point", "replicate", "status", "error"]].to_numpy().tolist() == [[1, 0, FAILED, "why"]]
    points = half.points
    assert points["runs"].tolist() == [2, 1, 1]
    assert points["y"].tolist() == [2.0, 7.0, 4.0]
    assert points["y.sd"].tolist()[0] == pytest.approx(math.sqrt(2))
    assert points["b"].tolist()[:2] == [2.0, 1.0]
    assert points["b"].isna().tolist() == [False, False, True]


def test_declared_metrics_come_first_in_their_own_order(tmp_path):
    with Store(tmp_path / "s", DESIGN.replace(metrics=("z", "b")), {}) as made:
        made.add(outcome(0, b=1.0, z=2.0, a1=3.0, c=4.0))
    assert read_store(tmp_path / "s").metrics == ["z", "b", "a1", "c"]


def test_a_metric_is_the_first_by_default_and_one_that_is_not_there_is_refused_with_the_nearest(half, tmp_path):
    assert half.check_metric(None) == "b"
    assert half.check_metric("y") == "y"
    with pytest.raises(InputError) as caught:
        half.check_metric("yy")
    assert (caught.value.key, caught.value.given, caught.value.allowed) == ("--metric", "yy", "b, y")
    assert caught.value.suggestion == "y"
    with Store(tmp_path / "empty", DESIGN, {}):
        pass
    empty = read_store(tmp_path / "empty")
    assert repr(empty).endswith("0 of 6 runs done>")
    assert empty.points["runs"].tolist() == [0, 0, 0]
    with pytest.raises(InputError, match="no run of this store has finished"):
        empty.check_metric(None)


def test_an_experiment_without_series_has_none_to_give(half):
    with pytest.raises(InputError, match="kept no weekly series"):
        _ = half.weekly


def test_a_store_that_breaks_while_it_is_open_is_a_clear_error(half):
    half.path.write_bytes(b"")
    with pytest.raises(InputError, match="the store is damaged"):
        _ = half.runs


# The driver ------------------------------------------------------------------------------------------------------


class Quiet:
    """Shows nothing."""

    def show(self, tally, last=False):
        return None


def driving(made, engine=None):
    return driver._Driver(made.design, made, engine or Serial(b""), Quiet()), Tally.begin({"total": 6}, {}, ())


@pytest.mark.parametrize(("seconds", "sizes"), [(0.01, [2, 4, 5, 5]), (0.0, [2, 4, 8, 16, 32, 64, 64]), (9.0, [1, 1])])
def test_a_batch_grows_twofold_to_a_twentieth_of_a_second_and_no_further_than_its_largest(opened, seconds, sizes):
    one, _ = driving(opened)
    found = []
    for _ in sizes:
        one._resize([outcome(0, seconds=seconds), outcome(0, seconds=seconds)])
        found.append(one.size)
    assert found == sizes


def test_the_next_batch_has_the_size_and_what_is_repeated_goes_first_and_alone(opened):
    one, _ = driving(opened)
    jobs = [Job(point, 0, 1, {}) for point in range(5)]
    one.size = 2
    one.again.extend(jobs[3:])
    left = iter(jobs[:3])
    assert [[job.point for job in one._next(left)] for _ in range(5)] == [[3], [4], [0, 1], [2], []]


def test_a_lost_batch_is_done_again_one_by_one_and_a_run_is_given_up_the_second_time(opened):
    one, tally = driving(opened)
    jobs = [Job(0, 0, 1, {}), Job(1, 0, 1, {})]
    one._keep(Returned(jobs, None, LOST, "gone"), tally)
    assert (list(one.again), tally.done) == (jobs, 0)
    one.again.clear()
    one._keep(Returned(jobs[:1], None, LOST, "gone"), tally)
    assert (list(one.again), tally.done) == (jobs[:1], 0)
    one._keep(Returned(jobs[:1], None, LOST, "gone again"), tally)
    assert (tally.done, tally.failed, one.tries) == (1, 1, {})
    opened.flush()
    assert stored(opened.path, "SELECT point, seed, status, error, seconds FROM runs") == [
        (0, 1, FAILED, "gone again", 0.0)
    ]


def test_a_run_out_of_time_is_given_up_at_once_and_a_cancelled_one_never(opened):
    one, tally = driving(opened)
    for _ in range(5):
        one._keep(Returned([Job(0, 0, 1, {})], None, CANCELLED, ""), tally)
    assert (len(one.again), tally.done) == (5, 0)
    one._keep(Returned([Job(1, 1, 1, {})], None, TIMEOUT, "too long"), tally)
    opened.flush()
    assert stored(opened.path) == [(1, 1, TIMEOUT)]


def test_a_success_forgets_what_was_lost_before(opened):
    one, tally = driving(opened)
    job = Job(0, 0, 1, {})
    for _ in range(2):
        one._keep(Returned([job], None, LOST, "gone"), tally)
        one._keep(Returned([job], Batch([outcome(0, y=1.0)], "d", described())), tally)
        assert one.tries == {}
    assert tally.failed == 0
    assert stored(opened.path, "SELECT digest FROM platforms") == [("d",)]


def test_an_interrupt_keeps_what_had_come_back(opened):
    class Engine:
        def collect(self, seconds):
            assert seconds == 0
            return [
                Returned([Job(0, 0, 1, {})], Batch([outcome(0, y=1.0)], "d", described())),
                Returned([Job(1, 0, 1, {})], None, LOST, "stopped"),
            ]

    one, tally = driving(opened, Engine())
    one._drain(tally)
    assert stored(opened.path) == [(0, 0, OK)]
    assert len(one.again) == 0


def test_only_the_named_metrics_are_stored_and_counted(tmp_path):
    with Store(tmp_path / "s", DESIGN.replace(metrics=("y",)), {}) as made:
        one, tally = driving(made)
        one._add(outcome(0, y=1.0, z=2.0), tally)
        assert list(tally.sums) == ["y"]
    assert read_store(tmp_path / "s").metrics == ["y"]


def test_the_first_finished_run_must_have_what_the_design_names(tmp_path):
    design = Design.of({"sweep": {"metrics": ["y"], "weekly": ["p"]}, "factors": {"a": [1]}})
    driver.check_names(design, outcome(0, y=1.0, weekly={"p": []}))
    for bad, key, given, words in (
        (outcome(0, yy=1.0, weekly={"p": []}), "sweep.metrics", "y", "no run has such a metric"),
        (outcome(0, y=1.0, weekly={"pp": []}), "sweep.weekly", "p", "no run has such a series"),
    ):
        with pytest.raises(InputError) as caught:
            driver.check_names(design, bad)
        found = caught.value
        assert (found.key, found.given, found.problem, found.suggestion) == (key, given, words, given * 2)


def test_later_runs_may_lack_what_the_first_one_had(tmp_path):
    with Store(tmp_path / "s", DESIGN.replace(metrics=("y",)), {}) as made:
        one, tally = driving(made)
        one._add(outcome(0, y=1.0), tally)
        one._add(outcome(1, z=1.0), tally)
    assert stored(tmp_path / "s", "SELECT point, y FROM runs") == [(0, 1.0), (1, None)]


def test_what_comes_back_sets_the_size_of_the_next_batch(opened):
    one, tally = driving(opened)
    one._keep(Returned([Job(0, 0, 1, {})], Batch([outcome(0, seconds=0.001, y=1.0)], "d", described())), tally)
    assert one.size == 2


def test_a_failed_first_run_does_not_decide_which_metrics_there_are(tmp_path):
    with Store(tmp_path / "s", DESIGN.replace(metrics=("y",)), {}) as made:
        one, tally = driving(made)
        one._add(outcome(0, status=FAILED), tally)
        assert not one.checked
        with pytest.raises(InputError):
            one._add(outcome(1, z=1.0), tally)


def test_a_design_without_a_scenario_needs_a_task(tmp_path):
    with pytest.raises(InputError) as caught:
        driver.prepare({"factors": {"a": [1]}}, None)
    assert caught.value.key == "sweep.scenario"
    design, task = driver.prepare({"factors": {"a": [1]}}, known.plain)
    assert isinstance(design, Design)
    assert task is known.plain


def test_the_store_is_where_it_is_said_or_under_the_designs_name(tmp_path):
    design = Design.of({"sweep": {"name": "mine"}, "factors": {"a": [1]}})
    assert driver.store_path(design, None).as_posix() == "out/sweeps/mine.sqlite"
    assert driver.store_path(design, str(tmp_path)) == tmp_path


def test_limits_of_nothing_are_refused_and_small_ones_are_not():
    for bad in ((0, None, None), (None, 0, None), (-1.0, None, None), (math.nan, None, None), (None, None, -1)):
        with pytest.raises(InputError):
            driver._check_limits(*bad)
    driver._check_limits(0.001, 1, 0)
    driver._check_limits(None, None, None)


def test_workers_decide_between_this_process_and_others():
    assert isinstance(driver._engine(b"", 0, None, None, None, None), Serial)
    made = driver._engine(b"", 3, None, None, None, None)
    assert isinstance(made, Processes)
    assert made.capacity == 8
    with pytest.raises(InputError, match="not on both"):
        driver._engine(b"", None, "tcp://127.0.0.1:1", object(), None, None)


def test_a_terminate_signal_is_an_interrupt_and_the_old_handler_comes_back():
    before = signal.getsignal(signal.SIGTERM)
    with driver._terminable(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_outside_the_main_thread_signals_are_left_alone():
    seen = []

    def look():
        with driver._terminable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_a_sweep_shows_its_beginning_every_step_and_its_end(tmp_path):
    shown = []
    sweep(
        {"sweep": {"replicates": 2}, "factors": {"a": [1, 2], "b": [1]}},
        known.plain,
        store=tmp_path / "s",
        workers=0,
        progress=lambda tally: shown.append(tally.done),
    )
    assert shown[0] == 0
    assert shown[-1] == 4
    assert shown == sorted(shown)


def test_what_is_shown_as_done_is_committed_when_nothing_may_wait(opened, monkeypatch):
    monkeypatch.setattr(store, "BATCH_SECONDS", 0.0)
    seen = []

    class Look:
        def show(self, tally, last=False):
            seen.append((tally.done, len(stored(opened.path)), last))

    payload = pack(lambda parameters, seed: {"y": 1.0}, (), (), None)
    driver._Driver(opened.design, opened, Serial(payload), Look()).drive(retry_failed=False)
    assert len(seen) > 3
    assert all(done == kept for done, kept, _ in seen)
    assert [last for *_, last in seen] == [False] * (len(seen) - 1) + [True]


def test_runs_that_are_done_again_are_not_counted_as_done_before(tmp_path):
    design = {"factors": {"a": [1, 2], "file": [str(tmp_path / "mended")]}}
    sweep(design, known.wants_file, store=tmp_path / "s", workers=0)
    begun = []
    for again in (False, True):
        sweep(
            design,
            known.wants_file,
            store=tmp_path / "s",
            workers=0,
            retry_failed=again,
            progress=lambda tally: begun.append((tally.done, tally.failed)),
        )
    assert begun[0] == (2, 1)
    assert (1, 0) in begun
    assert begun[-1] == (2, 1)


def test_one_interrupt_ends_a_sweep_and_is_passed_on(opened):
    class Once:
        def __init__(self):
            self.shown = 0

        def show(self, tally, last=False):
            self.shown += 1
            if self.shown == 2:
                raise KeyboardInterrupt

    payload = pack(lambda parameters, seed: {"y": 1.0}, (), (), None)
    with pytest.raises(KeyboardInterrupt):
        driver._Driver(opened.design, opened, Serial(payload), Once()).drive(retry_failed=False)
    assert 0 < len(stored(opened.path)) < 6


def test_factors_that_the_task_does_not_have_are_refused():
    with pytest.raises(InputError):
        driver.prepare({"sweep": {"scenario": "classroom"}, "factors": {"no.such.key": [1]}}, None)


def test_an_address_leads_to_dask(monkeypatch):
    monkeypatch.setattr(driver, "Dask", lambda payload, address: (payload, address))
    assert driver._engine(b"p", 2, "tcp://127.0.0.1:1", None, None, None) == (b"p", "tcp://127.0.0.1:1")
