"""SQLite as the store uses it: opening, transactions, and errors that say what to do."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from simulation.files.errors import InputError

APPLICATION = 0x57555348
"""Marks a file as ours in SQLite's header."""
FORMAT = 1
RUN_COLUMNS = ("point", "replicate", "seed", "status", "error", "seconds", "host")
"""The columns of ``runs`` before its metrics."""
_WAIT = 300.0
DAMAGED = "a whole store: restore it from a copy, or name another file"


class StoreError(RuntimeError):
    """The store cannot be written any more: a full disk, a lost mount. Committed rows are kept."""


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open a store's file.

    Reading also asks for the right to write, because only then can SQLite roll back a half-done commit of a killed
    sweep.

    Raises
    ------
    InputError
        When there is no such file, or the file is no database.
    """
    if not create and not path.is_file():
        raise InputError("there is no such store", file=path)
    for mode in ("rwc",) if create else ("rw", "ro"):
        with contextlib.suppress(sqlite3.OperationalError):
            return _open(path, mode)
    raise InputError("the store cannot be opened", file=path, allowed="a file that may be read and written")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_WAIT,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        db.close()
        raise
    except (sqlite3.DatabaseError, UnicodeError, MemoryError):
        db.close()
        raise InputError("this file is not a store", file=path, allowed="a file that a sweep made") from None
    return db


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit all that the block writes or, when it raises, nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


_FOREIGN = (
    sqlite3.SQLITE_OK,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_SCHEMA,
)
"""Messages of SQLite about foreign tables and texts; the first appears where Python cannot decode a text."""


def clear_error(error: sqlite3.Error, path: Path, lost: int = 0, *, reading: bool = False) -> Exception:
    """Return SQLite's error as one of ours, which says what happened and which data are kept."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or (reading and code in _FOREIGN):
        return InputError("the store is damaged", file=path, allowed=DAMAGED)
    again = f"; {lost} finished runs could not be written and will be done again" if lost else ""
    kept = f"everything committed is kept{again}; the same command continues"
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return StoreError(f"{path}: the disk is full or cannot be written ({error}); {kept}")
    return StoreError(f"{path}: {error}; {kept}")
