from __future__ import annotations

import json
import math
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
import types
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import known_functions as known
import psutil
import pytest
from distributed import Client, LocalCluster

from simulation.experiments import sweep
from simulation.experiments.running import processes
from simulation.experiments.running.clusters import Dask
from simulation.experiments.running.engines import CANCELLED, EngineError, FutureEngine, Serial
from simulation.experiments.running.worker import Job, pack
from simulation.files.errors import InputError

HERE = Path(__file__).parents[1]
DESIGN = {"sweep": {"replicates": 10}, "factors": {"a": list(range(10)), "b": [0.5, 1.5]}}
BAD = ["fine", "raises", "hangs", "eats memory", "kills", "returns nonsense", "fine too"]


def local_cluster(workers):
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    )  # fmt: skip


@pytest.fixture(scope="module")
def cluster():
    """Return a cluster that no test may disturb; one that does has its own."""
    with local_cluster(2) as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return the store of an undisturbed sweep in one process."""
    path = tmp_path_factory.mktemp("undisturbed") / "s.sqlite"
    sweep(DESIGN, known.ragged, store=path, workers=0)
    return path


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_are_equal_for_any_number_of_processes(tmp_path, rows, undisturbed, workers):
    sweep(DESIGN, known.ragged, store=tmp_path / "s", workers=workers)
    assert rows(tmp_path / "s") == rows(undisturbed)


def test_rows_are_equal_on_dask(tmp_path, rows, undisturbed, cluster):
    sweep(DESIGN, known.ragged, store=tmp_path / "s", dask=cluster.scheduler_address)
    assert rows(tmp_path / "s") == rows(undisturbed)


def test_rows_are_equal_on_any_executor_in_any_order_of_completion(tmp_path, rows, undisturbed):
    with ThreadPoolExecutor(3) as executor:
        sweep(DESIGN, known.ragged, store=tmp_path / "s", executor=executor)
    assert rows(tmp_path / "s") == rows(undisturbed)


@pytest.mark.parametrize("workers", [0, 1])
def test_functions_defined_interactively_work(tmp_path, workers):
    weight = 3.0

    def task(parameters, seed):
        return {"y": weight * parameters["a"]}

    experiment = sweep({"factors": {"a": [1, 2]}}, task, store=tmp_path / "s", workers=workers)
    assert experiment.runs["y"].tolist() == [3.0, 6.0]


def test_a_run_that_raises_hangs_eats_memory_or_kills_its_process_is_a_failed_row(tmp_path):
    design = {"factors": {"what": BAD}}
    experiment = sweep(
        design, known.bad_runs, store=tmp_path / "s", workers=2, run_timeout=3.0, memory_limit=400_000_000
    )
    runs = experiment.runs.set_index("what")
    assert runs["status"].to_dict() == dict(
        zip(BAD, ["ok", "failed", "timeout", "failed", "failed", "failed", "ok"], strict=True)
    )
    assert runs.loc["raises", "error"].startswith("ValueError: one of those days (known_functions.py:")
    assert "3 s" in runs.loc["hangs", "error"]
    assert "MemoryError" in runs.loc["eats memory", "error"]
    assert "exit code -9" in runs.loc["kills", "error"]
    assert runs["error"].isna()["fine"]
    assert len(experiment.failed) == 5


def test_a_run_that_hears_no_signal_is_killed_and_its_neighbours_finish(tmp_path):
    design = {"factors": {"what": ["fine", "hangs deaf"]}}
    experiment = sweep(design, known.bad_runs, store=tmp_path / "s", workers=1, run_timeout=0.5)
    assert experiment.runs["status"].tolist() == ["ok", "timeout"]


@pytest.mark.parametrize("engine", ["serial", "threads"])
def test_a_run_that_never_ends_is_stopped_without_processes_too(tmp_path, engine):
    design = {"factors": {"what": ["fine", "hangs"]}}
    with ThreadPoolExecutor(2) as executor:
        options = {"workers": 0} if engine == "serial" else {"executor": executor}
        experiment = sweep(design, known.bad_runs, store=tmp_path / "s", run_timeout=0.3, **options)
    assert experiment.runs["status"].tolist() == ["ok", "timeout"]


def test_a_limit_counts_the_run_and_not_what_a_new_worker_imports_and_compiles(tmp_path):
    # Importing the model alone takes longer; a limit that struck in its middle would break every later run too.
    design = {
        "sweep": {"scenario": "classroom", "replicates": 4},
        "factors": {"structure.citizens": [200], "weeks": [20]},
    }
    experiment = sweep(design, store=tmp_path / "s", workers=1, run_timeout=0.5)
    assert experiment.runs["error"].isna().all()
    assert experiment.runs["status"].tolist() == ["ok"] * 4


def test_an_executor_that_breaks_is_a_clear_error_and_what_finished_is_kept(tmp_path):
    design = {"factors": {"what": ["fine", "kills"]}}
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=context) as executor,
        pytest.raises(EngineError, match="everything finished is kept"),
    ):
        sweep(design, known.bad_runs, store=tmp_path / "s", executor=executor)
    with ThreadPoolExecutor(1) as executor:
        executor.shutdown()
        with pytest.raises(EngineError, match="takes no more runs"):
            sweep(design, known.bad_runs, store=tmp_path / "t", executor=executor)


def test_failed_runs_are_done_again_only_when_asked(tmp_path):
    design = {"factors": {"a": [1, 2], "file": [str(tmp_path / "mended")]}}
    assert sweep(design, known.wants_file, store=tmp_path / "s", workers=0).counts["failed"] == 1
    (tmp_path / "mended").touch()
    assert sweep(design, known.wants_file, store=tmp_path / "s", workers=0).counts["failed"] == 1
    again = sweep(design, known.wants_file, store=tmp_path / "s", workers=0, retry_failed=True)
    assert again.runs["status"].tolist() == ["ok", "ok"]
    assert again.runs["y"].tolist() == [1.0, 2.0]


def test_a_killed_worker_costs_only_its_own_run_which_is_repeated(tmp_path):
    design = {"factors": {"a": list(range(8)), "folder": [str(tmp_path)]}}
    experiment = sweep(design, known.dies_once, store=tmp_path / "s", workers=2)
    assert (tmp_path / "died").exists()
    assert experiment.runs["status"].tolist() == ["ok"] * 8
    assert experiment.runs["y"].tolist() == list(range(8))


def test_workers_killed_at_random_from_outside_lose_nothing(tmp_path, rows):
    design = {"sweep": {"replicates": 4}, "factors": {"a": list(range(25)), "b": [1]}}
    victims = random.Random(1)

    def murder(tally):
        if len(killed) < 3 and tally.done > 10 * (1 + len(killed)):
            own = [child for child in psutil.Process().children() if child not in others]
            workers = [child for child in own if "spawn_main" in " ".join(child.cmdline())]
            killed.append(victims.choice(workers).pid)
            os.kill(killed[-1], signal.SIGKILL)

    killed = []
    others = psutil.Process().children()  # such as the workers of the cluster above
    sweep(design, known.waiting, store=tmp_path / "s", workers=2, progress=murder)
    sweep(design, known.waiting, store=tmp_path / "t", workers=0)
    assert len(killed) == 3
    assert rows(tmp_path / "s") == rows(tmp_path / "t")


def start(store, task="slow", workers=2, design=None, **options):
    path = os.pathsep.join(filter(None, [str(HERE.parents[1]), os.environ.get("PYTHONPATH")]))
    # A runner in the background may hand down a SIGINT that is ignored; a user's terminal does not.
    options.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    return subprocess.Popen(
        [sys.executable, HERE / "sweep_script.py", store, task, str(workers), json.dumps(design or DESIGN)],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def family(process):
    """Return the processes that a sweep has started, and itself."""
    try:
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def stored(path):
    """Return a store's size in bytes."""
    return path.stat().st_size if path.exists() else 0


