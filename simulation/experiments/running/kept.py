"""Workers that stay between the sweeps of one task, where a search makes many short ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

from simulation.experiments.running.engines import Engine, Returned
from simulation.experiments.running.worker import Job


class Kept:
    """Keeps an engine from sweep to sweep as long as all of them carry the same task; a context manager.

    A sweep that ends by an error closes the engine, since batches may be under way in it.
    """

    def __init__(self) -> None:
        self._payload = b""
        self._engine: Engine | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close(*error)

    def close(self, *error: object) -> None:
        """End the workers, if there are any."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.__exit__(*(error or (None, None, None)))

    def lend(self, payload: bytes, make: Callable[[], Engine]) -> Engine:
        """Return the engine for one sweep.

        Parameters
        ----------
        payload : bytes
            What workers need; an engine that was made with another one is closed.
        make : callable
            Makes the engine where there is none.
        """
        if self._engine is None or payload != self._payload:
            self.close()
            self._engine, self._payload = make().__enter__(), payload
        return _Lent(self, self._engine)


class _Lent:
    """An engine in the hands of one sweep."""

    def __init__(self, kept: Kept, engine: Engine) -> None:
        self._kept, self._engine = kept, engine

    @property
    def capacity(self) -> int:
        """Number of batches in flight that keeps every worker busy."""
        return self._engine.capacity

    @capacity.setter
    def capacity(self, number: int) -> None:
        self._engine.capacity = number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is not None:
            self._kept.close(*error)

    def submit(self, jobs: Sequence[Job]) -> None:
        """Take a batch."""
        self._engine.submit(jobs)

    def collect(self, seconds: float) -> list[Returned]:
        """Return the batches that came back; wait at most so long for the first."""
        return self._engine.collect(seconds)
