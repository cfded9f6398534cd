"""Names of factors, values and scenarios as a reader knows them, in English or Chinese, for pictures and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.drawing.numbers import UNDEFINED, plain
from simulation.scenario import parameters
from simulation.text import LANGUAGES, catalogue, say

_OWN = {"arm": "experiments.arm", "world": "worlds.world"}
"""Factors that are no parameters, and their labels."""

type Both = dict[str, str]
"""A text in both languages."""


def metric(name: str, lang: str) -> str:
    """Return a metric's name; one that is not the model's stays as it is."""
    return _known(f"metric.{name}", lang) or name


def meaning(name: str, lang: str) -> str:
    """Return what a metric measures, with its unit; nothing for one that is not the model's."""
    return _known(f"metric.{name}.meaning", lang) or ""


def factor(key: str, lang: str) -> str:
    """Return the meaning of a parameter or the name of a stage or arm; a key that is none of them stays as it is."""
    named = _known(f"parameter.{key}", lang) or _known(f"experiments.stage.{key}", lang)
    return named or (say(_OWN[key], lang) if key in _OWN else key)


def unit(key: str, lang: str) -> str:
    """Return the unit of a parameter; nothing where it has none."""
    given = _units().get(key, "")
    return _known(f"scenario.unit.{given}", lang) or given


def factor_with_unit(key: str, lang: str) -> str:
    """Return a parameter's meaning with its unit, as the axis of a picture says it."""
    words = unit(key, lang)
    return say("experiments.with_unit", lang, name=factor(key, lang), unit=words) if words else factor(key, lang)


def value(key: str, given: Any, lang: str) -> str:
    """Return a value of a parameter: a word in the language, yes or no, a number as one writes it by hand."""
    if isinstance(given, bool):
        return say(f"experiments.{'yes' if given else 'no'}", lang)
    if isinstance(given, int | float):
        return plain(given)
    if given is None:
        return UNDEFINED
    return _known(f"scenario.choice.{key}.{given}", lang) or _known(f"scenario.choice.{given}", lang) or str(given)


def scenario(given: Any, name: str) -> Both:
    """Return the title of a scenario in both languages; its name where it has none, as a plain function has."""
    title = getattr(given, "title", None)
    if title is None or not hasattr(title, "label"):
        return dict.fromkeys(LANGUAGES, name)
    return {lang: title.label(lang) or name for lang in LANGUAGES}


def changed(title: Mapping[str, str], changes: Mapping[str, Any]) -> Both:
    """Return the title of a scenario with some of its parameters changed."""
    found = {}
    for lang in LANGUAGES:
        listed = [
            say("experiments.change", lang, name=factor(key, lang), value=value(key, given, lang))
            for key, given in changes.items()
        ]
        found[lang] = say(
            "experiments.changed", lang, title=title[lang], changes=say("experiments.and", lang).join(listed)
        )
    return found


def _known(key: str, lang: str) -> str | None:
    entry = catalogue().get(key)
    return entry[lang] if entry else None


def _units() -> dict[str, str]:
    return {info.key: info.unit for info in parameters()}
