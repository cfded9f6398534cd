"""A small store, finished runs to put into it, and what it then holds."""

from __future__ import annotations

import json
import sqlite3

from simulation.experiments.design.design import Design
from simulation.experiments.running.worker import OK, Outcome

DESIGN = Design.of({"sweep": {"replicates": 2}, "factors": {"a": [1, 2, 3]}})


def outcome(point, replicate=0, status=OK, seconds=0.1, weekly=None, **metrics):
    """Return a finished run with its metrics."""
    return Outcome(point, replicate, 5, status, None if status == OK else "why", seconds, "here", metrics, weekly or {})


def stored(path, query="SELECT point, replicate, status FROM runs ORDER BY point, replicate"):
    """Return the rows of a store, by another connection than the one that writes it."""
    db = sqlite3.connect(path)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


def described(**changes):
    """Return the description of a platform."""
    return json.dumps({"system": "s", "machine": "m", "cpu": ["c"], "versions": {"numpy": "1", "mesa": "3"}} | changes)
