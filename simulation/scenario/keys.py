"""The dotted keys of a scenario: which there are, what is known of each, and which one an unknown key resembles."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError
from simulation.files.forms import dotted, nearest_key
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
    is refused by whoever takes the settings.
    """
    return dotted(settings, lambda name, table: name in metas() or not table)


def refuse_unknown(key: str, file: str | Path | None = None) -> None:
    """Raise InputError unless ``key`` is a parameter."""
    if key in metas():
        return
    if key in tables():
        inside = ", ".join(name for name in metas() if name.startswith(key + "."))
        raise InputError("this is a table, set a key inside it", file=file, key=key, allowed=inside)
    near = nearest_key(key, [*metas(), *sorted(tables())])
    raise InputError("unknown key", file=file, key=key, suggestion=near)
