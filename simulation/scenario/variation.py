"""How a scenario with changed values is told from the one that it was made of: in titles and in names of folders."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from simulation.scenario.table import parameters
from simulation.text import say

_TOLD = 3
"""Changes that a title names; of more it says how many."""
_LONG = 40
_LONGEST = 60
"""Most signs of the readable part of a folder's name."""
_PLAIN = re.compile(r"[a-z0-9+_]+([.-][a-z0-9+_]+)*")


def written(value: Any) -> str:
    """Return a value on one line, as one types it after ``--set``, cut where it is very long."""
    value = _whole(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.replace("Infinity", "inf")
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def with_changes(title: str, changes: Mapping[str, Any], lang: str) -> str:
    """Return a scenario's title followed by what was changed in it; the title alone where nothing was.

    Parameters
    ----------
    title : str
        The title as the scenario's file has it.
    changes : mapping
        Dotted key to value, as `Scenario.changes` has them.
    lang : {'en', 'zh'}
        Language of the words between them.
    """
    shown = {key: value for key, value in changes.items() if key != "weeks"}  # which stand beside every title
    if not shown:
        return title
    comma = say("report.comma", lang)
    named = comma.join(f"{key} = {written(value)}" for key, value in list(shown.items())[:_TOLD])
    if len(shown) > _TOLD:
        named += say("scenario.and_more", lang, n=len(shown) - _TOLD)
    return say("scenario.with_changes", lang, title=title, changes=named)


def folder_name(name: str, changes: Mapping[str, Any], seed: int = 0) -> str:
    """Return the name of a configuration's own folder, the same for the same configuration and for no other.

    Parameters
    ----------
    name : str
        The scenario's name; it is the whole name of the configuration without changes and with seed 0.
    changes : mapping
        Dotted key to value, as `Scenario.changes` has them.
    seed : int
        Seed of the run.

    Returns
    -------
    str
        The name with each change (``zhaoqing--rank-deputy--seed-7``), in the order of the keys. Where a value does not
        fit into a name, or the name would be long, eight digits of a digest of all changes end it.
    """
    parts = [(f"{_short(key)}-{_slug(value)}", _fits(value)) for key, value in sorted(changes.items())]
    parts += [(f"seed-{seed}", True)] if seed else []
    if not parts:
        return name
    kept: list[str] = []
    for text, _ in parts:
        if sum(map(len, kept)) + len(text) > _LONGEST:
            break
        kept.append(text)
    if len(kept) < len(parts) or not all(exact for _, exact in parts):
        content = json.dumps([sorted(changes.items()), seed], ensure_ascii=False, default=str)
        kept.append(hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:8])
    return "--".join([name, *kept])


def _short(key: str) -> str:
    """Return as many of a key's last words as tell it from every other parameter."""
    words = key.split(".")
    for count in range(1, len(words)):
        if _endings().get(".".join(words[-count:])) == 1:
            return "-".join(words[-count:]).replace("_", "-")
    return _slug("-".join(words).replace("_", "-"))


@functools.cache
def _endings() -> dict[str, int]:
    """Return every ending of a parameter's key, in whole words, and how many parameters have it."""
    counts: dict[str, int] = {}
    for info in parameters():
        words = info.key.split(".")
        for count in range(1, len(words) + 1):
            ending = ".".join(words[-count:])
            counts[ending] = counts.get(ending, 0) + 1
    return counts


def _fits(value: Any) -> bool:
    return _slug(value) == _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(_whole(value))


def _whole(value: Any) -> Any:
    """Return 6 for 6.0: nobody types the nought."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _slug(value: Any) -> str:
    text = re.sub(r"[^a-z0-9+_.-]+", "-", _text(value).lower())[:_LONG].strip(".-")
    return text if _PLAIN.fullmatch(text) else re.sub(r"[.-]{2,}", "-", text) or "changed"
