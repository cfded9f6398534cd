"""A Dask cluster as an engine: runs that a dead worker or a restart lost are sent again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from typing import Any

from simulation.experiments.running.engines import CANCELLED, EngineError, FutureEngine, Returned
from simulation.experiments.running.worker import Job, run_batch
from simulation.files.errors import InputError


class Dask(FutureEngine):
    """A Dask cluster by the address of its scheduler; runs that a dead worker or a restart lost are sent again.

    Parameters
    ----------
    payload : bytes
        The data that workers need.
    address : str
        Such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    InputError
        When dask is not installed or nothing answers at the address.
    """

    def __init__(self, payload: bytes, address: str, patience: float = 10.0) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise InputError(
                "Dask is not installed here",
                key="--dask",
                given=address,
                allowed="pip install 'wushi[cluster]'",
            ) from None
        try:
            self._client = Client(address, timeout=patience, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError(
                f"no Dask scheduler answers there ({str(error).splitlines()[0]})",
                key="--dask",
                given=address,
                allowed="the address of a running scheduler, such as tcp://10.0.0.1:8786",
            ) from None
        threads = sum(self._client.nthreads().values())
        super().__init__(2 * max(threads, 1) + 4)
        self._payload = payload
        self._address = address
        self._patience = patience
        self._checked = time.monotonic()

    def __exit__(self, *error: object) -> None:
        # A client that lost its scheduler cannot cancel any more; this must not hide the reason why the sweep ended.
        with contextlib.suppress(Exception):
            super().__exit__(*error)
        self._flying.clear()
        self._client.close()

    def _send(self, jobs: Sequence[Job]) -> Any:
        give_up = time.monotonic() + self._patience
        while self._client.status == "connecting" and time.monotonic() < give_up:
            time.sleep(0.1)
        if self._client.status != "running":
            raise EngineError(
                f"the Dask scheduler at {self._address} has gone; everything finished is kept; "
                "the same command continues, on the same cluster or another"
            )
        return self._client.submit(run_batch, self._payload, list(jobs), pure=False)

    def _fate(self, error: BaseException) -> tuple[str, str]:
        if isinstance(error, CancelledError):
            return CANCELLED, "dropped by the cluster"
        return super()._fate(error)

    def collect(self, seconds: float) -> list[Returned]:
        """Return the finished batches; once per second look for futures that died silently."""
        back = super().collect(seconds)
        if time.monotonic() - self._checked > 1:
            self._checked = time.monotonic()
            with contextlib.suppress(OSError, RuntimeError, TimeoutError):
                self.capacity = 2 * max(sum(self._client.nthreads().values()), 1) + 4
            for future in [future for future in self._flying if future.status in ("cancelled", "lost")]:
                back.append(Returned(self._flying.pop(future), None, CANCELLED, future.status))
        return back
