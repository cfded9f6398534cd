"""How a scenario with changed values is told from the one that it was made of: in titles and in names of folders."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
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
        Dotted key to value, as `Scenario.overrides` has them.
    lang : {'en', 'zh'}
        Language of the words between them.
    """
    shown: list[str] = []
    comma = "report.comma"
    for key, value in changes.items():
        listed = listed_changes(value) if key == "changes" else None
        if listed is not None:
            comma = "variation.and"  # a change has commas of its own
            shown += [change_in_words(one, lang) for one in listed] or [say("variation.none", lang)]
        elif key != "weeks":  # which stand beside every title
            shown.append(f"{key} = {written(value)}")
    if not shown:
        return title
    named = say(comma, lang).join(shown[:_TOLD])
    if len(shown) > _TOLD:
        named += say("scenario.and_more", lang, n=len(shown) - _TOLD)
    return say("scenario.with_changes", lang, title=title, changes=named)


def listed_changes(value: Any) -> list[Mapping[str, Any]] | None:
    """Return the changes of a run (``[[changes]]``) that plain data lists; None where it lists anything else."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    whole = all(
        isinstance(one, Mapping)
        and isinstance(one.get("set"), Mapping)
        and (one.get("week") is None) != (one.get("when") is None)
        for one in value
    )
    return list(value) if whole else None


def change_in_words(
    change: Mapping[str, Any], lang: str, setting: Callable[[str, Any], str] | None = None, titled: bool = True
) -> str:
    """Return a change of a run in words: "oversight = 0.2 from week 80", "… for 26 weeks", "… in Zhaoqing".

    Parameters
    ----------
    change : mapping
        The change as plain data, as `Scenario.overrides` and a provenance have it.
    lang : {'en', 'zh'}
        Language of the words.
    setting : callable, optional
        Says a parameter and its value; by default as they are typed, with as many of the key's last words as tell it
        from every other.
    titled : bool
        Whether the title of a change that has one stands for what it sets.
    """
    said = setting or (lambda key, value: f"{'.'.join(_last_words(key))} = {written(value)}")
    title = _title(change.get("title"), lang) if titled else ""
    settings = say("report.comma", lang).join(said(key, value) for key, value in change["set"].items())
    what = say("variation.titled", lang, title=title) if title else settings
    places = [*change.get("cities", ()), *change.get("units", ())]
    if places:
        what = say("variation.in", lang, what=what, places=say("report.comma", lang).join(places))
    if change.get("week") is not None:
        what = say("variation.from", lang, what=what, week=change["week"])
    elif change.get("repeat"):
        what = say("variation.whenever", lang, what=what, condition=change["when"])
    else:
        what = say("variation.once", lang, what=what, condition=change["when"])
    length = change.get("length")
    if length is None:
        return what
    return (
        say("variation.for_one", lang, what=what)
        if length == 1
        else say("variation.for", lang, what=what, length=length)
    )


def _title(given: Any, lang: str) -> str:
    if isinstance(given, Mapping):
        return str(given.get(lang) or given.get("en") or given.get("zh") or "")
    return str(given or "")


def folder_name(name: str, changes: Mapping[str, Any], seed: int = 0) -> str:
    """Return the name of a configuration's own folder, the same for the same configuration and for no other.

    Parameters
    ----------
    name : str
        The scenario's name; it is the whole name of the configuration without changes and with seed 0.
    changes : mapping
        Dotted key to value, as `Scenario.overrides` has them.
    seed : int
        Seed of the run.

    Returns
    -------
    str
        The name with each change (``zhaoqing--rank-deputy--seed-7``, ``zhaoqing--oversight-0.2-from-80``), in the order
        of the keys. Where a value does not fit into a name, or the name would be long, eight digits of a digest of all
        changes end it.
    """
    parts: list[tuple[str, bool]] = []
    for key, value in sorted(changes.items()):
        listed = listed_changes(value) if key == "changes" else None
        parts += map(_in_name, listed) if listed else [(f"{_short(key)}-{_slug(value)}", _fits(value))]
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


def _in_name(change: Mapping[str, Any]) -> tuple[str, bool]:
    """Return a change of a run as a part of a folder's name, and whether it says all of the change.

    The order within ``set`` changes nothing; places, conditions and titles hold signs that a name cannot.
    """
    settings = sorted(change["set"].items())
    words = [f"{_short(key)}-{_slug(value)}" for key, value in settings]
    words += [f"in-{_slug(name)}" for name in (*change.get("cities", ()), *change.get("units", ()))]
    timed = change.get("week") is not None
    words.append(f"from-{change['week']}" if timed else f"when-{_slug(change['when'])}")
    length = change.get("length")
    words += [] if length is None else [f"for-{length}"]
    plain = all(_fits(value) and "-" not in _text(value) for _, value in settings)
    exact = plain and timed and set(change) <= {"week", "set", "length"} and _is_week(change["week"], length)
    return "-".join(words), exact


def _is_week(*given: Any) -> bool:
    return all(value is None or (isinstance(value, int) and not isinstance(value, bool)) for value in given)


def _short(key: str) -> str:
    """Return as many of a key's last words as tell it from every other parameter, as a folder's name has them."""
    return _slug("-".join(_last_words(key)).replace("_", "-"))


def _last_words(key: str) -> list[str]:
    """Return as many of a key's last words as tell it from every other parameter; all of them for an unknown key."""
    words = key.split(".")
    for count in range(1, len(words)):
        if _endings().get(".".join(words[-count:])) == 1:
            return words[-count:]
    return words


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
