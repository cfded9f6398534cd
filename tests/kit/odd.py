"""Tools of the tests of this folder: the one claim about bad input, and values that nobody expects."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from random import Random
from typing import Any

from simulation.files.errors import LONGEST_MESSAGE
from simulation.scenario import InputError

DEEP: dict[str, Any] = {}
for _ in range(2000):
    DEEP = {"a": DEEP}
CIRCLE: dict[str, Any] = {}
CIRCLE["a"] = CIRCLE

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, -(2**70), 10**400, 10**5000, 0.5, -0.0, 1e308, 5e-324, math.nan, math.inf,
    -math.inf, "", " ", "\0", "a\nb", "\ud800", "\u202e", "=1+1", "@SUM", "{{7*7}}", "x" * 100_000, "all", "inf",
    "../..", "/dev/zero", [], [[]], ["a", "a"], [math.nan, {}], {}, {"en": 3}, {"low": 1, "high": math.nan},
    {"low": 0, "high": 10**400}, {3: 4}, DEEP, CIRCLE, datetime.date(1, 1, 1), b"\xff", object(), 1j,
)  # fmt: skip


def told(load: Callable[[], Any]) -> str | None:
    """Call a loader; return the message of the one error that it may raise, None when it accepts."""
    try:
        load()
    except InputError as error:
        message = error.message
        assert message.isascii() or message.encode()
        assert "\n" not in message
        assert "\0" not in message
        assert len(message) <= LONGEST_MESSAGE
        return message
    return None


def spoil(table: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return a copy of a table in which one to three entries, at any depth, are replaced, added or left out."""
    copied = _copy(table)
    for _ in range(random.randint(1, 3)):
        place: Any = copied
        for _ in range(random.randint(0, 4)):
            inner = [one for one in _entries(place) if isinstance(one, dict | list) and one and not _odd(one)]
            if inner:
                place = random.choice(inner)
        keys = [*place, "added"] if isinstance(place, dict) else range(len(place))
        key = random.choice(list(keys))
        if isinstance(place, dict) and random.random() < 0.15:
            place.pop(key, None)
        else:
            place[key] = random.choice(ODD)
    return copied


def _entries(place: Any) -> list[Any]:
    return list(place.values() if isinstance(place, dict) else place)


def _odd(value: Any) -> bool:
    return any(value is one for one in ODD)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value
