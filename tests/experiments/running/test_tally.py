"""Progress: what is counted, how fast, and how it is shown."""

from __future__ import annotations

import io
import json
import math
import types

import known_functions as known
import pytest
from rich.console import Console

from simulation.drawing.numbers import duration
from simulation.experiments import sweep
from simulation.experiments.running import progress
from simulation.experiments.running.progress import Tally, render
from simulation.experiments.running.worker import OK, Outcome


def test_the_rate_forgets_what_is_older_than_its_window(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(progress, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    tally = progress.Tally.begin({"total": 1000}, {}, ["y"])
    for _ in range(100):
        now[0] += 10
        tally.add(Outcome(0, 0, 1, OK, None, 0.1, "here", {"y": 1.0}, {}))
    slow = tally.rate
    for _ in range(100):
        now[0] += 1
        tally.add(Outcome(0, 0, 1, OK, None, 0.1, "here", {"y": 1.0}, {}))
    assert slow == pytest.approx(0.1, rel=0.4)
    assert tally.rate == pytest.approx(1.0, rel=0.1)
    assert len(tally._marks) < 35


def outcome(value, status="ok"):
    return Outcome(0, 0, 0, status, None, 0.0, "", {"y": value}, {})


def test_a_tally_counts_what_a_resume_found_but_not_in_its_rate():
    tally = Tally.begin({"ok": 50, "failed": 2, "total": 100}, {"y": (50, 25.0)}, ["y"])
    assert (tally.done, tally.failed, tally.resumed, tally.rate, tally.left) == (52, 2, 52, 0.0, None)
    for value in (1.0, None, math.inf, 3.0):
        tally.add(outcome(value))
    tally.add(outcome(None, "failed"))
    assert (tally.done, tally.failed) == (57, 3)
    assert tally.means == {"y": 29 / 52}
    assert 0 < tally.left < math.inf
    assert json.loads(json.dumps(tally.record(), allow_nan=False))["total"] == 100


def test_a_tally_without_results_can_be_shown_and_read_by_machines():
    tally = Tally.begin({"total": 3}, {}, ["y"])
    assert tally.record()["means"] == {"y": None}
    console = Console(file=io.StringIO(), width=100)
    console.print(render(tally, "zh"))
    shown = console.file.getvalue()
    assert "0／3" in shown
    assert "指标" in shown


def test_durations_are_readable():
    assert [duration(seconds) for seconds in (0, 59.6, 3661)] == ["0:00:00", "0:01:00", "1:01:01"]


def test_json_progress_is_one_object_a_line_on_standard_error(tmp_path, capfd):
    sweep({"factors": {"a": [1, 2], "b": [1]}}, known.plain, store=tmp_path / "s", workers=0, progress="json")
    said = capfd.readouterr()
    lines = [json.loads(line) for line in said.err.splitlines()]
    assert (lines[0]["done"], lines[-1]["done"], lines[-1]["left"]) == (0, 2, 0.0)
    assert said.out == ""


def test_live_progress_is_drawn(tmp_path, capfd):
    sweep(
        {"factors": {"a": [1, 2], "b": [1]}},
        known.plain,
        store=tmp_path / "s",
        workers=0,
        progress="rich",
        lang="zh",
    )
    assert "2／2" in capfd.readouterr().err
