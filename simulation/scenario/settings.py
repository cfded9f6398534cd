"""Settings beyond plain keys: a value from a week on (``execution.oversight@80``), and parts of a listed change.

``changes.1.week`` is the week of the first change of a scenario, ``changes.1.set.execution.oversight`` a value that it
sets: so an experiment can vary when an intervention comes, how long it lasts and how strong it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.forms import Form
from simulation.scenario.changing import can_change, refuse_fixed
from simulation.scenario.fields import LONGEST
from simulation.scenario.keys import metas, refuse_unknown

if TYPE_CHECKING:
    from simulation.scenario.changes import Change

_FROM_WEEK = re.compile(r"(?P<key>[^@]+)@(?P<week>\d{1,9})", re.ASCII)
_PART = re.compile(r"changes\.(?P<number>\d{1,6})\.(?P<part>.+)", re.ASCII)
PARTS = ("week", "when", "length", "repeat")
"""Parts of a change that can be set by themselves, beside ``set.<key>``."""


def assigned(assignment: str) -> tuple[str, str]:
    """Return key and value, as texts, of ``KEY=VALUE`` or ``KEY=VALUE@WEEK``; the latter's key is ``KEY@WEEK``.

    An ``@`` followed by digits belongs to the value of a parameter that takes any text, such as a title or a file.
    """
    key, separator, text = assignment.partition("=")
    key, text = key.strip(), text.strip()
    if not separator or not key:
        raise InputError(told("error.not_an_assignment"), given=assignment, allowed=told("error.assignment"))
    value, at, week = text.rpartition("@")
    week = week.strip()
    if at and week.isascii() and week.isdecimal() and "@" not in key and not _is_text(key):
        return f"{key}@{week}", value.strip()
    return key, text


def _is_text(key: str) -> bool:
    """Tell whether a parameter takes any text, and cannot change during a run."""
    return key in metas() and metas()[key][1].kind in ("text", "labels", "date") and not can_change(key)


def refuse_setting(key: str) -> None:
    """Raise InputError unless a key names a parameter, a parameter from a week on, or a part of a listed change."""
    plain = parameter_of(key)
    if plain is not None:
        refuse_unknown(plain)


def parameter_of(key: str) -> str | None:
    """Return the parameter that a setting gives a value; None for when a listed change begins or how long it lasts.

    Raises
    ------
    InputError
        For a part that no change has.
    """
    later, part = _FROM_WEEK.fullmatch(key), _PART.fullmatch(key)
    if later:
        refuse_fixed(later["key"])
        return later["key"]
    if part:
        inside = part["part"].removeprefix("set.")
        if inside != part["part"]:
            refuse_fixed(inside)
            return inside
        if inside not in PARTS:
            raise InputError(
                told("error.changes.part"),
                key=key,
                given=inside,
                allowed=listed((*PARTS, "set.…")),
                suggestion=nearest(inside, PARTS),
            )
        return None
    return key


def from_week(key: str) -> tuple[str, int] | None:
    """Return parameter and week of a setting such as ``execution.oversight@80``; None for any other."""
    found = _FROM_WEEK.fullmatch(key)
    return (found["key"], int(found["week"])) if found else None


def part_of_change(key: str) -> tuple[int, str] | None:
    """Return number and part of a setting such as ``changes.1.week``, the number from 1; None for any other."""
    found = _PART.fullmatch(key)
    return (int(found["number"]), found["part"]) if found else None


def with_settings_of_changes(values: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """Return values in which all settings of changes are one value for ``changes``.

    Parameters
    ----------
    values : mapping
        Dotted key to value, settings such as ``execution.oversight@80`` and ``changes.1.week`` among them.
    changes : sequence of Change
        The changes of the scenario that the values are laid over; an own entry ``changes`` takes their place.

    Raises
    ------
    InputError
        For a change that the scenario does not have.
    """
    plain = {key: value for key, value in values.items() if not _PART.fullmatch(key) and not _FROM_WEEK.fullmatch(key)}
    if len(plain) == len(values):
        return plain
    given = plain.get("changes", changes)
    if not isinstance(given, list | tuple) or not all(isinstance(one, Mapping | Form) for one in given):
        return plain  # the form of a scenario says what is wrong
    made: list[dict[str, Any]] = [dict(one) if isinstance(one, Mapping) else dict(one.__dict__) for one in given]
    for key, value in values.items():
        part = _PART.fullmatch(key)
        if part:
            _set_part(made, key, int(part["number"]), part["part"], value)
    for key, value in values.items():
        later = _FROM_WEEK.fullmatch(key)
        if later:
            _add(made, later["key"], _week(key, later["week"]), value)
    return plain | {"changes": made}


def _set_part(made: list[dict[str, Any]], key: str, number: int, part: str, value: Any) -> None:
    parameter_of(key)
    if not 1 <= number <= len(made):
        allowed = told("error.changes.number.allowed", most=len(made)) if made else told("error.changes.number.none")
        raise InputError(told("error.changes.number"), key=key, given=number, allowed=allowed)
    one = made[number - 1]
    if part.startswith("set."):
        settings = one.get("set", {})
        if isinstance(settings, Mapping):  # else the form of a scenario says what is wrong
            one["set"] = {**settings, part.removeprefix("set."): value}
    else:
        one[part] = value
        if part in ("week", "when"):
            # They replace each other.
            one["when" if part == "week" else "week"] = None


def _week(key: str, text: str) -> int:
    week = int(text)
    if week > LONGEST:
        raise InputError(
            told("error.out_of_range"), key=key, given=week, allowed=told("error.from_to", least=0, most=LONGEST)
        )
    return week


def _add(made: list[dict[str, Any]], key: str, week: int, value: Any) -> None:
    """Add a value to the last change if that is one of these, in the same week; else add a change."""
    refuse_fixed(key)
    last = made[-1] if made else None
    alone = last is not None and set(last) == {"week", "set"} and isinstance(last["set"], dict)
    if last is not None and alone and last["week"] == week and key not in last["set"]:
        last["set"] = {**last["set"], key: value}
    else:
        made.append({"week": week, "set": {key: value}})
