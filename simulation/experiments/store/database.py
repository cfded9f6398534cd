"""SQLite as the store uses it: opening, transactions, and errors that say what to do."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from simulation.experiments.running.waiting import Patience
from simulation.files.errors import InputError, told

APPLICATION = 0x57555348
"""Marks a file as ours in SQLite's header."""
FORMAT = 1
RUN_COLUMNS = ("point", "replicate", "seed", "status", "error", "seconds", "host")
"""The columns of ``runs`` before its metrics."""
_TRY = 0.25
"""Seconds that SQLite itself waits for a lock, before patience decides whether to try again."""
_LARGEST_VALUE = 128_000_000
"""Bytes of the largest text that is read: a design with a very long list of values."""


class StoreError(RuntimeError):
    """The store cannot be read or written: a full disk, a lost mount, a lock of others. Committed rows are kept."""


class _Cursor(sqlite3.Cursor):
    """A cursor whose statements wait with patience for the locks of other programs."""

    def execute(self, sql: str, parameters: Any = (), /) -> _Cursor:
        return self._patiently(super().execute, sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> _Cursor:
        # All our statements of many rows may be repeated from the start.
        return self._patiently(super().executemany, sql, parameters)

    def _patiently(self, step: Callable[..., Any], sql: str, parameters: Any) -> Any:
        db = self.connection
        assert isinstance(db, _Connection)
        what = "read" if sql == "COMMIT" else "locked"
        while True:
            try:
                done = step(sql, parameters)
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                db.patience.still(what, StoreError, store=db.path)
                time.sleep(_TRY / 5)
            else:
                db.patience.over(what)
                return done


class _Connection(sqlite3.Connection):
    """A connection to a store.

    Attributes
    ----------
    path : Path
        The store.
    patience : Patience
        Keeps the time of waits for other programs' locks.
    """

    path: Path
    patience: Patience

    def cursor(self, factory: Any = _Cursor) -> Any:
        """Return a cursor that waits with patience."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """Execute a statement with such a cursor; SQLite's own shortcut takes another one."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Any:
        """Execute a statement for many rows with such a cursor."""
        return self.cursor().executemany(sql, parameters)


def connect(path: Path, *, create: bool = False, patience: Patience | None = None) -> sqlite3.Connection:
    """Open a store's file.

    Reading also asks for the right to write, because only then can SQLite roll back a half-done commit of a killed
    sweep.

    Parameters
    ----------
    path : Path
        The file.
    create : bool
        Whether it may be made, or be empty.
    patience : Patience, optional
        Says that another program holds the file locked, and ends that wait.

    Raises
    ------
    InputError
        When there is no such file, or the file is no database.
    StoreError
        When another program holds the file locked too long.
    """
    patience = patience or Patience()
    if not create and not path.is_file():
        raise InputError(told("error.store.none"), file=path)
    for mode in ("rwc",) if create else ("rw", "ro"):
        with contextlib.suppress(sqlite3.OperationalError):
            return _open(path, mode, patience)
    raise InputError(told("error.store.unopened"), file=path, allowed=told("error.store.readable"))


def _open(path: Path, mode: str, patience: Patience) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_TRY,
        isolation_level=None,
        check_same_thread=False,
        factory=_Connection,
    )
    db.path, db.patience = path, patience
    try:
        _distrust(db)
        db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        db.close()
        raise
    except (sqlite3.DatabaseError, UnicodeError, MemoryError):
        db.close()
        raise InputError(told("error.store.not_one"), file=path, allowed=told("error.store.made")) from None
    except BaseException:
        db.close()
        raise
    return db


def _distrust(db: sqlite3.Connection) -> None:
    """Let nothing run that a file brings along: it may come from somebody else."""
    for switch in ("TRIGGER", "VIEW", "LOAD_EXTENSION"):
        db.setconfig(getattr(sqlite3, f"SQLITE_DBCONFIG_ENABLE_{switch}"), False)
    db.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    db.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1)


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
    sqlite3.SQLITE_TOOBIG,
)
"""Messages of SQLite about foreign tables and texts; the first appears where Python cannot decode a text."""


def clear_error(error: sqlite3.Error, path: Path, lost: int = 0, *, reading: bool = False) -> Exception:
    """Return SQLite's error as one of ours, which says what happened and which data are kept."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or (reading and code in _FOREIGN):
        return InputError(told("error.store.damaged"), file=path, allowed=told("error.store.whole"))
    full = code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    reason = told("error.store.disk", reason=error) if full else str(error)
    kept = told("error.store.kept_but", number=lost) if lost else told("error.store.kept")
    return StoreError(told("error.store.failed", path=path, reason=reason, kept=kept))
