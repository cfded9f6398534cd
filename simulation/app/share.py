"""Links that carry scenario, changes by week, seed, week, comparison, kept futures and language."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from simulation.app.choice import LARGEST_SEED, UNCHANGED, Choice, Future, Later
from simulation.app.controls import GROUPS, KEYS
from simulation.app.futures import MOST as MOST_FUTURES
from simulation.app.futures import clean
from simulation.app.library import MOST_WEEKS, Library
from simulation.app.onward import refuse_many
from simulation.files.errors import told
from simulation.scenario import InputError, parse_assignments
from simulation.text import LANGUAGES

#: Longest link that is written or read; servers and browsers take twice as much.
LONGEST = 16_000
MOST_FIELDS = 200
CONTROLS = {control.key: control for group in GROUPS.values() for control in group}


def link(choice: Choice, library: Library) -> str:
    """Return the path and query that show the same view again, with what the page makes smaller in the scenario."""
    smaller = {key: most for key, (_, most) in library.reduced(choice.scenario).items() if key in KEYS}
    pairs = [("scenario", choice.scenario), ("seed", str(choice.seed)), ("week", str(choice.week))]
    if choice.compare:
        pairs.append(("compare", choice.compare))
    pairs.append(("lang", choice.lang))
    pairs += _settings({**smaller, **choice.changes}, choice.later)
    query = urlencode(pairs)
    # Those that are not shown are left out where they make the link too long.
    for future in sorted(choice.futures, key=lambda future: future.id != choice.compare):
        longer = f"{query}&{urlencode([('future', _packed(future))])}"
        query = longer if len(longer) <= LONGEST or future.id == choice.compare else query
    return f"/?{query}"


def shortened(choice: Choice, path: str) -> bool:
    """Tell whether a link leaves out futures that are kept."""
    return path.count("&future=") < len(choice.futures)


def _settings(changes: Mapping[str, Any], later: Later) -> list[tuple[str, str]]:
    pairs = [("set", f"{key}={_toml(value)}") for key, value in sorted(changes.items())]
    for week, values in sorted(later.items()):
        pairs += [("set", f"{key}={_toml(value)}@{week}") for key, value in sorted(values.items())]
    return pairs


def _packed(future: Future) -> str:
    pairs = [("number", str(future.number)), ("name", future.name), ("scenario", future.scenario)]
    return urlencode(pairs + _settings(future.changes, future.later))


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
    pairs = _pairs(query)
    single = {key: value for key, value in pairs if key not in ("set", "future")}
    asked = single.get("lang", lang)
    changes, later, limited = _given(pairs)
    futures, more = _futures([value for key, value in pairs if key == "future"], library)
    choice = Choice(
        scenario=single.get("scenario", library.names[0]),
        changes=changes,
        seed=_whole(single.get("seed", "0"), "seed", LARGEST_SEED),
        week=_whole(single.get("week", "0"), "week", 10**6),
        compare=single.get("compare", ""),
        lang=asked if asked in LANGUAGES else lang,
        later=later,
        futures=futures,
    )
    if choice.compare not in ("", UNCHANGED, *library.names) and choice.compared is None:
        raise InputError(told("error.page.no_scenario"), key="compare", given=choice.compare)
    library.load(choice.scenario, choice.changes, choice.later)
    for key, (_, most) in library.reduced(choice.scenario).items():
        if choice.changes.get(key) == most:
            del choice.changes[key]  # the page does so by itself
    return choice, limited + more


def _pairs(query: str) -> list[tuple[str, str]]:
    if len(query) > LONGEST:
        raise InputError(told("error.page.link_long"), allowed=told("error.limit.characters", most=LONGEST))
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise InputError(told("error.page.link_many"), allowed=told("error.limit.number", most=MOST_FIELDS)) from None


def _given(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], Later, list[str]]:
    """Return the changes from the first week, those of later weeks, and a sentence per change beyond its bounds."""
    first, by_week = _changes(value for key, value in pairs if key == "set")
    changes, limited = _limited(first)
    later: dict[int, dict[str, Any]] = {}
    for week, values in sorted(by_week.items()):
        later[week], more = _limited(values)
        limited += more
    refuse_many(later)
    return changes, later, limited


def _futures(packed: list[str], library: Library) -> tuple[tuple[Future, ...], list[str]]:
    """Return the kept futures of a link; what a future's changes come to is seen when it is shown."""
    found: dict[int, Future] = {}
    limited: list[str] = []
    if len(packed) > MOST_FUTURES:
        raise InputError(told("error.page.many_futures"), allowed=told("error.limit.number", most=MOST_FUTURES))
    for one in packed:
        pairs = _pairs(one)
        single = {key: value for key, value in pairs if key != "set"}
        number = _whole(single.get("number", "0"), "future", MOST_FUTURES)
        scenario = single.get("scenario", "")
        if scenario not in library.names:
            raise InputError(told("error.page.no_scenario"), key="future", given=scenario)
        if number in (0, *found):
            allowed = told("error.from_to", least=1, most=MOST_FUTURES)
            raise InputError(told("error.cannot_be_used"), key="future", given=number, allowed=allowed)
        changes, later, more = _given(pairs)
        limited += more
        found[number] = Future(number, clean(single.get("name", "")), scenario, changes, later)
    return tuple(found[number] for number in sorted(found)), limited


def language_of(query: str, lang: str) -> str:
    """Return the language that a query names, ``lang`` if it names none, so that its errors are said in it too."""
    found = re.search(r"(?:^|&)lang=(\w{2})(?:&|$)", query[:LONGEST])
    return found[1] if found and found[1] in LANGUAGES else lang


def _changes(assignments: Iterable[str]) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    first: dict[str, Any] = {}
    later: dict[int, dict[str, Any]] = {}
    for setting, value in parse_assignments(list(assignments)).items():
        key, at, text = setting.partition("@")
        if key not in KEYS:
            raise InputError(told("error.page.no_control"), key=key, allowed=told("error.page.no_control.allowed"))
        if at:
            week = _whole(text, key, MOST_WEEKS)
            later.setdefault(week, {})[key] = value
        else:
            first[key] = value
    return first, later


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
