"""Values of a branch that changes of the run itself set again later, so that they do not hold to the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.scenario import Scenario


@dataclass(frozen=True)
class Overridden:
    """A value that holds only until a listed change sets the same parameter.

    Attributes
    ----------
    key : str
        The parameter.
    week : int
        First week of the value.
    number : int
        Number of the listed change, from 1.
    later : int
        First week of the listed change.
    until : int or None
        First week in which the listed change no longer holds; None for good.
    """

    key: str
    week: int
    number: int
    later: int
    until: int | None = None


def overridden(spec: Scenario, listed: int) -> list[Overridden]:
    """Return the values of a scenario's new changes that its earlier ones, everywhere and by week, set again later.

    Parameters
    ----------
    spec : Scenario
        A scenario with further changes.
    listed : int
        How many of its changes it had before; the further ones stand after them.

    Returns
    -------
    list of Overridden
        Per value the first listed change that sets it again while it holds.
    """
    found: dict[tuple[int, str], Overridden] = {}
    for place, new in enumerate(spec.changes[listed:]):
        if new.week is None:
            continue
        end = spec.weeks if new.length is None else min(new.week + new.length, spec.weeks)
        for number, old in enumerate(spec.changes[:listed], 1):
            if old.week is None or not old.everywhere or not new.week < old.week < end:
                continue
            until = None if old.length is None or old.week + old.length >= spec.weeks else old.week + old.length
            for key in new.set:
                known = found.get((place, key))
                if key in old.set and (known is None or old.week < known.later):
                    found[place, key] = Overridden(key, new.week, number, old.week, until)
    return list(found.values())
