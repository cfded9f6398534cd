"""Names of factors, values and scenarios as a reader knows them, in English or Chinese, for pictures and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.drawing.numbers import UNDEFINED, plain
from simulation.scenario import parameters
from simulation.scenario.settings import PARTS, from_week, part_of_change
from simulation.scenario.variation import change_in_words, listed_changes
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


def parameter(key: str) -> str:
    """Return the parameter to which a factor gives a value: that of ``KEY@80`` and ``changes.1.set.KEY`` is ``KEY``."""
    later, part = from_week(key), part_of_change(key)
    if later is not None:
        return later[0]
    return key if part is None else part[1].removeprefix("set.")


def is_known(key: str) -> bool:
    """Tell whether a factor is a parameter, one from a week on, or a part of a change."""
    part = part_of_change(key)
    return (part is not None and part[1] in PARTS) or f"parameter.{parameter(key)}" in catalogue()


def factor(key: str, lang: str) -> str:
    """Return the meaning of a parameter or the name of a stage or arm; a key that is none of them stays as it is.

    A value from a week on is "From week 80: …", the week of a change "Week of change 1".
    """
    later, part = from_week(key), part_of_change(key)
    if later is not None:
        return say("experiments.factor.from_week", lang, week=later[1], name=_inside(factor(later[0], lang)))
    if part is not None and part[1] in PARTS:
        return say(f"experiments.factor.{part[1]}", lang, number=part[0])
    if part is not None:
        name = _inside(factor(part[1].removeprefix("set."), lang))
        return say("experiments.factor.in_change", lang, number=part[0], name=name)
    named = _known(f"parameter.{key}", lang) or _known(f"experiments.stage.{key}", lang)
    return named or (say(_OWN[key], lang) if key in _OWN else key)


def unit(key: str, lang: str) -> str:
    """Return the unit of a parameter; nothing where it has none."""
    part = part_of_change(key)
    given = "weeks" if part is not None and part[1] == "length" else _units().get(parameter(key), "")
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
    key = parameter(key)
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
        listed = [words for key, given in changes.items() for words in change(key, given, lang)]
        found[lang] = say(
            "experiments.changed", lang, title=title[lang], changes=say("experiments.and", lang).join(listed)
        )
    return found


def change(key: str, given: Any, lang: str) -> list[str]:
    """Return what one setting changes in words: "oversight: 0.2 from week 80", or every change that a list holds."""

    def said(name: str, new: Any) -> str:
        return say("experiments.change", lang, name=factor(name, lang), value=value(name, new, lang))

    later, listed = from_week(key), listed_changes(given) if key == "changes" else None
    if later is not None:
        return [change_in_words({"week": later[1], "set": {later[0]: given}}, lang, said)]
    if listed is not None:
        return [change_in_words(one, lang, said) for one in listed] or [say("variation.none", lang)]
    return [said(key, given)]


def listed(changes: Any, lang: str) -> str:
    """Return the changes of a scenario in words, as plain data has them; nothing where there are none."""
    return say("experiments.and", lang).join(change("changes", changes, lang)) if changes else ""


def _inside(name: str) -> str:
    """Return a name as it stands within a phrase: its first letter small, unless it begins with an abbreviation."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _known(key: str, lang: str) -> str | None:
    entry = catalogue().get(key)
    return entry[lang] if entry else None


def _units() -> dict[str, str]:
    return {info.key: info.unit for info in parameters()}
