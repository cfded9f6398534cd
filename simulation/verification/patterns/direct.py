"""The direct products of the pattern table: what is taken away before a pattern counts as more than an equation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.files.errors import InputError, told
from simulation.files.names import nearest, nearest_key

FILE = "patterns.toml"
SWITCH_OFF = "switch-off"
"""Kind of a pattern that removes or replaces one mechanism: what is changed is the mechanism itself."""


@dataclass(frozen=True)
class Direct:
    """Every direct product between what patterns change and effectiveness.

    Attributes
    ----------
    name : str
        Name of the path, to which patterns refer.
    en, zh : str
        The products that are taken away, in words; where there are none, the reason.
    set : mapping
        Dotted keys and the values that make each such product constant; empty where there are none.
    """

    name: str
    en: str
    zh: str
    set: Mapping[str, Any] = field(default_factory=dict)


def read_direct(tables: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Direct]:
    """Return the named paths of a file of patterns.

    Parameters
    ----------
    tables : mapping
        Name to {label, set} or {none}; label and none are {en, zh}.
    values : mapping
        The dotted keys of a scenario.

    Raises
    ------
    InputError
        If a table has neither or both, lacks a language, or sets a key that no scenario has.
    """
    return {name: _one(name, table, values) for name, table in tables.items()}


def _one(name: str, table: Mapping[str, Any], values: Mapping[str, Any]) -> Direct:
    key, changes, none = f"direct.{name}", table.get("set"), table.get("none")
    whole = table.keys() == {"none"} or (table.keys() == {"label", "set"} and bool(changes))
    words = none or table.get("label") or {}
    if not whole or words.keys() != {"en", "zh"}:
        given = ", ".join(sorted(table))
        allowed = told("error.pattern.direct.allowed")
        raise InputError(told("error.pattern.direct"), file=FILE, key=key, given=given, allowed=allowed)
    for one in changes or {}:
        if one not in values:
            near = nearest_key(one, values)
            raise InputError(told("error.unknown_key"), file=FILE, key=f"{key}.set.{one}", suggestion=near)
    return Direct(name, words["en"], words["zh"], changes or {})


def direct_of(entry: Mapping[str, Any], paths: Mapping[str, Direct]) -> Direct | None:
    """Return the path to which an entry of the table refers; None for the removal of one mechanism.

    Raises
    ------
    InputError
        If the entry has neither or both of ``direct`` and ``kind``, or refers to a path that the file does not have.
    """
    key, name = f"pattern {entry['id']}", entry.get("direct")
    kind = entry.get("kind")
    if (name is None) == (kind is None) or kind not in (None, SWITCH_OFF):
        allowed = told("error.pattern.kind.allowed")
        raise InputError(told("error.pattern.kind"), file=FILE, key=key, given=kind, allowed=allowed)
    if name is None:
        return None
    if name not in paths:
        raise InputError(
            told("error.pattern.path"), file=FILE, key=f"{key}: direct", given=name, suggestion=nearest(name, paths)
        )
    return paths[name]
