"""Workers kept from sweep to sweep."""

from __future__ import annotations

import os
import time

import pytest

from simulation.experiments.running.kept import Kept
from simulation.experiments.sweeping import sweep


def of_worker(parameters, seed):
    """Return the number of the process that runs it."""
    return {"process": float(os.getpid()), "double": 2.0 * parameters["a"]}


def slow(parameters, seed):
    """Return the same, a moment later."""
    time.sleep(0.02)
    return of_worker(parameters, seed)


def other(parameters, seed):
    """Another task."""
    return {"process": float(os.getpid()), "double": 3.0 * parameters["a"]}


def design(number):
    return {"sweep": {"name": "kept"}, "factors": {"a": [float(value) for value in range(number)]}}


def run(tmp_path, name, kept, number=4, task=of_worker, workers=1, **options):
    return sweep(
        design(number), task, store=tmp_path / f"{name}.sqlite", workers=workers, progress="quiet", kept=kept, **options
    ).runs


def test_sweeps_of_one_task_share_their_workers_and_others_do_not(tmp_path):
    with Kept() as kept:
        first, second = (run(tmp_path, name, kept) for name in ("one", "two"))
        third = run(tmp_path, "three", kept, task=other)
    alone = run(tmp_path, "four", None)
    assert first["process"].nunique() == 1
    assert set(first["process"]) == set(second["process"])
    assert set(first["process"]).isdisjoint(third["process"])
    assert set(first["process"]).isdisjoint(alone["process"])
    assert first["double"].tolist() == second["double"].tolist() == alone["double"].tolist()
    assert third["double"].tolist() == [3.0 * value for value in range(4)]


def test_workers_end_with_what_kept_them(tmp_path):
    with Kept() as kept:
        process = int(run(tmp_path, "one", kept)["process"][0])
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_sweep_that_is_stopped_ends_them_and_the_next_one_goes_on(tmp_path):
    def stop(tally):
        if tally.done >= 1:
            raise KeyboardInterrupt

    with Kept() as kept:
        with pytest.raises(KeyboardInterrupt):
            sweep(design(40), of_worker, store=tmp_path / "s.sqlite", workers=1, progress=stop, kept=kept)
        runs = run(tmp_path, "s", kept, number=40)
        assert runs["double"].tolist() == [2.0 * value for value in range(40)]


def alive(process):
    """Tell whether a process is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def stop(tally):
    """Stop a sweep in its middle."""
    if tally.done >= 1:
        raise KeyboardInterrupt


def test_workers_stay_after_a_sweep_and_end_with_one_that_ends_by_an_error(tmp_path):
    with Kept() as kept:
        (process,) = set(run(tmp_path, "whole", kept, task=slow)["process"])
        assert alive(int(process))
        with pytest.raises(KeyboardInterrupt):
            sweep(design(60), slow, store=tmp_path / "half.sqlite", workers=1, progress=stop, kept=kept)
        assert not alive(int(process))


def test_this_process_can_be_kept_too(tmp_path):
    with Kept() as kept:
        for name in ("one", "two"):
            assert run(tmp_path, name, kept, workers=0)["process"].tolist() == [os.getpid()] * 4
