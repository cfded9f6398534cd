"""Checks of the changes of a scenario: each by itself, and those that hold at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.files.errors import InputError, told
from simulation.scenario.changing import refuse_fixed
from simulation.scenario.conditions import Condition

if TYPE_CHECKING:
    from simulation.scenario.changes import Change
    from simulation.scenario.scenario import Scenario


def check_changes(spec: Scenario, sources: Mapping[str, Path]) -> None:
    """Raise InputError for a change that cannot be made, before anything runs.

    Changes by week that hold everywhere are checked together, week by week. A change with a condition, or one for some
    places, is checked by itself: whether it meets another one, only the run can tell.
    """
    file = sources.get("changes")
    for number, change in enumerate(spec.changes, 1):
        place = f"changes[{number}]"
        try:
            _check_form(change)
            _check_settings(change)
        except InputError as problem:
            key = ".".join(part for part in (place, problem.key) if part)
            raise problem.replaced(file=file or problem.file, key=key) from None
        if change.week is None or not change.everywhere:
            _try(spec, change.set, file, place)
    for week in _turns(spec.changes):
        held = _held(spec.changes, week)
        place = f"changes[{held[0] + 1}]" if len(held) == 1 else told("error.changes.together", week=week)
        _try(spec, settings_in(spec.changes, week), file, place)


def settings_in(changes: tuple[Change, ...], week: int) -> dict[str, Any]:
    """Return the settings of all changes by week that hold everywhere in a week, later ones over earlier ones."""
    settings: dict[str, Any] = {}
    for number in _held(changes, week):
        settings |= changes[number].set
    return settings


def _held(changes: tuple[Change, ...], week: int) -> list[int]:
    """Return the places in the list of the changes by week that hold everywhere in a week, by their first weeks."""
    found = []
    for number, change in enumerate(changes):
        first = change.week
        if (
            first is not None
            and change.everywhere
            and first <= week
            and (not change.length or week < first + change.length)
        ):
            found.append((first, number))
    return [number for _, number in sorted(found)]


def _turns(changes: tuple[Change, ...]) -> list[int]:
    """Return the weeks in which a change by week that holds everywhere begins or ends."""
    weeks: set[int] = set()
    for change in changes:
        if change.week is not None and change.everywhere:
            weeks |= {change.week, change.week + change.length} if change.length else {change.week}
    return sorted(weeks)


def _try(spec: Scenario, settings: Mapping[str, Any], file: Path | None, place: str) -> None:
    try:
        spec.with_settings(settings)
    except InputError as problem:
        key = told("error.changes.place", place=place, key=problem.key or "")
        raise problem.replaced(file=file, key=key) from None


def _check_form(change: Change) -> None:
    if (change.week is None) == (change.when is None):
        raise InputError(told("error.changes.when"), key="week", allowed=told("error.changes.when.allowed"))
    if change.when is not None:
        try:
            Condition.parse(change.when)
        except InputError as problem:
            raise problem.replaced(key="when") from None
    if change.repeat and (change.when is None or change.length is None):
        raise InputError(
            told("error.changes.repeat"), key="repeat", given=True, allowed=told("error.changes.repeat.allowed")
        )
    for field in ("cities", "units"):
        names = getattr(change, field)
        for name in names:
            if names.count(name) > 1:
                raise InputError(told("error.named_twice"), key=field, given=name)


def _check_settings(change: Change) -> None:
    if not change.set:
        raise InputError(told("error.changes.set.none"), key="set", allowed=told("error.changes.set.allowed"))
    for key in change.set:
        try:
            refuse_fixed(key, change.cities, change.units)
        except InputError as problem:
            raise problem.replaced(key=f"set.{key}") from None
