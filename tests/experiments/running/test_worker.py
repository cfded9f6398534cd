"""A worker: what a run may cost, how it ends, and how it fails."""

from __future__ import annotations

import subprocess
import sys
import threading

from simulation.experiments.running import worker
from simulation.experiments.running.worker import FAILED, Job, pack, run_batch


def listing(parameters, seed):
    return [1.0, 2.0]


def test_a_run_that_returns_no_table_of_metrics_is_a_failed_run():
    (made,) = run_batch(pack(listing, (), (), None), [Job(0, 0, 1, {})]).outcomes
    assert made.status == FAILED
    assert "a dict of metrics, not list" in made.error


def test_a_process_without_a_parent_watches_none():
    before = {thread.name for thread in threading.enumerate()}
    worker.end_with_parent()
    assert {thread.name for thread in threading.enumerate()} == before
    assert "watch-parent" not in before


LIMITS = """
import resource
from simulation.experiments.running.worker import limit_memory

before = resource.getrlimit(resource.RLIMIT_AS)
limit_memory(None)
assert resource.getrlimit(resource.RLIMIT_AS) == before
hard = 64 << 30
resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
limit_memory(1 << 40)
assert resource.getrlimit(resource.RLIMIT_AS) == (hard, hard)
limit_memory(4 << 30)
soft, kept = resource.getrlimit(resource.RLIMIT_AS)
assert kept == hard
assert 4 << 30 < soft < hard
"""


def test_a_memory_limit_never_exceeds_the_one_the_process_has():
    done = subprocess.run([sys.executable, "-c", LIMITS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_timer_that_rings_after_the_run_has_ended_stops_nobody(monkeypatch):
    made = []

    class Kept(threading.Timer):
        def __init__(self, seconds, ring):
            super().__init__(seconds, ring)
            made.append(ring)

    monkeypatch.setattr(threading, "Timer", Kept)
    reached = []

    def run():
        with worker.time_limit(60):
            reached.append("run")
        made[0]()
        reached.extend("after" for _ in range(1000))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert len(reached) == 1001
