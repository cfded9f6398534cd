"""A plan counts and times runs and keeps none."""

from __future__ import annotations

import types

import known_functions as known
import pytest

from simulation.experiments import plan
from simulation.experiments.running import worker
from simulation.files.errors import InputError


def broken(parameters, seed):
    raise ValueError("no such luck")


def test_a_plan_whose_first_run_fails_says_why_and_for_which_values():
    with pytest.raises(InputError, match="the first run fails: ValueError: no such luck") as caught:
        plan({"factors": {"a": [7, 8]}}, broken, workers=1)
    assert "7" in str(caught.value)


RUNS: list[float] = []


NOW = [0.0]


def lasting(parameters, seed):
    """Take the requested seconds, by a clock that the test moves."""
    RUNS.append(parameters["lasts"])
    NOW[0] += parameters["lasts"]
    return {"y": 1.0}


@pytest.mark.parametrize(("seconds", "runs"), [(29.0, 2), (31.0, 1)])
def test_a_run_of_more_than_half_a_minute_is_timed_once_only(monkeypatch, seconds, runs):
    monkeypatch.setattr(worker, "time", types.SimpleNamespace(perf_counter=lambda: NOW[0]))
    RUNS.clear()
    made = plan({"factors": {"lasts": [seconds]}}, lasting, workers=1)
    assert len(RUNS) == runs
    assert made.run_seconds == seconds


def test_a_plan_counts_runs_without_a_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = plan({"sweep": {"replicates": 7}, "factors": {"a": [1, 2], "b": [1, 2, 3]}}, known.waiting, workers=2)
    assert (made.points, made.runs, made.workers) == (6, 42, 2)
    assert made.run_seconds >= 0.02
    assert made.seconds == pytest.approx(made.run_seconds * 21)
    assert list(tmp_path.iterdir()) == []
