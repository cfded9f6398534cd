"""The lock of a folder of futures: of several processes that branch into one folder, one at a time changes it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from simulation.drawing.numbers import count
from simulation.files.errors import InputError, told
from simulation.text import say

LOCK = ".futures.lock"
"""The file in the folder; it goes with the lock, and one that a killed process left keeps nobody out."""
LONGEST_WAIT = 300.0
"""Seconds that one process waits for another, which may have pictures to draw."""
_PAUSE = 0.1


@contextlib.contextmanager
def alone_in(folder: Path, lang: str, longest: float = LONGEST_WAIT) -> Iterator[None]:
    """Make a folder where there is none, and let no other process write futures into it while the block runs.

    Parameters
    ----------
    folder : Path
        The folder.
    lang : {'en', 'zh'}
        Language of the line on standard error that says that, and how long, it waits.
    longest : float
        Most seconds to wait.

    Raises
    ------
    InputError
        When another process still writes after so long, or the folder cannot be written.
    """
    try:
        lock = _waited_for(folder, lang, longest)
    except (OSError, RuntimeError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise InputError(told("error.output.unwritable_because", reason=reason), file=folder, key="--out") from problem
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # some systems remove no open file; there the lock does it
            (folder / LOCK).unlink()
        lock.release()


def _waited_for(folder: Path, lang: str, longest: float) -> FileLock:
    begun, said = time.monotonic(), False
    while True:
        lock = _taken(folder)
        if lock is not None:
            return lock
        if time.monotonic() - begun >= longest:
            allowed = told("error.branch.busy.allowed")
            raise InputError(told("error.branch.busy"), file=folder, key="--out", allowed=allowed)
        if not said:
            print(say("cli.branch.waiting", lang, folder=folder, seconds=count(round(longest))), file=sys.stderr)
            said = True
        time.sleep(_PAUSE)


def _taken(folder: Path) -> FileLock | None:
    """Return the lock, held; None where another process holds it, or has just removed its file."""
    folder.mkdir(parents=True, exist_ok=True)  # again each time: a process that failed takes its folder away
    file = folder / LOCK
    lock = FileLock(file, timeout=0)
    try:
        with file.open("ab"):
            before = file.stat()
        lock.acquire()
    except (Timeout, FileNotFoundError):
        return None
    with contextlib.suppress(FileNotFoundError):
        # The lock on a file that no longer has the name keeps nobody out.
        after = file.stat()
        if (before.st_dev, before.st_ino) == (after.st_dev, after.st_ino):
            return lock
    lock.release()
    return None
