"""Changes "from this week on": which parameters can change then, and what a change makes of those before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.app.choice import Later
from simulation.app.track import Track
from simulation.files.errors import told
from simulation.scenario import InputError
from simulation.scenario.changing import FIXED, can_change

#: Most values that are set from later weeks on: each week with one costs some milliseconds before a run.
MOST = 40


def reason(key: str) -> str:
    """Return why a parameter cannot change during a run, as the catalogue names it (``app.fixed.…``).

    Empty for one that can.
    """
    if can_change(key):
        return ""
    return next(why for name, why in FIXED.items() if key == name or key.startswith(f"{name}."))


def with_value(later: Later, week: int, key: str, value: Any) -> Later:
    """Return later changes with one more, or another one.

    Raises
    ------
    InputError
        When there are more than `MOST`.
    """
    made = {**later, week: {**later.get(week, {}), key: value}}
    refuse_many(made)
    return dict(sorted(made.items()))


def without(later: Later, week: int, key: str) -> Later:
    """Return later changes without one."""
    made = {w: {k: v for k, v in values.items() if (w, k) != (week, key)} for w, values in later.items()}
    return {w: values for w, values in made.items() if values}


def refuse_many(later: Later) -> None:
    """Raise InputError for more later changes than the page takes."""
    number = sum(len(values) for values in later.values())
    if number > MOST:
        raise InputError(told("error.page.many_changes"), given=number, allowed=told("error.limit.number", most=MOST))


def first_difference(one: Later, two: Later) -> int | None:
    """Return the first week in which later changes differ; None where they are the same."""
    weeks = sorted({*one, *two})
    return next((week for week in weeks if one.get(week) != two.get(week)), None)


def holds_without(track: Track, later: Later, key: str) -> Any:
    """Return the value of a parameter from a track's coming week on, but for what the page changes in that very week.

    Parameters
    ----------
    track : Track
        A run with those later changes, at the week in question.
    later : mapping
        The later changes of the page; they end the list of the scenario's own.
    key : str
        Dotted key.
    """
    spec, week = track.model.spec, track.week
    own = spec.changes[len(spec.changes) - len(later) :]
    settings: dict[str, Any] = {}
    for change in track.model.schedule.holding(week):
        if change.everywhere:
            mine = change.week == week and any(change is one for one in own)
            settings |= {name: value for name, value in change.set.items() if not (mine and name == key)}
    return (spec.with_settings(settings) if settings else spec).values[key]


def value_before(values: Mapping[str, Any], later: Later, week: int, key: str) -> Any:
    """Return what the page's changes give a parameter before a week; ``values`` holds those of the first week."""
    earlier = [later[w][key] for w in sorted(later) if w < week and key in later[w]]
    return earlier[-1] if earlier else values[key]
