"""Links that carry scenario, changes, seed, week, comparison and language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from simulation.app.controls import KEYS
from simulation.app.library import Library
from simulation.app.session import LARGEST_SEED, UNCHANGED, Choice
from simulation.scenario import InputError, parse_assignments
from simulation.text import LANGUAGES

LONGEST = 8_000


def link(choice: Choice) -> str:
    """Return the path and query that show the same view again."""
    pairs = [("scenario", choice.scenario), ("seed", str(choice.seed)), ("week", str(choice.week))]
    if choice.compare:
        pairs.append(("compare", choice.compare))
    pairs.append(("lang", choice.lang))
    pairs += [("set", f"{key}={_toml(value)}") for key, value in sorted(choice.changes.items())]
    return "/?" + urlencode(pairs)


def _toml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def read(query: str, library: Library, lang: str) -> Choice:
    """Return the choice that a query carries; fields that it leaves out have the page's defaults.

    Only parameters that the page has a control for are taken, so that a link can neither name a file nor ask for a run
    that nobody can wait for.

    Raises
    ------
    InputError
        When something in it cannot be used.
    """
    if len(query) > LONGEST:
        raise InputError("the link is too long", allowed=f"at most {LONGEST} characters")
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200)
    single = {key: value for key, value in pairs if key != "set"}
    asked = single.get("lang", lang)
    choice = Choice(
        scenario=single.get("scenario", library.names[0]),
        changes=_changes(value for key, value in pairs if key == "set"),
        seed=_whole(single.get("seed", "0"), "seed", LARGEST_SEED),
        week=_whole(single.get("week", "0"), "week", 10**6),
        compare=single.get("compare", ""),
        lang=asked if asked in LANGUAGES else lang,
    )
    if choice.compare not in ("", UNCHANGED, *library.names):
        raise InputError("no such scenario on this page", key="compare", given=choice.compare)
    library.load(choice.scenario, choice.changes)
    return choice


def _changes(assignments: Iterable[str]) -> dict[str, Any]:
    changes = parse_assignments(list(assignments))
    for key in changes:
        if key not in KEYS:
            raise InputError("this page has no control for it", key=key, allowed="a parameter with a control")
    return changes


def _whole(text: str, key: str, most: int) -> int:
    # `int` also takes signs, spaces and thousands of digits.
    if not (text.isascii() and text.isdecimal() and len(text) <= 16 and int(text) <= most):
        raise InputError("cannot be used", key=key, given=text[:40], allowed=f"a whole number from 0 to {most}")
    return int(text)
