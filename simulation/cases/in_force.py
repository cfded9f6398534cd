"""Values that parameters may have in a case's city, from week to week."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from simulation.evidence.worlds.space import space

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.scenario.changes import Change


def possible(case: Case, key: str) -> set[Any]:
    """Return the values that a parameter may have where no change of the scenario says otherwise.

    Of a range that is free or searched these are both ends, of free choices all of them.
    """
    if key in case.free:
        return {_as_held(case, key, value) for value in case.free[key].ends()}
    if key in case.searched:
        return set(space()[key].searched.ends())
    return {case.spec.values[key]}


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
    here = [change for change in case.spec.changes if change.everywhere or case.city in change.cities]
    dated = sorted((change for change in here if change.week is not None), key=lambda change: change.week or 0)
    turns = {first} | {week for change in dated for week in _ends(change) if first < week <= last}
    found = []
    for week in sorted(turns):
        values = {key: set(some) for key, some in given.items()}
        for change in dated:
            if _holds(change, week):
                values |= {key: {_as_held(case, key, change.set[key])} for key in given if key in change.set}
        for change in here:
            if change.week is None:
                for key in given:
                    values[key] |= {_as_held(case, key, change.set[key])} if key in change.set else set()
        found.append(values)
    return found


def _ends(change: Change) -> tuple[int, ...]:
    """Return the weeks in which a dated change begins and ends."""
    begins = change.week or 0
    return (begins, begins + change.length) if change.length else (begins,)


def _holds(change: Change, week: int) -> bool:
    begins, *ends = _ends(change)
    return begins <= week and all(week < end for end in ends)


def _as_held(case: Case, key: str, value: Any) -> Any:
    """Return a value as a scenario holds it: a word may stand for no number."""
    return case.spec.with_values({key: value}).values[key] if isinstance(value, str) else value
