"""Making a store and continuing one: a store accepts a design that only grows, and refuses any other change."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from simulation.experiments.design.design import Design, from_spec, identity
from simulation.experiments.store.database import APPLICATION, FORMAT
from simulation.experiments.store.file import StoreFile
from simulation.experiments.store.schema import create_tables
from simulation.files.errors import InputError, told

_GROWS = ("samples", "replicates")


def create(file: StoreFile, design: Design, task: dict[str, Any]) -> None:
    """Write an empty store with its points, inside the caller's transaction."""
    db = file.db
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {FORMAT}")
    create_tables(db, design.names, design.weekly)
    file.write("task", task)
    file.write("design", design.spec())
    _add_points(db, design)


def resume(file: StoreFile, design: Design, task: dict[str, Any]) -> None:
    """Accept the design if it is the store's, or the store's and more; inside the caller's transaction.

    Raises
    ------
    InputError
        When the scenario or the design has changed; the message names the changes.
    """
    path = file.path
    changed = _differences(file.read("task"), task)
    if changed:
        raise _refusal("the store holds runs of another scenario or task", changed, path)
    old, new = file.read("design"), design.spec()
    if old == new:
        return
    from_spec(old, path)
    fixed = {key: value for key, value in new.items() if key not in (*_GROWS, "factors", "rows", "seeds")}
    changed = _differences({key: old.get(key) for key in fixed}, fixed)
    if list(old["factors"]) != list(new["factors"]):
        changed.append(f"factors: {', '.join(old['factors'])} → {', '.join(new['factors'])}")
    changed += [f"{key}: {old[key]} → {new[key]} (fewer)" for key in _GROWS if new[key] < old[key]]
    before, now = old.get("seeds", []), new.get("seeds", [])
    if bool(before) != bool(now) or now[: len(before)] != before:
        changed += _differences({"seeds": before}, {"seeds": now})
    if changed:
        raise _refusal("the store holds runs of another design", changed, path)
    _grow(file.db, design, old, path)
    file.write("design", new)


def _add_points(db: sqlite3.Connection, design: Design) -> None:
    """Add the design's points that are not there yet, numbered on in the design's order."""
    names = design.names
    number = db.execute("SELECT COALESCE(MAX(point) + 1, 0) FROM points").fetchone()[0]
    statement = f"INSERT OR IGNORE INTO points VALUES ({', '.join('?' * (2 + len(names)))})"
    for values in design.points():
        number += db.execute(statement, (number, identity(names, values), *values)).rowcount


def _grow(db: sqlite3.Connection, design: Design, old: dict[str, Any], path: Path) -> None:
    stored = db.execute("SELECT COUNT(*) FROM points").fetchone()[0]
    # SQLite compares, so that memory does not grow with the design.
    db.execute("CREATE TEMP TABLE wanted (identity TEXT PRIMARY KEY)")
    for values in design.points():
        db.execute("INSERT OR IGNORE INTO wanted VALUES (?)", (identity(design.names, values),))
    found = db.execute("SELECT COUNT(*) FROM points WHERE identity IN (SELECT identity FROM wanted)").fetchone()[0]
    db.execute("DROP TABLE wanted")
    if found < stored:
        new = design.spec()
        changed = _differences(
            {key: old[key] for key in ("samples", "rows")}, {key: new[key] for key in ("samples", "rows")}
        )
        changed += _differences(old["factors"], new["factors"])
        why = f"{stored - found} of its {stored} points are not in the new design"
        if design.kind == "lhs":
            why += "; a larger Latin hypercube does not contain a smaller one: use random or sobol to grow"
        raise _refusal(f"the store holds runs of another design: {why}", changed, path)
    _add_points(db, design)


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    def shown(table: dict[str, Any], key: str) -> str:
        return json.dumps(table[key], ensure_ascii=False) if key in table else "nothing"

    found: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        one, two = old.get(key), new.get(key)
        if isinstance(one, dict) and isinstance(two, dict):
            # Of a table only what differs: a whole scenario would hide it.
            found += [f"{key}.{inner}" for inner in _differences(one, two)]
        elif one != two:
            found.append(f"{key}: {shown(old, key)} → {shown(new, key)}")
    return found


def _refusal(problem: str, changed: list[str], path: Path) -> InputError:
    listed = "; ".join(changed[:5]) + (f"; and {len(changed) - 5} more" if len(changed) > 5 else "")
    return InputError(
        told("error.store.continue", problem=problem, changed=listed),
        file=path,
        allowed=told("error.store.continue.allowed"),
    )
