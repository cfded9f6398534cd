"""Values that parameters may have in a case's city, from week to week."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any, NamedTuple

from simulation.evidence.worlds.space import space

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.scenario import Scenario
    from simulation.scenario.changes import Change
    from simulation.scenario.signals import Signal


class Stretch(NamedTuple):
    """Weeks in which no dated change of the case's city begins or ends.

    Attributes
    ----------
    first, last : int
        Its weeks, both included.
    dated : tuple of Change
        Dated changes that hold in it; of two that set one parameter, the later one counts.
    perhaps : tuple of Change
        Changes with a condition: each may hold in any week, or in none.
    """

    first: int
    last: int
    dated: tuple[Change, ...]
    perhaps: tuple[Change, ...]


def possible(case: Case, key: str) -> set[Any]:
    """Return the values that a parameter may have where no change of the scenario says otherwise.

    Of a range that is free or searched these are both ends, of free choices all of them.
    """
    if key in case.free:
        return {_as_held(case, key, value) for value in case.free[key].ends()}
    if key in case.searched:
        return set(space()[key].searched.ends())
    return {_as_held(case, key, case.spec.values[key])}


def in_force(case: Case, given: Mapping[str, Set[Any]], first: int, last: int) -> list[dict[str, set[Any]]]:
    """Return what some parameters may be in the case's city, once for each stretch of weeks without a dated change.

    Parameters
    ----------
    case : Case
        The case.
    given : mapping
        Dotted key to the values that hold where no change says otherwise.
    first, last : int
        Weeks that are looked at, both included.

    Returns
    -------
    list of dict
        Dotted key to values. A change with a condition may hold in any week, or in none.
    """
    return [values_in(case, given, stretch) for stretch in stretches(case, first, last)]


def stretches(case: Case, first: int, last: int) -> list[Stretch]:
    """Return the stretches of weeks from ``first`` to ``last``, both included, in their order."""
    here = [change for change in case.spec.changes if change.everywhere or case.city in change.cities]
    dated = sorted((change for change in here if change.week is not None), key=lambda change: change.week or 0)
    perhaps = tuple(change for change in here if change.week is None)
    turns = sorted({first} | {week for change in dated for week in _ends(change) if first < week <= last})
    ends = [week - 1 for week in turns[1:]] + [last]
    return [
        Stretch(week, end, tuple(change for change in dated if _holds(change, week)), perhaps)
        for week, end in zip(turns, ends, strict=True)
    ]


def values_in(case: Case, given: Mapping[str, Set[Any]], stretch: Stretch) -> dict[str, set[Any]]:
    """Return what some parameters may be in a stretch of weeks; ``given`` is as for `in_force`."""
    values = {key: set(some) for key, some in given.items()}
    for change in stretch.dated:
        values |= {key: {_as_held(case, key, change.set[key])} for key in given if key in change.set}
    for change in stretch.perhaps:
        for key in given:
            values[key] |= {_as_held(case, key, change.set[key])} if key in change.set else set()
    return values


def listed_in(case: Case, stretch: Stretch) -> list[tuple[Signal, ...]]:
    """Return the lists of signals that may be in force in a stretch of weeks, each whole."""
    held = [change for change in stretch.dated if "signals" in change.set][-1:]
    before = [] if held else [case.spec.signals]
    also = [change for change in stretch.perhaps if "signals" in change.set]
    return [*before, *(signals_set(case.spec, change) for change in (*held, *also))]


def signals_set(spec: Scenario, change: Change) -> tuple[Signal, ...]:
    """Return the signals that a change of a scenario lists; none if it does not set them."""
    return spec.with_settings({"signals": change.set["signals"]}).signals if "signals" in change.set else ()


def _ends(change: Change) -> tuple[int, ...]:
    """Return the weeks in which a dated change begins and ends."""
    begins = change.week or 0
    return (begins, begins + change.length) if change.length else (begins,)


def _holds(change: Change, week: int) -> bool:
    begins, *ends = _ends(change)
    return begins <= week and all(week < end for end in ends)


def _as_held(case: Case, key: str, value: Any) -> Any:
    """Return a value as a scenario holds it: a word may stand for no number; a list as a tuple."""
    if isinstance(value, list):
        return tuple(value)
    return case.spec.with_values({key: value}).values[key] if isinstance(value, str) else value
