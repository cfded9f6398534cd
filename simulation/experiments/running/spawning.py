"""The spawn method of multiprocessing, without importing the user's script in every worker."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import threading
from collections.abc import Iterator
from typing import Any

_spawning = threading.Lock()


@contextlib.contextmanager
def hidden_main() -> Iterator[None]:
    """Keep multiprocessing from importing the user's script in every worker.

    Functions travel by value, so workers need nothing of the script; and a script without the usual guard
    would otherwise start its sweep again in each worker.
    """
    main = sys.modules["__main__"]
    with _spawning:
        kept: dict[str, Any] = {
            name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__
        }
        main.__spec__ = None
        try:
            yield
        finally:
            main.__dict__.update(kept)


class Process(multiprocessing.context.SpawnProcess):
    """A spawned process that does not import the user's script."""

    def start(self) -> None:
        """Start it, the script out of sight."""
        with hidden_main():
            super().start()
