"""Interrupts of a sweep: Ctrl-C, and a cluster's time limit."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def terminable() -> Iterator[None]:
    """Treat SIGTERM (a cluster's time limit) as an interrupt: finished runs are written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def held_back() -> Iterator[None]:
    """Let an interrupt wait until the block is done; it is raised at the end of the block.

    A queue that is interrupted while it wakes its reader may leave the reader asleep for ever. Other threads than the
    main one are never interrupted, so nothing is held back there.

    Raises
    ------
    KeyboardInterrupt
        At the end, if an interrupt arrived within the block.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []

    def hold(number: int, _: object) -> None:
        arrived.append(number)

    before = {number: signal.signal(number, hold) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for caught in dict.fromkeys(arrived):
            signal.raise_signal(caught)
