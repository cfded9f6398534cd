"""A worker: what a run may cost, how it ends, and how it fails."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

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


@pytest.mark.parametrize("over", [True, False])
def test_a_timer_that_rings_after_the_run_has_ended_stops_nobody(over):
    ended = threading.Event()
    if over:
        ended.set()
    reached = []

    def run():
        try:
            worker._strike(threading.get_ident(), threading.Lock(), ended)
            reached.extend("after" for _ in range(1000))
        except worker.RunTimeoutError:
            pass  # what the test expects of a limit that is not over

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert (len(reached) == 1000) is over


class Slow:
    """Something whose end takes time: an exception in there never reaches the caller."""

    def __del__(self) -> None:
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass


def goes_on_after_a_slow_end(seconds: float) -> bool:
    """Let something end slowly, then wait; return True if nothing has interrupted the wait."""
    thing = Slow()
    del thing
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return True


@pytest.mark.parametrize("wait", [0.0, 30.0])
def test_a_limit_that_falls_into_a_finalizer_holds_all_the_same(wait: float) -> None:
    with pytest.raises(worker.RunTimeoutError), worker.time_limit(0.05):
        goes_on_after_a_slow_end(wait)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_it_holds_in_a_thread_too() -> None:
    ended: list[BaseException] = []

    def limited() -> None:
        try:
            with worker.time_limit(0.05):
                goes_on_after_a_slow_end(30.0)
        except worker.RunTimeoutError as error:
            ended.append(error)

    thread = threading.Thread(target=limited)
    thread.start()
    thread.join(20)
    assert [type(error) for error in ended] == [worker.RunTimeoutError]
