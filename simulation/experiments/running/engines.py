"""Engines, which compute runs: in this process, in local processes, on a Dask cluster, or by any Executor.

An engine takes batches of runs and returns the fate of each; the driver decides which runs to repeat. All
engines give equal rows: a run's numbers depend on its parameters and its seed alone.
"""

from __future__ import annotations

import contextlib
import queue
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple, Protocol, Self

from simulation.experiments.running.worker import Batch, Job, run_batch
from simulation.files.errors import InputError, told

LOST = "lost"
"""Fate of a batch whose worker ended while it ran; a run of it may have been the cause."""
CANCELLED = "cancelled"
"""Fate of a batch that never began, or that the cluster dropped: none of its runs is to blame."""


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
            raise EngineError(told("error.engine.executor", reason=error)) from None
