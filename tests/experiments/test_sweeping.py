"""The driver of a sweep, one rule at a time."""

from __future__ import annotations

import math

import known_functions as known
import pytest
from outcomes import DESIGN, described, outcome, stored

from simulation.experiments import read_store, sweep
from simulation.experiments import sweeping as driver
from simulation.experiments.design.design import Design
from simulation.experiments.running.engines import CANCELLED, LOST, Returned, Serial
from simulation.experiments.running.processes import Processes
from simulation.experiments.running.progress import Tally
from simulation.experiments.running.worker import FAILED, OK, TIMEOUT, Batch, Job, pack
from simulation.experiments.store import store
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError


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


def test_a_lost_batch_is_done_again_one_by_one_and_a_run_is_given_up_after_its_attempts(opened):
    one, tally = driving(opened)
    jobs = [Job(0, 0, 1, {}), Job(1, 0, 1, {})]
    one._keep(Returned(jobs, None, LOST, "gone"), tally)
    assert (list(one.again), tally.done) == (jobs, 0)
    one.again.clear()
    for _ in range(driver.ATTEMPTS - 1):
        one._keep(Returned(jobs[:1], None, LOST, "gone"), tally)
        assert (list(one.again), tally.done) == (jobs[:1], 0)
        one.again.clear()
    one._keep(Returned(jobs[:1], None, LOST, "gone again"), tally)
    assert (tally.done, tally.failed, one.tries) == (1, 1, {})
    opened.flush()
    assert stored(opened.path, "SELECT point, seed, status, error, seconds FROM runs") == [
        (0, 1, FAILED, f"gone again; tried {driver.ATTEMPTS} times by itself", 0.0)
    ]


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_the_number_of_attempts_is_the_one_that_was_asked_for(opened, attempts):
    one = driver._Driver(opened.design, opened, Serial(b""), Quiet(), attempts)
    tally = Tally.begin({"total": 6}, {}, ())
    for tried in range(1, attempts + 1):
        assert tally.failed == 0
        one._keep(Returned([Job(0, 0, 1, {})], None, LOST, "gone"), tally)
        assert one.tries.get((0, 0), attempts) == tried
    assert tally.failed == 1


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
        (outcome(0, Y=1.0, weekly={"p": []}), "sweep.metrics", "y", "no run has such a metric"),
        (outcome(0, y=1.0, weekly={"P": []}), "sweep.weekly", "p", "no run has such a series"),
    ):
        with pytest.raises(InputError) as caught:
            driver.check_names(design, bad)
        found = caught.value
        assert (found.key, found.given, found.problem, found.suggestion) == (key, given, words, given.upper())


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
    monkeypatch.setattr(driver, "Dask", lambda payload, address, patience: (payload, address))
    assert driver._engine(b"p", 2, "tcp://127.0.0.1:1", None, None, None) == (b"p", "tcp://127.0.0.1:1")
