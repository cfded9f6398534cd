"""The dotted keys of a scenario: which there are, what is known of each, and which one an unknown key resembles."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, listed, told
from simulation.files.forms import dotted
from simulation.files.names import nearest_key
from simulation.scenario.fields import Meta, Table
from simulation.scenario.schema import Schema


@functools.cache
def metas() -> dict[str, tuple[Any, Meta]]:
    """Return dotted key to (default, `Meta`), in file order."""
    return dict(walk(Schema, ""))


def walk(table: type[Table], prefix: str) -> Iterator[tuple[str, tuple[Any, Meta]]]:
    """Yield the parameters of a table and of the tables inside it, as ``metas`` has them."""
    for name, field in table.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and isinstance(extra.get("meta"), Meta):
            default = None if field.is_required() else field.default
            yield prefix + name, (default, extra["meta"])  # type: ignore[misc]
        elif isinstance(field.annotation, type) and issubclass(field.annotation, Table):
            yield from walk(field.annotation, f"{prefix}{name}.")


@functools.cache
def tables() -> frozenset[str]:
    """Return the dotted names of all tables (``stages``, ``stages.trend``, …)."""
    parts = (key.split(".") for key in metas())
    return frozenset(".".join(names[:depth]) for names in parts for depth in range(1, len(names)))


def by_key(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as dotted keys, however they are nested.

    A parameter that is a table itself (``plan.table``) stays whole, and so does an empty table, which sets nothing and
    is refused by whoever takes the settings. ``changes`` is a list: a table there holds parts of listed changes.
    """
    return dotted(settings, lambda name, table: (name in metas() and name != "changes") or not table)


def refuse_unknown(key: str, file: str | Path | None = None) -> None:
    """Raise InputError unless ``key`` is a parameter."""
    if key in metas():
        return
    if key in tables():
        inside = listed(name for name in metas() if name.startswith(key + "."))
        raise InputError(told("error.key.table"), file=file, key=key, allowed=inside)
    around = next((name for name in _around(key) if name in metas()), None)
    if around is not None:
        raise InputError(told("error.key.inside_whole", whole=around), file=file, key=key, allowed=_whole(key, around))
    near = nearest_key(key, [*metas(), *sorted(tables())], table=False)
    raise InputError(told("error.unknown_key"), file=file, key=key, suggestion=near)


def _around(key: str) -> Iterator[str]:
    """Yield the keys of the tables around a key, the innermost first."""
    while "." in key:
        key = key.rpartition(".")[0]
        yield key


def _whole(key: str, around: str) -> str:
    """Return how a part of a value that is set as a whole can be given, in words."""
    if metas()[around][1].kind not in _TABLES:
        return metas()[around][1].allowed
    table, _, leaf = key.rpartition(".")
    return told("error.key.in_file", table=table, leaf=leaf, whole=around)


#: Kinds of parameter that are tables in a file.
_TABLES = {"domains", "departments", "facts", "weights", "assignment"}
