"""Leftovers of killed runs: a folder is marked while it is written; the next run removes abandoned ones.

A mark names the machine, and the process that writes holds a lock on it. The system releases the lock when the process
ends, however it ends. A folder is left alone if it has no mark, or if its mark is locked or names another machine.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing is marked there, so nothing is removed
    fcntl = None  # type: ignore[assignment]

MARK = ".unfinished"


@contextlib.contextmanager
def marked(folder: Path) -> Iterator[None]:
    """Mark a folder as unfinished while the block runs, for as long as this process lives."""
    mark = folder / MARK
    lock = _locked(mark, os.O_CREAT | os.O_RDWR)
    try:
        if lock is not None:
            os.write(lock, _text())
        yield
    finally:
        mark.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def remove_leftovers(target: Path) -> None:
    """Remove the folders that killed runs on this machine left unfinished beside ``target``."""
    name = re.compile(re.escape(f".{target.name}-") + r"[a-z0-9_]{8}")
    with contextlib.suppress(OSError):
        for entry in list(target.parent.iterdir()):
            if name.fullmatch(entry.name) and not entry.is_symlink():
                _remove(entry)


def _remove(folder: Path) -> None:
    lock = _locked(folder / MARK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    if lock is None:
        return
    try:
        if os.read(lock, 1000) == _text():
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _locked(mark: Path, how: int) -> int | None:
    """Return an open file on which this process alone has a lock; None where it cannot have one."""
    if fcntl is None:
        return None
    with contextlib.suppress(OSError):
        handle = os.open(mark, how, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise
        return handle
    return None


def _text() -> bytes:
    return f"wushi is writing here, on {platform.node()}; when nothing runs, this folder can be deleted\n".encode()
