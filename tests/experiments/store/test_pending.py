"""A store tells pending runs from finished ones."""

from __future__ import annotations

import math

from outcomes import outcome

from simulation.experiments.design.design import Design
from simulation.experiments.running.seeds import run_seed
from simulation.experiments.running.worker import FAILED, OK, TIMEOUT
from simulation.experiments.store import store
from simulation.experiments.store.store import Store


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
