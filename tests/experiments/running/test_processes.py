"""Local workers: a worker that ends takes with it the runs that it executed, and nothing else."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import known_functions as known
import psutil
import pytest

from simulation.experiments import read_store, sweep
from simulation.experiments.running import processes
from simulation.experiments.running.engines import LOST, EngineError
from simulation.experiments.running.processes import Processes, most_workers
from simulation.experiments.running.worker import FAILED, OK, TIMEOUT, Job, pack
from simulation.files.errors import InputError


def workers():
    """Return the workers of a sweep in this process."""
    found = []
    for child in psutil.Process().children():
        try:
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def test_all_workers_killed_together_again_and_again_fail_no_run_that_had_not_begun(tmp_path, rows):
    design = {"sweep": {"replicates": 15}, "factors": {"a": [1, 2], "b": [1]}}
    kills = []

    def murder():
        while len(kills) < 8:
            victims = workers()
            # Some are hit while they start, others while they run; in between nobody is left to take what waits.
            if len(victims) == 2:
                kills.append([victim.pid for victim in victims])
                for victim in victims:
                    victim.kill()
            time.sleep(0.15)

    killer = threading.Thread(target=murder, daemon=True)
    killer.start()
    experiment = sweep(design, known.waiting, store=tmp_path / "s", workers=2, attempts=20)
    kills.extend([[]] * 8)
    killer.join()
    sweep(design, known.waiting, store=tmp_path / "t", workers=0)
    assert kills[0]
    assert experiment.counts == {OK: 30, "total": 30}
    assert rows(tmp_path / "s") == rows(tmp_path / "t")


def kills_its_worker(parameters, seed):
    """Note that it was begun; end the worker where ``a`` is 0."""
    with Path(parameters["folder"], f"{parameters['a']}").open("a", encoding="utf-8") as file:
        file.write("begun\n")
    if parameters["a"] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"y": float(parameters["a"])}


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_run_that_kills_its_worker_is_tried_as_often_as_was_asked_and_then_failed_with_the_reason(tmp_path, attempts):
    design = {"factors": {"a": list(range(6)), "folder": [str(tmp_path)]}}
    experiment = sweep(design, kills_its_worker, store=tmp_path / "s", workers=1, attempts=attempts)
    runs = experiment.runs.set_index("a")
    assert runs["status"].to_dict() == {0: FAILED} | dict.fromkeys(range(1, 6), OK)
    assert "its worker process ended (exit code -9)" in runs.loc[0, "error"]
    assert (f"tried {attempts} times by itself" in runs.loc[0, "error"]) is (attempts > 1)
    # Once more if it was first sent together with others: then none of them is to blame.
    assert (tmp_path / "0").read_text(encoding="utf-8").count("begun") in (attempts, attempts + 1)


class Deadly:
    """A task that ends the process that loads it."""

    def __call__(self, parameters, seed):
        return {"y": 1.0}

    def __reduce__(self):
        return os._exit, (7,)


def test_workers_that_never_begin_end_the_sweep_with_the_reason_and_store_nothing_as_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "MOST_STILLBORN", 3)
    monkeypatch.setattr(processes, "STILLBORN_SECONDS", 0.0)
    with pytest.raises(EngineError, match=r"3 worker processes in a row .* \(exit code 7\).* the same command"):
        sweep({"factors": {"a": [1, 2]}}, Deadly(), store=tmp_path / "s", workers=1)
    assert read_store(tmp_path / "s").counts == {"total": 2}


def test_workers_that_never_begin_are_waited_for_no_longer_than_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "STILLBORN_SECONDS", 1e9)
    with pytest.raises(EngineError, match="the wait ended after 0:00:01"):
        sweep({"factors": {"a": [1, 2]}}, Deadly(), store=tmp_path / "s", workers=1, wait=1.0)


def test_a_worker_that_is_stopped_from_outside_ends_with_the_time_of_its_run(tmp_path):
    design = {"factors": {"a": list(range(80)), "b": [1]}}
    stopped = []

    def stop(tally):
        if 2 <= tally.done < 40 and not stopped:
            stopped.append(workers()[0])
            stopped[0].suspend()

    experiment = sweep(design, known.waiting, store=tmp_path / "s", workers=2, run_timeout=0.5, progress=stop)
    assert stopped
    assert not stopped[0].is_running()
    assert experiment.counts["total"] == 80
    assert set(experiment.failed["status"]) <= {TIMEOUT}
    assert len(experiment.failed) <= 1


@pytest.mark.parametrize("given", [-1, 10**8, 2.0, True, float("nan")])
def test_a_number_of_workers_that_no_machine_has_is_refused_before_anything_is_made(tmp_path, given):
    with pytest.raises(InputError) as caught:
        sweep({"factors": {"a": [1], "b": [1]}}, known.plain, store=tmp_path / "s", workers=given)
    assert caught.value.key == "--workers"
    assert str(most_workers()) in caught.value.allowed
    assert list(tmp_path.iterdir()) == []


def test_no_more_workers_start_than_there_are_batches(monkeypatch):
    made = []

    class Counted(processes._Worker):
        def __init__(self, *given):
            made.append(self)
            super().__init__(*given)

    monkeypatch.setattr(processes, "_Worker", Counted)
    with Processes(pack(known.plain, (), (), None), 10) as engine:
        for number in range(2):
            engine.submit([Job(number, 0, 1, {"a": 1, "b": 2})])
        back = []
        while len(back) < 2:
            back += engine.collect(0.1)
    assert len(made) == 2


def test_a_batch_that_waits_behind_another_is_given_to_the_next_worker_when_the_first_is_killed(monkeypatch):
    monkeypatch.setattr(processes, "_SHORT", 60.0)
    payload = pack(known.waiting, (), (), None)
    with Processes(payload, 1) as engine:
        for number in range(4):
            engine.submit([Job(number, 0, 1, {"a": number, "b": 1})] * 10)
        back = []
        while not back:
            back += engine.collect(0.1)
        assert len(engine._workers[0].given) == 2
        engine._workers[0].process.kill()
        while len(back) < 4:
            back += engine.collect(0.1)
    assert {returned.jobs[0].point: returned.fate for returned in back} == {0: "", 1: LOST, 2: "", 3: ""}


def test_a_batch_for_a_worker_that_was_killed_while_it_was_idle_goes_to_another_one_and_no_run_is_to_blame():
    with Processes(pack(known.plain, (), (), None), 1) as engine:
        engine.submit([Job(0, 0, 1, {"a": 0, "b": 1})])
        back = []
        while not back:
            back += engine.collect(0.1)
        engine._workers[0].process.kill()
        engine._workers[0].process.join()
        engine.submit([Job(1, 0, 1, {"a": 1, "b": 1})])
        while len(back) < 2:
            back += engine.collect(0.1)
    assert [returned.fate for returned in back] == ["", ""]


def test_a_long_run_is_never_put_behind_another_one(monkeypatch):
    monkeypatch.setattr(processes, "_SHORT", 0.0)
    with Processes(pack(known.waiting, (), (), None), 1) as engine:
        for number in range(3):
            engine.submit([Job(number, 0, 1, {"a": number, "b": 1})])
        back = []
        while len(back) < 3:
            back += engine.collect(0.05)
            assert all(len(worker.given) <= 1 for worker in engine._workers)


def long_series(parameters, seed):
    """Return far more than a pipe holds at once."""
    return {"y": 1.0}, {"s": [float(week) for week in range(200_000)]}


def test_a_result_larger_than_a_pipe_comes_back_whole(tmp_path):
    design = {"sweep": {"weekly": ["s"]}, "factors": {"a": [1, 2]}}
    experiment = sweep(design, long_series, store=tmp_path / "s", workers=2)
    assert experiment.weekly["s"].sum() == 2 * sum(range(200_000))


class Picky:
    """A task that can only be loaded in the process that made it."""

    def __init__(self):
        self.home = os.getpid()

    def __call__(self, parameters, seed):
        return {"y": 1.0}

    def __setstate__(self, state):
        if os.getpid() != state["home"]:
            raise InputError("the structure's file is not here", file="city.csv")


def test_wrong_input_that_a_worker_finds_is_the_users_and_no_failed_run(tmp_path):
    with pytest.raises(InputError, match=r"city\.csv: the structure's file is not here"):
        sweep({"factors": {"a": [1]}}, Picky(), store=tmp_path / "s", workers=1)


def test_a_machine_that_lets_no_process_start_is_a_clear_error(tmp_path, monkeypatch):
    def refuse(*given):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(processes, "_Worker", refuse)
    with pytest.raises(EngineError, match=r"No worker process can be started .*temporarily unavailable"):
        sweep({"factors": {"a": [1], "b": [1]}}, known.plain, store=tmp_path / "s", workers=2)


def test_a_machine_that_lets_one_process_start_goes_on_with_that_one(tmp_path, monkeypatch):
    real, made = processes._Worker, []

    def one(*given):
        if made:
            raise OSError(11, "Resource temporarily unavailable")
        made.append(real(*given))
        return made[0]

    monkeypatch.setattr(processes, "_Worker", one)
    design = {"factors": {"a": list(range(5)), "b": [1]}}
    assert sweep(design, known.plain, store=tmp_path / "s", workers=3).counts[OK] == 5


def test_a_wait_is_a_json_object_where_progress_is_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(processes, "STILLBORN_SECONDS", 1e9)
    monkeypatch.setattr("simulation.experiments.running.waiting.SAID_AFTER", 0.0)
    with pytest.raises(EngineError):
        sweep({"factors": {"a": [1]}}, Deadly(), store=tmp_path / "s", workers=1, wait=1.0, progress="json")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert any("waiting" in line for line in lines)
