"""A Dask cluster as an engine: runs that a dead worker or a restart lost are sent again."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from simulation.experiments.running.engines import CANCELLED, EngineError, FutureEngine, Returned
from simulation.experiments.running.waiting import Patience
from simulation.experiments.running.worker import Job, run_batch
from simulation.files.errors import InputError, told
from simulation.files.extras import require_extra

_FEWEST = 4
"""Batches in flight beside two for each worker's thread."""


class Dask(FutureEngine):
    """A Dask cluster by the address of its scheduler; runs that a dead worker or a restart lost are sent again.

    Parameters
    ----------
    payload : bytes
        The data that workers need.
    address : str
        Such as ``tcp://10.0.0.1:8786``; for ``tls://`` Dask's own configuration names the certificates.
    answer : float
        Seconds in which the scheduler has to answer.
    patience : Patience, optional
        Says that the cluster has no workers, and ends that wait.

    Raises
    ------
    InputError
        When dask is not installed, nothing answers at the address, or it is a tls address without certificates.
    EngineError
        When the cluster stays without workers.
    """

    def __init__(self, payload: bytes, address: str, answer: float = 10.0, patience: Patience | None = None) -> None:
        require_extra("cluster", told("error.purpose.cluster"), key="--dask", given=address)
        from distributed import Client

        _check_certificates(address)
        try:
            _check_form(address)
            self._client = Client(address, timeout=answer, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError, TimeoutError) as error:
            raise InputError(
                told("error.dask.silent", reason=_first_line(error)),
                key="--dask",
                given=address,
                allowed=told("error.dask.address"),
            ) from None
        super().__init__(_FEWEST)
        self._payload = payload
        self._address = address
        self._answer = answer
        self._patience = patience or Patience()
        self._checked = -math.inf

    def __exit__(self, *error: object) -> None:
        # A client that lost its scheduler cannot cancel any more; this must not hide the reason why the sweep ended.
        with contextlib.suppress(Exception):
            super().__exit__(*error)
        self._flying.clear()
        self._client.close()

    def _send(self, jobs: Sequence[Job]) -> Any:
        give_up = time.monotonic() + self._answer
        while self._client.status == "connecting" and time.monotonic() < give_up:
            time.sleep(0.1)
        if self._client.status != "running":
            raise EngineError(told("error.engine.dask", address=self._address))
        return self._client.submit(run_batch, self._payload, list(jobs), pure=False)

    def _fate(self, error: BaseException) -> tuple[str, str]:
        if isinstance(error, CancelledError):
            return CANCELLED, "dropped by the cluster"
        return super()._fate(error)

    def collect(self, seconds: float) -> list[Returned]:
        """Return the finished batches; once per second count the workers and look for futures that died silently.

        Raises
        ------
        EngineError
            When the cluster stays without workers, or its scheduler no longer answers.
        """
        back = super().collect(seconds)
        if time.monotonic() - self._checked > 1:
            self._checked = time.monotonic()
            self._count_workers()
            for future in [future for future in self._flying if future.status in ("cancelled", "lost")]:
                back.append(Returned(self._flying.pop(future), None, CANCELLED, future.status))
        return back

    def _count_workers(self) -> None:
        try:
            threads = sum(self._client.sync(self._client.scheduler.ncores, callback_timeout=self._answer).values())
        except (OSError, RuntimeError, TimeoutError, AttributeError):
            # Lost for a moment, or for good: sending says so. One that is only silent never would.
            self._patience.still("silent", EngineError, address=self._address)
            return
        self._patience.over("silent")
        self.capacity = 2 * threads + _FEWEST
        if threads:
            self._patience.over("dask")
        elif self._flying:
            self._patience.still("dask", EngineError, address=self._address)


def _check_form(address: str) -> None:
    """Raise ValueError unless an address has a scheme and a port that Dask knows; a client only tries for long."""
    from distributed.comm.addressing import parse_address, parse_host_port
    from distributed.comm.registry import get_backend

    scheme, place = parse_address(address)
    get_backend(scheme)
    if scheme != "inproc":
        parse_host_port(place)


def _check_certificates(address: str) -> None:
    """Raise InputError for a tls address when Dask's own configuration names no certificates, or files that are not."""
    if not address.startswith("tls://"):
        return
    import dask

    for name in ("ca-file", "client.cert", "client.key"):
        path = dask.config.get(f"distributed.comm.tls.{name}", default=None)
        # A certificate may stand in the configuration itself, over several lines.
        if not path or ("\n" not in path and not Path(path).is_file()):
            raise InputError(
                told("error.dask.tls"),
                key=f"distributed.comm.tls.{name}",
                given=path or address,
                allowed=told("error.dask.tls.allowed"),
            )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
