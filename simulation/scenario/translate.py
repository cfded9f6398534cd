"""From pydantic's findings to the one message that a user reads."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulation.files.errors import InputError, nearest
from simulation.scenario.table import metas

_RANGE = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


@functools.cache
def tables() -> set[str]:
    """Return the dotted names of all tables (``stages``, ``stages.trend``, …)."""
    found: set[str] = set()
    for key in metas():
        parts = key.split(".")
        found.update(".".join(parts[:depth]) for depth in range(1, len(parts)))
    return found


def nearest_key(key: str, known: Iterable[str] | None = None) -> str | None:
    """Return the valid dotted key nearest to ``key``: in the same table first, then by its last part."""
    names = [*metas(), *sorted(tables())] if known is None else list(known)
    table, _, leaf = key.rpartition(".")
    siblings = {name.rpartition(".")[2]: name for name in names if name.rpartition(".")[0] == table}
    close = nearest(leaf, siblings)
    if close:
        return siblings[close]
    same_leaf = [name for name in names if name.rpartition(".")[2] == leaf]
    return same_leaf[0] if len(same_leaf) == 1 else nearest(key, names)


def refuse_unknown(key: str, file: str | Path | None = None) -> None:
    """Raise InputError unless ``key`` is a parameter."""
    if key in metas():
        return
    if key in tables():
        inside = ", ".join(name for name in metas() if name.startswith(key + "."))
        raise InputError("this is a table, set a key inside it", file=file, key=key, allowed=inside)
    raise InputError("unknown key", file=file, key=key, suggestion=nearest_key(key))


def translated(error: ValidationError, sources: Mapping[str, Path], given: Mapping[str, Any]) -> InputError:
    """Return the InputError that says the most: unknown keys first, then the first wrong value.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
    sources : mapping
        Dotted key to the file that set it.
    given : mapping
        Dotted key to the value as it was given.
    """
    found = error.errors(include_url=False)
    finding = next((entry for entry in found if entry["type"] == "extra_forbidden"), found[0])
    path = [str(part) for part in finding["loc"]]
    key = ".".join(path)
    owner = next((name for name in _prefixes(path) if name in metas()), None)
    file = next((sources[name] for name in _prefixes(path) if name in sources), None)
    if file is None:
        file = next((source for name, source in sources.items() if name.startswith(key + ".")), None)
    if finding["type"] == "extra_forbidden":
        known = None
        if owner is not None:
            parent = key.rpartition(".")[0]
            known = [f"{parent}.{name}" for name in ("en", "zh", "matched")]
        return InputError("unknown key", file=file, key=key, suggestion=nearest_key(key, known))
    if owner is None:
        return InputError("must be a table", file=file, key=key, given=finding.get("input"))
    allowed = metas()[owner][1].allowed
    if finding["type"] == "missing":
        return InputError("required", file=file, key=owner, allowed=allowed)
    same = [entry for entry in found if ".".join(map(str, entry["loc"])).startswith(owner)]
    if finding["type"] == "finite_number":
        problem = "must be a finite number"
    elif any(entry["type"] in _RANGE for entry in same):
        problem = "out of range"
    else:
        problem = "cannot be used"
    value = given.get(owner, finding.get("input"))
    if len(path) > owner.count(".") + 1 and len(same) == 1:
        # Inside a list or table the innermost value says more than the whole.
        value = finding.get("input")
    else:
        key = owner
    words = metas()[owner][1].words
    near = nearest(value, words) if isinstance(value, str) and words else None
    return InputError(problem, file=file, key=key, given=value, allowed=allowed, suggestion=near)


def _prefixes(path: list[str]) -> Iterable[str]:
    return (".".join(path[:depth]) for depth in range(len(path), 0, -1))
