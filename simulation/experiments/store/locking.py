"""The lock of a store: one sweep at a time writes to a file, whatever name it is called by.

Two locks are held. One lies beside the file, under the name that symbolic links lead to; it also keeps out sweeps on
other machines that share the disk. The other one carries the file's device and inode, and lies in a folder of the
user's on this machine; it sees hard links, of which each has a name of its own.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from simulation.files.errors import InputError, told


class StoreLock:
    """The right to write to a store, held from the beginning until ``release``.

    Parameters
    ----------
    path : Path
        The store; an empty file is made where there is none.

    Attributes
    ----------
    names : int
        Number of names (hard links) that the file has.

    Raises
    ------
    InputError
        When another command holds the store, or it cannot be locked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: list[FileLock] = []
        try:
            real = path.resolve()
            # A device or a pipe would be opened, and might wait for ever, before it shows what it is.
            if real.exists() and not real.is_file():
                raise InputError(told("error.output.not_a_file"), file=path, allowed=told("error.store.readable"))
            self._hold(real.with_name(f"{real.name}.lock"))
            with real.open("ab"):
                found = real.stat()
            self.names = found.st_nlink
            # Where there is no such folder, hard links alone stay unnoticed.
            with contextlib.suppress(OSError):
                self._hold(_own_folder() / f"{found.st_dev:x}-{found.st_ino:x}.lock")
        except (OSError, RuntimeError) as error:
            self.release()
            raise InputError(told("error.store.lock", reason=error), file=path) from None
        except InputError:
            self.release()
            raise

    def _hold(self, file: Path) -> None:
        lock = FileLock(file, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            if not file.exists():
                # The library says the same where no file can be made at all.
                raise OSError(f"{file}: no file can be made there") from None
            raise InputError(told("error.store.busy"), file=self._path) from None
        self._held.append(lock)

    def release(self) -> None:
        """Let others write; the lock files may remain."""
        while self._held:
            self._held.pop().release()


def _own_folder() -> Path:
    """Return the folder of this user's locks; raise OSError where none can be made, or it is somebody else's."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir(), f"wushi-locks-{user}")
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != user):
        raise OSError(f"{folder}: this folder is somebody else's")
    return folder
