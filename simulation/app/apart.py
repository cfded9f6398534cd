"""Long work of the tabs: done beside the event loop, so that every other tab lives on, and ended at a limit."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from simulation.files.errors import told
from simulation.scenario import InputError

#: Longest work for one action of a tab, in seconds; the time in which it waits for its turn does not count.
SECONDS = 60.0
#: A second one, so that a long work does not hold up every other tab.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="wushi-run")
_ENDING = threading.Event()

#: Called now and then by long work; raises where the work should end.
type Check = Callable[[], None]


class GivenUp(Exception):  # noqa: N818 - no error: nobody waits for the result any more
    """Ends work that nobody waits for."""


class Watch:
    """Ends long work when its time is over, or when nobody waits for it.

    Parameters
    ----------
    seconds : float
        Longest time, from the beginning of the work.
    clock : callable
        Returns the present time in seconds.
    """

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._begun = clock()
        self._left = threading.Event()

    def do[T](self, action: Callable[[Check], T]) -> T:
        """Begin the work; the action gets `check`, and calls it now and then."""
        self._begun = self._clock()
        self.check()
        result = action(self.check)
        self.check()
        return result

    def leave(self) -> None:
        """Say that nobody waits any more."""
        self._left.set()

    def check(self) -> None:
        """Raise InputError when the time is over, `GivenUp` when nobody waits."""
        if self._left.is_set() or _ENDING.is_set():
            raise GivenUp
        if self._clock() - self._begun > self.seconds:
            raise InputError(
                told("error.page.slow", seconds=self.seconds),
                allowed=told("error.page.slow.allowed"),
            )


async def apart[T](
    action: Callable[[Check], T], watch: Watch | None = None, threads: ThreadPoolExecutor | None = None
) -> T:
    """Do long work in another thread, and return its result.

    Parameters
    ----------
    action : callable
        The work. It gets a function to call now and then, which ends it when the time is over or the caller is gone.
        It must change nothing that the event loop reads meanwhile.
    watch : Watch, optional
        Another limit than `SECONDS`.
    threads : ThreadPoolExecutor, optional
        Other threads than those in which the tabs' actions wait for their turn.

    Raises
    ------
    InputError
        When the time is over, or the action raises it.
    """
    watch = watch or Watch()
    try:
        return await asyncio.get_running_loop().run_in_executor(threads or _THREADS, watch.do, action)
    finally:
        watch.leave()


def end() -> None:
    """End all work: the program stops."""
    _ENDING.set()
    _THREADS.shutdown(wait=False, cancel_futures=True)
