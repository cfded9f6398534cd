"""Engines, which compute runs: in this process, in local processes, on a Dask cluster, or by any Executor.

An engine takes batches of runs and returns the fate of each; the driver decides which runs to repeat. All
engines give equal rows: a run's numbers depend on its parameters and its seed alone.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, NamedTuple, Protocol, Self

from simulation.experiments.running.interrupts import held_back
from simulation.experiments.running.spawning import Spawn
from simulation.experiments.running.worker import TIMEOUT, Batch, Job, run_batch, run_resident, start
from simulation.files.errors import InputError

LOST = "lost"
"""Fate of a batch whose worker ended; its run may have been the cause."""
_LEAST_MEMORY = 2_000_000_000
CANCELLED = "cancelled"
"""Fate of a batch that the cluster dropped, through no fault of its runs."""


class EngineError(RuntimeError):
    """The engine has gone for good; finished runs are kept."""


class Returned(NamedTuple):
    """A batch that came back, with its outcomes or with its fate."""

    jobs: Sequence[Job]
    batch: Batch | None
    fate: str = ""
    error: str = ""


class Engine(Protocol):
    """The methods that the driver needs of an engine."""

    capacity: int

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def submit(self, jobs: Sequence[Job]) -> None:
        """Take a batch."""

    def collect(self, seconds: float) -> list[Returned]:
        """Return the batches that came back; wait at most so long for the first."""


class Serial:
    """Runs in this process, when results are requested."""

    capacity = 1

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._waiting: deque[Sequence[Job]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._waiting.clear()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Take a batch."""
        self._waiting.append(jobs)

    def collect(self, seconds: float) -> list[Returned]:
        """Run the next batch; ``seconds`` has no meaning here."""
        if not self._waiting:
            return []
        jobs = self._waiting.popleft()
        return [Returned(jobs, run_batch(self._payload, jobs))]


class FutureEngine:
    """The base of engines with futures: each finished future queues itself by a callback.

    Parameters
    ----------
    capacity : int
        Number of batches in flight that keeps every worker busy.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._flying: dict[Any, Sequence[Job]] = {}
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for future in list(self._flying):
            future.cancel()
        self._flying.clear()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Take a batch."""
        future = self._send(jobs)
        self._flying[future] = jobs
        future.add_done_callback(self._done.put)

    def collect(self, seconds: float) -> list[Returned]:
        """Return the batches that came back; wait at most so long for the first."""
        back = []
        with contextlib.suppress(queue.Empty):
            future = self._done.get(timeout=seconds)
            while True:
                jobs = self._flying.pop(future, None)
                if jobs is not None:
                    back.append(self._take(future, jobs))
                future = self._done.get_nowait()
        return back

    def _take(self, future: Any, jobs: Sequence[Job]) -> Returned:
        try:
            return Returned(jobs, future.result(timeout=60))
        except (KeyboardInterrupt, InputError):
            raise
        except BaseException as error:
            return Returned(jobs, None, *self._fate(error))

    def _send(self, jobs: Sequence[Job]) -> Any:
        raise TypeError("an engine says how a batch is sent")

    def _fate(self, error: BaseException) -> tuple[str, str]:
        """Return the fate of a batch, as (fate, words)."""
        return LOST, f"{type(error).__name__}: {error}"


class Executors(FutureEngine):
    """Any ``concurrent.futures.Executor``: threads, loky, MPI through mpi4py.futures.

    Parameters
    ----------
    payload : bytes
        The data that workers need.
    executor : Executor
        Left open: it belongs to the caller.
    """

    def __init__(self, payload: bytes, executor: Executor) -> None:
        workers = getattr(executor, "_max_workers", None) or getattr(executor, "num_workers", None) or 8
        super().__init__(2 * int(workers) + 2)
        self._payload = payload
        self._executor = executor

    def _send(self, jobs: Sequence[Job]) -> Future[Batch]:
        try:
            return self._executor.submit(run_batch, self._payload, jobs)
        except RuntimeError as error:
            # Shut down, or broken by a worker that died: it is not ours to start again.
            raise EngineError(
                f"the executor takes no more runs ({error}); everything finished is kept; the same sweep continues"
            ) from None


class Processes(FutureEngine):
    """Local processes (Pebble, spawn): a killed worker loses only its own batch, and a run that hangs is stopped.

    Parameters
    ----------
    payload : bytes
        The data that workers need.
    workers : int
        Number of processes.
    run_timeout : float, optional
        Seconds that a run may take. The worker stops itself; a worker that does not is killed a little later.
    memory_limit : int, optional
        Bytes by which a worker may grow (Linux); by default its share of nine tenths of the machine's memory.
    """

    def __init__(
        self, payload: bytes, workers: int, run_timeout: float | None = None, memory_limit: int | None = None
    ) -> None:
        super().__init__(2 * workers + 2)
        self._arguments = (payload, memory_limit or _share(workers))
        self._workers = workers
        self._timeout = run_timeout
        self._pool: Any = None

    def __enter__(self) -> Self:
        self._pool = self._new_pool()
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._stop()

    def _stop(self) -> None:
        self._pool.stop()
        self._pool.join()

    def _new_pool(self) -> Any:
        from pebble import ProcessPool

        return ProcessPool(max_workers=self._workers, initializer=start, initargs=self._arguments, context=Spawn())

    def _send(self, jobs: Sequence[Job]) -> Any:
        # A batch's runs stop themselves one by one; the pool's own limit is for one that cannot.
        limit = None if self._timeout is None else self._timeout * len(jobs) + max(1.0, self._timeout / 2)
        try:
            return self._schedule(jobs, limit)
        except RuntimeError:
            # Every worker was killed at once and the pool gave up.
            self._stop()
            self._pool = self._new_pool()
            return self._schedule(jobs, limit)

    def _schedule(self, jobs: Sequence[Job], limit: float | None) -> Any:
        with held_back():
            return self._pool.schedule(run_resident, args=(jobs,), timeout=limit)

    def _fate(self, error: BaseException) -> tuple[str, str]:
        from pebble import ProcessExpired

        if isinstance(error, FutureTimeoutError):
            return TIMEOUT, f"took longer than {self._timeout:g} s and was stopped"
        if isinstance(error, ProcessExpired):
            return LOST, f"its process ended (exit code {error.exitcode})"
        return LOST, f"{type(error).__name__}: {error}"


def default_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _share(workers: int) -> int | None:
    """Return a worker's share of nine tenths of the machine's memory in bytes, where it is known.

    At least two gigabytes, because the limit is on address space, of which libraries reserve more than they use.
    """
    if sys.platform != "linux":
        return None
    return max(_LEAST_MEMORY, int(0.9 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / workers))