@pytest.mark.slow
def test_killing_the_parent_ten_times_loses_and_doubles_nothing_and_leaves_no_worker(tmp_path, rows):
    design = {"sweep": {"replicates": 60}, "factors": {"a": list(range(10)), "b": [0.5, 1.5]}}
    sweep(design, known.slow, store=tmp_path / "whole", workers=2)
    moments = random.Random(5)
    before: set = set()
    for kill in range(10):
        process = start(tmp_path / "s", design=design)
        size, deadline = stored(tmp_path / "s"), time.monotonic() + 20
        # Some kills hit while workers start, others once runs are being written.
        if kill % 3:
            while stored(tmp_path / "s") == size and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.4))
        people = family(process)
        process.kill()
        process.communicate()
        _, alive = psutil.wait_procs(people, timeout=10)
        assert [person for person in alive if person.status() != psutil.STATUS_ZOMBIE] == []
        if stored(tmp_path / "s"):
            now = kept(tmp_path / "s", rows)
            assert before <= now
            before = now
    process = start(tmp_path / "s", design=design)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert before <= kept(tmp_path / "s", rows)
    assert rows(tmp_path / "s") == rows(tmp_path / "whole")
    assert len(rows(tmp_path / "s")[1]) == 1200


def kept(path, rows):
    db = sqlite3.connect(path)
    tables = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
    db.close()
    # Killed before the first commit, a file holds no table yet.
    return set(rows(path)[1]) if tables else set()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_what_finished_and_exits_130(tmp_path, rows, sent):
    design = {"sweep": {"replicates": 500}, "factors": {"a": list(range(10)), "b": [0.5, 1.5]}}
    process = start(tmp_path / "s", design=design)
    line = process.stderr.readline()
    while json.loads(line)["done"] < 100:
        line = process.stderr.readline()
    people = family(process)
    process.send_signal(sent)
    process.communicate(timeout=30)
    assert process.returncode == 130
    _, alive = psutil.wait_procs(people, timeout=10)
    assert alive == []
    assert len(rows(tmp_path / "s")[1]) >= json.loads(line)["done"]


