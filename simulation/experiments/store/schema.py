"""The tables of a store: as they are made, and the refusal of a file that holds anything else.

SQLite runs what a file's schema says: a trigger changes rows when a sweep goes on, a view or a generated column
computes for ever when it is read. So the schema is compared with our own before any row is touched.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from simulation.experiments.store.database import quoted
from simulation.files.errors import InputError, told

_NAME = r'"(?:[^"]|"")+"'
_TABLES = {
    "experiment": "CREATE TABLE experiment (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "platforms": "CREATE TABLE platforms (digest TEXT PRIMARY KEY, description TEXT NOT NULL)",
    "points": "CREATE TABLE points (point INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE{columns})",
    "runs": "CREATE TABLE runs (point INTEGER NOT NULL, replicate INTEGER NOT NULL, seed INTEGER NOT NULL, "
    "status TEXT NOT NULL, error TEXT, seconds REAL, host TEXT{columns}, PRIMARY KEY (point, replicate))",
    "weekly": "CREATE TABLE weekly (point INTEGER, replicate INTEGER, week INTEGER{columns}, "
    "PRIMARY KEY (point, replicate, week)) WITHOUT ROWID",
}
_TYPE = {"points": "", "runs": " REAL", "weekly": " REAL"}
"""Type of the columns that a design or its runs add to a table."""
ALWAYS = ("experiment", "platforms", "points", "runs")
"""The tables that every store has."""
_MOST_OBJECTS = 100
_LONGEST = 2_000_000


def create_tables(db: sqlite3.Connection, factors: Sequence[str], weekly: Sequence[str]) -> None:
    """Make the tables of an empty store, ``weekly`` only when there are series to keep."""
    columns: dict[str, Sequence[str]] = {"points": factors, "weekly": weekly}
    for table, statement in _TABLES.items():
        if table in ALWAYS or weekly:
            added = "".join(f", {quoted(name)}{_TYPE[table]}" for name in columns.get(table, ()))
            db.execute(statement.format(columns=added))


def check_schema(db: sqlite3.Connection, path: Path) -> None:
    """Raise InputError unless the file holds exactly the tables and indexes that a sweep makes.

    Raises
    ------
    InputError
        Names the first thing that no sweep makes, or a table that is missing.
    """
    query = f"SELECT type, name, tbl_name, substr(sql, 1, {_LONGEST}) FROM sqlite_master LIMIT {_MOST_OBJECTS}"
    missing = set(ALWAYS)
    for kind, name, table, sql in db.execute(query):
        if kind == "table" and name == table and isinstance(sql, str) and _is_ours(name, sql):
            missing.discard(name)
        elif not (kind == "index" and sql is None and table in _TABLES):
            raise InputError(
                told("error.store.something"),
                file=path,
                key=f"{kind} {name}",
                given=_odd_columns(db, name) if kind == "table" and name in _TABLES else sql,
                allowed=told("error.store.tables", tables=", ".join(_TABLES)),
            )
    if missing:
        raise InputError(
            told("error.store.lacks_tables"),
            file=path,
            given=", ".join(sorted(missing)),
            allowed=told("error.store.whole"),
        )


def _odd_columns(db: sqlite3.Connection, table: str) -> str | None:
    """Return the columns of one of our tables that SQLite would compute or fill in, by name."""
    rows = db.execute(f"PRAGMA table_xinfo({table})").fetchall()
    return ", ".join(name for _, name, _, _, default, _, hidden in rows if hidden or default is not None) or None


def _is_ours(table: str, sql: str) -> bool:
    """Return whether a statement makes one of our tables: no default, no check, no generated column in it."""
    if table not in _TABLES:
        return False
    # Stores of earlier versions break the line; SQLite puts an added column before or after the primary key.
    said = " ".join(sql.split())
    added = f"(?:, {_NAME}{_TYPE.get(table, '')})*"
    before, columns, after = _TABLES[table].partition("{columns}")
    pattern = re.escape(before) + (added + re.escape(after) if columns else "")
    if table == "runs":
        pattern = pattern.removesuffix(re.escape(")")) + added + re.escape(")")
    return re.fullmatch(pattern, said) is not None
