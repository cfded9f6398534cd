"""The store's file: opened once and checked once; writing, going on and reading all go through this one object."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.store.database import (
    APPLICATION,
    FORMAT,
    RUN_COLUMNS,
    clear_error,
    connect,
    transaction,
)
from simulation.experiments.store.schema import check_schema
from simulation.files.errors import InputError, told
from simulation.files.reading import bounded

if TYPE_CHECKING:
    import pandas as pd

    from simulation.experiments.running.waiting import Patience


class StoreFile:
    """A store's SQLite file, open until ``close`` or until nothing refers to it any more.

    It holds no lock between statements: others may read and write meanwhile, and every query sees the last commit.

    Parameters
    ----------
    path : Path
        The file.
    create : bool
        Whether to make it if it is not there; only then may it be empty, and ``check`` is left to the caller.
    patience : Patience, optional
        Keeps the time of waits for other programs.

    Raises
    ------
    InputError
        When the file is missing, foreign or damaged.
    StoreError
        When the disk cannot be read, or another program holds the file locked too long.
    """

    def __init__(self, path: Path, *, create: bool = False, patience: Patience | None = None) -> None:
        self.path = path
        self.db = connect(path, create=create, patience=patience)
        self.close = weakref.finalize(self, self.db.close)
        if create:
            return
        try:
            with self.foreign():
                self.check()
        except BaseException:
            self.close()
            raise

    @property
    def empty(self) -> bool:
        """Tell whether the file is still empty: just made, or its sweep was killed before the first commit."""
        return bool(self.db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0)

    def check(self) -> None:
        """Raise InputError unless the file is a whole store of a format we read."""
        try:
            if self.db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
                raise InputError(told("error.store.foreign"), file=self.path)
            found = self.db.execute("PRAGMA user_version").fetchone()[0]
            if found != FORMAT:
                raise InputError(told("error.store.format"), file=self.path, given=found, allowed=str(FORMAT))
            # Before anything reads a row: a check of the pages would compute what the schema says.
            check_schema(self.db, self.path)
            verdict = self.db.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise InputError(
                told("error.store.damaged_because", reason=error), file=self.path, allowed=told("error.store.whole")
            ) from None
        if verdict != "ok":
            raise InputError(
                told("error.store.damaged_because", reason=verdict.splitlines()[-1]),
                file=self.path,
                allowed=told("error.store.whole"),
            )

    @contextlib.contextmanager
    def foreign(self) -> Iterator[None]:
        """Turn whatever SQLite or Python say in the block into one error: its content may be damaged, or not ours.

        Raises
        ------
        InputError
            When the store holds something that no sweep writes.
        StoreError
            When the disk cannot be read.
        """
        try:
            yield
        except InputError:
            raise
        except sqlite3.Error as error:
            raise clear_error(error, self.path, reading=True) from None
        except (ValueError, TypeError, LookupError, ArithmeticError, MemoryError, RecursionError) as error:
            raise InputError(
                told("error.store.damaged_because", reason=error), file=self.path, allowed=told("error.store.whole")
            ) from None

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """Write all of the block or, when it raises, nothing."""
        return transaction(self.db)

    def write(self, key: str, value: Any) -> None:
        """Keep a piece of plain data about the experiment."""
        text = json.dumps(value, ensure_ascii=False)
        self.db.execute("INSERT OR REPLACE INTO experiment VALUES (?, ?)", (key, text))

    def read(self, key: str) -> dict[str, Any]:
        """Return a piece of plain data about the experiment; empty where there is none.

        Raises
        ------
        InputError
            When the data have another form: a store may come from somebody else.
        """
        row = self.db.execute("SELECT value FROM experiment WHERE key = ?", (key,)).fetchone()
        try:
            found = {} if row is None else json.loads(row[0])
        except (ValueError, TypeError, RecursionError):
            raise InputError(told("error.store.silent"), key=key) from None
        if not isinstance(found, dict):
            raise InputError(told("error.store.silent"), key=key, given=found)
        return bounded(found)

    def metrics(self) -> list[str]:
        """Return the names of the metrics that are kept, in the order of the table's columns."""
        return [row[1] for row in self.db.execute("PRAGMA table_info(runs)")][len(RUN_COLUMNS) :]

    def counts(self, replicates: int) -> dict[str, int]:
        """Return the number of stored runs of each status, and under ``total`` the runs planned."""
        found = dict(self.db.execute("SELECT status, COUNT(*) FROM runs GROUP BY status").fetchall())
        points = self.db.execute("SELECT COUNT(*) FROM points").fetchone()[0]
        return {**found, "total": points * replicates}

    def table(self, query: str) -> pd.DataFrame:
        """Return what a query finds, as of the last commit.

        Raises
        ------
        InputError, StoreError
            As for ``foreign``.
        """
        import pandas as pd

        with self.foreign():
            try:
                return pd.read_sql_query(query, self.db)
            except pd.errors.DatabaseError as error:
                cause = error.__cause__
                raise cause if isinstance(cause, sqlite3.Error) else sqlite3.OperationalError(str(error)) from None
