"""Names and values of parameters as the page says them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulation.app.controls import KEYS, SWITCHES, parameter
from simulation.drawing.numbers import plain
from simulation.text import say


def key_name(key: str, lang: str) -> str:
    """Return the name of a parameter's control; the dotted key where the page has none for it."""
    if key not in KEYS:
        return key
    for stage, switch in SWITCHES.items():
        if key == switch:
            return say("app.changes.stage", lang, stage=say(f"app.group.{stage}", lang))
    return say(f"app.control.{key}", lang)


def values_text(values: Mapping[str, Any], lang: str) -> str:
    """Return names and values of several parameters in one line."""
    return "; ".join(
        say("app.changes.value", lang, name=key_name(key, lang), value=value_text(key, value, lang))
        for key, value in values.items()
    )


def value_text(key: str, value: Any, lang: str) -> str:
    """Return a value as the controls show it."""
    if isinstance(value, bool):
        return say("app.on" if value else "app.off", lang)
    if isinstance(value, str):
        known = value in parameter(key).choices and key not in SWITCHES.values()
        return say(f"scenario.choice.{key}.{value}", lang) if known else "∞" if value == "inf" else value
    if isinstance(value, int | float):
        return "∞" if math.isinf(value) else plain(float(value))
    return "…"
