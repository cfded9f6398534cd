"""Tables written as TOML, and spoiled: entries at any depth replaced, added or left out."""

from __future__ import annotations

import json
import math
from random import Random
from typing import Any


def as_toml(table: dict[str, Any]) -> bytes:
    """Return a table as TOML, one line per entry of the top level."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items()).encode("utf-8", "replace")


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "nan" if math.isnan(value) else str(value) if math.isinf(value) else repr(value)
    if isinstance(value, int):
        return hex(value) if value > 2**64 else str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


ODD_IN_FILES: tuple[Any, ...] = (
    True, 0, 1, -1, 2**31, 2**63, 2**64, 10**30, 0.5, -0.0, 1e308, 5e-324, math.nan, math.inf, -math.inf, "", " ",
    "a\tb", "\u202e", "=1+1", "x" * 300, "all", "inf", "auto", "../..", "/dev/zero", "zhaoqing", "classroom", [], [[]],
    ["a", "a"], [1, 2, 3], {}, {"en": "a", "zh": "b"}, {"low": 0, "high": 1}, {"low": 1, "high": 9, "integer": True},
)  # fmt: skip


def spoiled(table: Any, random: Random, odd: tuple[Any, ...]) -> Any:
    """Return a copy with one entry, at any depth, replaced, doubled, moved, or left out."""
    copied = json.loads(json.dumps(table, default=str))
    places = list(_places(copied))
    if not places:
        return copied
    place = random.choice(places)
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    chosen = random.choice(keys)
    elsewhere = random.choice(places)
    match random.randrange(5):
        case 0:
            place.pop(chosen)
        case 1 if isinstance(place, dict):
            place[random.choice([key for one in places if isinstance(one, dict) for key in one])] = place[chosen]
        case 2 if isinstance(place, list):
            place.insert(chosen, place[chosen])
        case 3:
            values = list(elsewhere.values()) if isinstance(elsewhere, dict) else elsewhere
            place[chosen] = json.loads(json.dumps(random.choice(values))) if values else 0
        case _:
            place[chosen] = random.choice(odd)
    return copied


def _places(value: Any) -> Any:
    if isinstance(value, dict | list) and value:
        yield value
        for one in list(value.values() if isinstance(value, dict) else value):
            yield from _places(one)