def test_a_full_disk_is_a_clear_error_and_nothing_committed_is_lost(tmp_path, rows, monkeypatch):
    # Where coverage is measured: its own file would not fit either, and it would say so.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    design = {"sweep": {"replicates": 100}, "factors": {"a": list(range(10)), "b": [0.5, 1.5]}}
    room = 120_000
    process = start(
        tmp_path / "s",
        task="plain",
        workers=0,
        design=design,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "disk is full" in said
    assert "Traceback" not in said
    points, runs = rows(tmp_path / "s")
    assert len(points) == 20
    assert len(runs) > 500
    sweep(design, known.plain, store=tmp_path / "s", workers=0)
    sweep(design, known.plain, store=tmp_path / "t", workers=0)
    after = rows(tmp_path / "s")
    assert set(runs) <= set(after[1])
    assert after == rows(tmp_path / "t")


def test_a_dask_worker_killed_in_mid_sweep_and_a_client_restart_lose_nothing(tmp_path, rows):
    design = {"sweep": {"replicates": 5}, "factors": {"a": list(range(20)), "b": [0.5, 1.5]}}
    done = []

    def disturb(tally):
        if tally.done >= 30 and not done:
            with Client(own.scheduler_address, set_as_default=False) as client:
                os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
            done.append("killed")
        elif tally.done >= 90 and len(done) == 1:
            with Client(own.scheduler_address, set_as_default=False) as client:
                client.restart(timeout=30)
            done.append("restarted")

    with local_cluster(2) as own:
        sweep(design, known.waiting, store=tmp_path / "s", dask=own.scheduler_address, progress=disturb)
    assert done == ["killed", "restarted"]
    sweep(design, known.waiting, store=tmp_path / "t", workers=2)
    assert rows(tmp_path / "s") == rows(tmp_path / "t")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_cluster_that_goes_for_good_is_a_clear_error_and_what_finished_is_kept(tmp_path, rows):
    design = {"sweep": {"replicates": 5}, "factors": {"a": list(range(20)), "b": [0.5, 1.5]}}
    with local_cluster(1) as doomed:

        def close(tally):
            if tally.done >= 30:
                doomed.close()

        with pytest.raises(EngineError, match="is gone"):
            sweep(design, known.waiting, store=tmp_path / "s", dask=doomed.scheduler_address, progress=close)
    runs = rows(tmp_path / "s")[1]
    assert 30 <= len(runs) < 200
    assert {run[3] for run in runs} == {"ok"}
    assert sweep(design, known.waiting, store=tmp_path / "s", workers=2).counts["ok"] == 200


def test_leaving_a_cluster_whose_client_has_closed_hides_no_error(cluster):
    def lose_it() -> None:
        with Dask(pack(known.waiting, (), (), None), cluster.scheduler_address) as engine:
            engine.submit([Job(0, 0, 0, {"a": 1})])
            engine._client.close()
            engine.submit([Job(1, 0, 0, {"a": 2})])

    with pytest.raises(EngineError, match="gone"):
        lose_it()


def test_an_unreachable_scheduler_is_refused(tmp_path):
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(InputError) as caught:
            Dask(b"", address, answer=0.5)
        assert (caught.value.key, caught.value.given) == ("--dask", address)


def test_wrong_limits_are_refused(tmp_path):
    for options in ({"workers": -1}, {"run_timeout": 0.0}, {"memory_limit": -5}, {"progress": "loud"}):
        with pytest.raises(InputError):
            sweep(DESIGN, known.plain, store=tmp_path / "s", **{"workers": 0, **options})


def test_an_engine_with_nothing_to_do_returns_nothing():
    engine = Serial(pack(known.plain, (), (), None))
    assert engine.collect(0.0) == []
    engine.submit([Job(0, 0, 1, {"a": 1, "b": 2})])
    assert len(engine.collect(0.0)) == 1
    assert engine.collect(0.0) == []


def test_memory_is_shared_out_where_it_can_be_limited_and_nowhere_else(monkeypatch):
    assert processes.share_of_memory(1) >= processes.share_of_memory(64) >= 2_000_000_000
    monkeypatch.setattr(processes, "sys", types.SimpleNamespace(platform="win32"))
    assert processes.share_of_memory(1) is None


def test_what_comes_back_after_an_engine_was_left_is_nobodys():
    from concurrent.futures import Future

    class Held(FutureEngine):
        def _send(self, jobs):
            self.future = Future()
            self.future.set_running_or_notify_cancel()
            return self.future

    with Held(1) as engine:
        engine.submit([Job(0, 0, 1, {})])
    engine.future.set_result(None)
    assert engine.collect(0.0) == []


@pytest.mark.slow
def test_a_batch_that_dask_cancels_is_told_apart_from_one_that_is_lost():
    from concurrent.futures import CancelledError

    from distributed import LocalCluster

    from simulation.experiments.running.clusters import Dask
    from simulation.experiments.running.engines import LOST

    quiet = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}
    with LocalCluster(**quiet) as cluster, Dask(pack(known.slow, (), (), None), cluster.scheduler_address) as engine:
        assert engine._fate(CancelledError())[0] == CANCELLED
        assert engine._fate(OSError("gone"))[0] == LOST
        jobs = [Job(0, 0, 1, {"a": 1, "b": 2})]
        future = engine._client.submit(time.sleep, 60)
        engine._flying[future] = jobs
        future.cancel()
        engine._checked = -math.inf
        (back,) = engine.collect(0.01)
        assert (back.jobs, back.batch, back.fate, back.error) == (jobs, None, CANCELLED, "cancelled")
        assert engine._flying == {}
