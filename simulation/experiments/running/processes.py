"""Local processes as an engine: each worker has a pipe of its own, so that what one of them does harms no other.

The parent knows at every moment which batch a worker executes and which ones only wait. A worker that ends takes
with it the batch that it was executing, and nothing else. Pools that share one pipe and one lock among their workers
(pebble, ProcessPoolExecutor, loky) fail whatever waits when their workers end together, and pebble measures its limits
by the clock on the wall, which may jump.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from multiprocessing import connection
from typing import Any, Self

from simulation.experiments.running.engines import LOST, EngineError, Returned
from simulation.experiments.running.interrupts import held_back
from simulation.experiments.running.spawning import Process
from simulation.experiments.running.waiting import Patience
from simulation.experiments.running.worker import TIMEOUT, Batch, Job, describe, serve
from simulation.files.errors import InputError, told

MOST_STILLBORN = 20
"""Workers in a row that may end before they are ready: after so many the engine gives up, but not too early."""
STILLBORN_SECONDS = 30.0
"""Seconds for which workers have to end before they are ready: somebody may be killing them for a while."""
_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
"""Seconds by which each stillborn worker delays the next start, and the most that they delay it together."""
_SHORT = 0.5
"""A worker whose last batch took less than so many seconds is given a second one in advance."""
_LEAVE = 1.0
"""Seconds that idle workers have to end by themselves."""
_LEAST_MEMORY = 2_000_000_000
_LEAST_BOUND = 64


class _Worker:
    """A worker process as its parent sees it.

    Attributes
    ----------
    given : deque of sequences of Job
        The batches that it holds; it executes the first.
    ready : bool
        True once it has loaded the task; before, it holds no batch.
    begun : float
        Moment (monotonic) at which it began the first batch.
    lasted : float
        Seconds that its last batch took.
    """

    def __init__(self, payload: bytes, memory_limit: int | None) -> None:
        self.pipe, theirs = connection.Pipe()
        # A daemon could not start processes of its own, which a user's task may need.
        self.process = Process(target=serve, args=(theirs, memory_limit), daemon=False)
        self.given: deque[Sequence[Job]] = deque()
        self.ready = False
        self.begun = 0.0
        self.lasted = math.inf
        try:
            self.process.start()
        finally:
            # With no other copy of its end, a worker's death is seen at once, and a half-sent message ends.
            theirs.close()
        with contextlib.suppress(OSError):
            self.pipe.send_bytes(payload)

    def give(self, jobs: Sequence[Job]) -> bool:
        """Send a batch; return False when the worker has ended and so takes none."""
        try:
            self.pipe.send(jobs)
        except OSError:
            return False
        if not self.given:
            self.begun = time.monotonic()
        self.given.append(jobs)
        return True

    def end(self) -> int | None:
        """Kill it if it still lives, and return its exit code."""
        self.pipe.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        code = self.process.exitcode
        self.process.close()
        return code


class Processes:
    """Local processes: a killed worker loses only the batch that it executes, and a run that hangs is stopped.

    Parameters
    ----------
    payload : bytes
        The data that workers need.
    workers : int
        Number of processes, from 1 to ``most_workers()``; they start as there is work for them.
    run_timeout : float, optional
        Seconds that a run may take. The worker stops itself; a worker that does not is killed a little later.
    memory_limit : int, optional
        Bytes by which a worker may grow (Linux); by default its share of nine tenths of the machine's memory.
    patience : Patience, optional
        Says when no worker gets ready.

    Raises
    ------
    InputError
        When the number of workers is out of range.
    """

    def __init__(
        self,
        payload: bytes,
        workers: int,
        run_timeout: float | None = None,
        memory_limit: int | None = None,
        patience: Patience | None = None,
    ) -> None:
        check_workers(workers, least=1)
        self.capacity = 2 * workers + 2
        self._payload = payload
        self._memory = memory_limit or share_of_memory(workers)
        self._most = workers
        self._timeout = run_timeout
        self._patience = patience or Patience()
        self._workers: list[_Worker] = []
        self._queue: deque[Sequence[Job]] = deque()
        self._back: list[Returned] = []
        self._stillborn = 0
        self._first_stillborn = 0.0
        self._next_start = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._queue.clear()
        with held_back():
            for worker in self._workers:
                worker.pipe.close()
            give_up = time.monotonic() + _LEAVE
            for worker in self._workers:
                worker.process.join(0 if worker.given else max(0.0, give_up - time.monotonic()))
            while self._workers:
                self._workers.pop().end()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Take a batch."""
        self._queue.append(jobs)
        with held_back():
            self._hand_out()

    def collect(self, seconds: float) -> list[Returned]:
        """Return the batches that came back; wait at most so long for the first.

        Raises
        ------
        EngineError
            When workers end before they are ready, again and again.
        """
        sources: list[Any] = [worker.pipe for worker in self._workers]
        if not self._back and (sources or not self._queue):
            connection.wait(sources, self._no_longer_than(seconds)) if sources else time.sleep(seconds)
        elif not self._back:
            time.sleep(min(seconds, max(0.0, self._next_start - time.monotonic())))
        # An interrupt in the middle of a message would leave half of it in the pipe.
        with held_back():
            for worker in list(self._workers):
                self._listen(worker)
            self._hand_out()
        back, self._back = self._back, []
        return back

    def _no_longer_than(self, seconds: float) -> float:
        """Return how long to wait: not beyond the moment at which a run has used up its time."""
        ends = [worker.begun + self._limit(worker.given[0]) for worker in self._workers if worker.given]
        return max(0.0, min([seconds, *(end - time.monotonic() for end in ends)]))

    def _limit(self, jobs: Sequence[Job]) -> float:
        # A batch's runs stop themselves one by one; this limit is for one that cannot.
        return math.inf if self._timeout is None else self._timeout * len(jobs) + max(1.0, self._timeout / 2)

    def _listen(self, worker: _Worker) -> None:
        """Take every message of a worker; bury it when it has ended, end it when its batch takes too long."""
        try:
            while worker.pipe.poll():
                self._take(worker, worker.pipe.recv())
        except (EOFError, OSError):
            self._bury(worker)
            return
        if worker.given and time.monotonic() - worker.begun > self._limit(worker.given[0]):
            self._bury(worker, TIMEOUT)

    def _take(self, worker: _Worker, message: Batch | BaseException | None) -> None:
        if message is None:
            worker.ready = True
            self._stillborn = 0
            self._patience.over("workers")
            return
        jobs = worker.given.popleft()
        now = time.monotonic()
        worker.lasted, worker.begun = now - worker.begun, now
        if isinstance(message, InputError):
            raise message
        if isinstance(message, BaseException):
            self._back.append(Returned(jobs, None, LOST, describe(message)))
        else:
            self._back.append(Returned(jobs, message))

    def _bury(self, worker: _Worker, fate: str = LOST) -> None:
        """Remove a worker; what it executed comes back with its fate, what it had not begun waits for another one."""
        self._workers.remove(worker)
        code = worker.end()
        if worker.given:
            words = f"its worker process ended (exit code {code})"
            if fate == TIMEOUT:
                words = f"took longer than {self._timeout:g} s and was stopped"
            self._back.append(Returned(worker.given.popleft(), None, fate, words))
            self._queue.extendleft(reversed(worker.given))
        elif not worker.ready:
            now = time.monotonic()
            self._first_stillborn = self._first_stillborn if self._stillborn else now
            self._stillborn += 1
            self._next_start = now + min(_PAUSE * self._stillborn, _LONGEST_PAUSE)
            self._patience.still("workers", EngineError, code=code)
            if self._stillborn >= MOST_STILLBORN and now - self._first_stillborn >= STILLBORN_SECONDS:
                raise EngineError(told("experiments.wait.stillborn", number=self._stillborn, code=code))

    def _hand_out(self) -> None:
        """Give waiting batches to idle workers, and start workers while there is more to do."""
        for worker in self._workers:
            if self._queue and worker.ready and not worker.given and worker.give(self._queue[0]):
                self._queue.popleft()
        # A second batch keeps a worker busy while its first one is being stored. A long one might wait there in vain
        # for another worker that has nothing to do.
        for worker in self._workers:
            if self._queue and worker.lasted < _SHORT and len(worker.given) == 1 and worker.give(self._queue[0]):
                self._queue.popleft()
        coming = sum(not worker.ready for worker in self._workers)
        while coming < len(self._queue) and len(self._workers) < self._most and time.monotonic() >= self._next_start:
            try:
                self._workers.append(_Worker(self._payload, self._memory))
            except OSError as error:
                # The system has no room for one more process; those that there are go on.
                if not self._workers:
                    raise EngineError(told("experiments.wait.no_process", error=error)) from None
                self._most = self.capacity = len(self._workers)
                return
            coming += 1


def default_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def most_workers() -> int:
    """Return the largest number of processes that may be asked for: eight per processor, at least 64."""
    return max(_LEAST_BOUND, 8 * (os.cpu_count() or 1))


def check_workers(workers: Any, least: int = 0) -> None:
    """Raise InputError for a number of processes that is none, or far more than the machine can use."""
    if isinstance(workers, bool) or not isinstance(workers, int) or not least <= workers <= most_workers():
        raise InputError(
            told("error.workers.number"),
            key="--workers",
            given=workers,
            allowed=told("error.workers.from_0" if least == 0 else "error.workers.from_1", most=most_workers()),
        )


def share_of_memory(workers: int) -> int | None:
    """Return a worker's share of nine tenths of the machine's memory in bytes, where it is known.

    At least two gigabytes, because the limit is on address space, of which libraries reserve more than they use.
    """
    if sys.platform != "linux":
        return None
    return max(_LEAST_MEMORY, int(0.9 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / workers))
