"""Changes as a scenario file has them: text that one can read, paste under a scenario, and load again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tomli_w

_ORDER = ("title", "week", "when", "repeat", "length", "cities", "units", "set")


def changes_text(changes: Sequence[Mapping[str, Any]]) -> str:
    """Return changes as TOML, each a table ``[[changes]]``, so that it can stand at the end of any scenario file.

    Parameters
    ----------
    changes : sequence of mapping
        As `Scenario.values` and `Scenario.to_dict` have them.
    """
    return "\n\n".join(_one(change) for change in changes)


def _one(change: Mapping[str, Any]) -> str:
    said = {name: change[name] for name in _ORDER if name in change}
    title = said.get("title")
    if isinstance(title, Mapping) and title.get("en") == title.get("zh"):
        said["title"] = title["en"]
    lines, tables = ["[[changes]]"], list[str]()
    for name, value in said.items():
        inline = _inline(name, value)
        (lines if inline else tables).append(inline or tomli_w.dumps({"changes": {name: value}}).strip())
    return "\n".join([*lines, *tables])


def _inline(name: str, value: Any) -> str:
    """Return an entry on lines of its own; nothing for a table that is too long for one line."""
    if not isinstance(value, Mapping):
        return tomli_w.dumps({name: value}).strip()
    # The library writes short tables on one line inside a list only.
    lines = tomli_w.dumps({name: [value]}).strip().split("\n")
    return f"{name} = {lines[1].strip().removesuffix(',')}" if lines[0] == f"{name} = [" and len(lines) == 3 else ""
