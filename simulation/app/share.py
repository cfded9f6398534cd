"""Links that carry scenario, changes, seed, week, comparison and language."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from simulation.app.controls import GROUPS, KEYS
from simulation.app.library import Library
from simulation.app.session import LARGEST_SEED, UNCHANGED, Choice
from simulation.files.errors import told
from simulation.scenario import InputError, parse_assignments
from simulation.text import LANGUAGES

LONGEST = 8_000
MOST_FIELDS = 200
CONTROLS = {control.key: control for group in GROUPS.values() for control in group}


def link(choice: Choice, library: Library) -> str:
    """Return the path and query that show the same view again, with what the page makes smaller in the scenario."""
    smaller = {key: most for key, (_, most) in library.reduced(choice.scenario).items() if key in KEYS}
    changes = {**smaller, **choice.changes}
    pairs = [("scenario", choice.scenario), ("seed", str(choice.seed)), ("week", str(choice.week))]
    if choice.compare:
        pairs.append(("compare", choice.compare))
    pairs.append(("lang", choice.lang))
    pairs += [("set", f"{key}={_toml(value)}") for key, value in sorted(changes.items())]
    return "/?" + urlencode(pairs)


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def read(query: str, library: Library, lang: str) -> tuple[Choice, list[str]]:
    """Return the choice that a query carries, and one sentence per value that was more than the page takes.

    Fields that the query leaves out have the page's defaults. Only parameters that the page has a control for are
    taken, and none beyond its control's bounds, so that a link can neither name a file nor ask for a run that nobody
    can wait for. No model is built here.

    Raises
    ------
    InputError
        When something in it cannot be used.
    """
    if len(query) > LONGEST:
        raise InputError(told("error.page.link_long"), allowed=told("error.limit.characters", most=LONGEST))
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise InputError(told("error.page.link_many"), allowed=told("error.limit.number", most=MOST_FIELDS)) from None
    single = {key: value for key, value in pairs if key != "set"}
    asked = single.get("lang", lang)
    changes, limited = _limited(_changes(value for key, value in pairs if key == "set"))
    choice = Choice(
        scenario=single.get("scenario", library.names[0]),
        changes=changes,
        seed=_whole(single.get("seed", "0"), "seed", LARGEST_SEED),
        week=_whole(single.get("week", "0"), "week", 10**6),
        compare=single.get("compare", ""),
        lang=asked if asked in LANGUAGES else lang,
    )
    if choice.compare not in ("", UNCHANGED, *library.names):
        raise InputError(told("error.page.no_scenario"), key="compare", given=choice.compare)
    library.load(choice.scenario, choice.changes)
    for key, (_, most) in library.reduced(choice.scenario).items():
        if choice.changes.get(key) == most:
            del choice.changes[key]  # the page does so by itself
    return choice, limited


def language_of(query: str, lang: str) -> str:
    """Return the language that a query names, ``lang`` if it names none, so that its errors are said in it too."""
    found = re.search(r"(?:^|&)lang=(\w{2})(?:&|$)", query[:LONGEST])
    return found[1] if found and found[1] in LANGUAGES else lang


def _changes(assignments: Iterable[str]) -> dict[str, Any]:
    changes = parse_assignments(list(assignments))
    for key in changes:
        if key not in KEYS:
            raise InputError(told("error.page.no_control"), key=key, allowed=told("error.page.no_control.allowed"))
    return changes


def _limited(changes: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the changes within the bounds of their controls, and a sentence per change that was beyond."""
    kept = dict(changes)
    beyond: list[str] = []
    for key, value in changes.items():
        most = CONTROLS[key].most if key in CONTROLS else math.inf
        if not _at_most(value, most, CONTROLS[key].words if key in CONTROLS else ()):
            kept[key] = int(most)
            limit = told("error.limit.thousands", most=int(most))
            beyond.append(InputError(told("error.page.more"), key=key, given=value, allowed=limit).message)
    return kept, beyond


def _at_most(value: Any, most: float, words: Iterable[str]) -> bool:
    """Tell whether a value is within a bound; another word than the control's own stands for "without bound"."""
    if math.isinf(most):
        return True
    if isinstance(value, str):
        return value in words or value != "all"
    return not isinstance(value, int | float) or isinstance(value, bool) or not value > most


def _whole(text: str, key: str, most: int) -> int:
    # `int` also takes signs, spaces and thousands of digits.
    if not (text.isascii() and text.isdecimal() and len(text) <= 16 and int(text) <= most):
        raise InputError(
            told("error.cannot_be_used"), key=key, given=text[:40], allowed=told("error.whole_to", most=most)
        )
    return int(text)
