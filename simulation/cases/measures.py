"""Observed measures: what a document can say of a unit, and what the model has in its place.

A measure states how its value is read, which places and domains it speaks of, how exact a row is that does not say so,
and which tables of parameters its values depend on first of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulation.cases.tables import ObservedRow
    from simulation.cases.watching import Seen

type Kind = Literal["event", "state", "count", "share"]
"""A date on which something happened; true or false at a date; a number of things; a share from 0 to 1."""


class Spot(NamedTuple):
    """Where a row looks: places in the arrays of `watching.Seen`; −1 for the whole city and for no single domain."""

    week: int
    time: int
    unit: int
    domain: int
    city: int


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes
    ----------
    name : str
        As in the column ``measure``.
    kind : str
        How its value is read; ``agenda`` without a domain is a count.
    sd : float
        Standard deviation of a row that gives none, in the value's unit, for events in weeks. An assumption; a case
        may set it (``case.sd``).
    of_city, of_unit : bool
        May a row speak of the whole city, of a county or department?
    domain : {"needed", "free", "unit"}
        Must a row name a domain? ``unit``: it must where it speaks of a unit.
    informs : tuple of str
        Tables of parameters, and parameters, on which it depends first of all (`tests/cases/test_measures.py`).
    value : callable
        Returns the model's value at a spot.
    """

    name: str
    kind: Kind
    sd: float
    of_city: bool
    of_unit: bool
    domain: Literal["needed", "free", "unit"]
    informs: tuple[str, ...]
    value: Callable[[Seen, Spot], float]


def _agenda(seen: Seen, spot: Spot) -> float:
    active = seen.agenda[spot.time, spot.city]
    return float(active.sum() if spot.domain < 0 else active[spot.domain])


def _adopted(seen: Seen, spot: Spot) -> float:
    week = seen.since[spot.unit, spot.domain]
    return math.inf if week < 0 else float(week)


def _withdrawn(seen: Seen, spot: Spot) -> float:
    week = seen.withdrawn[spot.unit, spot.domain]
    return math.inf if week < 0 else float(week)


def _sites(seen: Seen, spot: Spot) -> float:
    mine = seen.city_sites[spot.time, spot.city] if spot.unit < 0 else seen.sites[spot.time, spot.unit]
    return float(mine.sum() if spot.domain < 0 else mine[spot.domain])


def _reported(seen: Seen, spot: Spot) -> float:
    if spot.unit < 0:
        reported = seen.city_reported[spot.time, spot.city]
        has_site = (seen.sites[spot.time][seen.model.world.unit_city == spot.city] > 0).any(axis=0)
    else:
        reported, has_site = seen.reported[spot.time, spot.unit], seen.sites[spot.time, spot.unit] > 0
    if spot.domain >= 0:
        return float(reported[spot.domain])
    return float(reported[has_site].mean()) if has_site.any() else 0.0


def _participation(seen: Seen, spot: Spot) -> float:
    if spot.domain < 0:
        return float(seen.took_part[spot.time, spot.city])
    if spot.unit < 0:
        return float(seen.city_participation[spot.time, spot.city, spot.domain])
    return float(seen.participation[spot.time, spot.unit, spot.domain])


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure("agenda", "state", 1.0, True, False, "free", ("agenda", "stages.authority"), _agenda),
        Measure(
            "adopted",
            "event",
            6.0,
            False,
            True,
            "needed",
            ("diffusion", "agenda", "scouting", "evaluation.proven_at"),
            _adopted,
        ),
        Measure("sites", "count", 2.0, True, True, "free", ("evaluation.rollout", "execution", "departments"), _sites),
        Measure("reported", "share", 0.1, True, True, "free", ("effect", "evaluation.inflate", "execution"), _reported),
        Measure("participation", "share", 0.1, True, True, "unit", ("citizens", "bodies", "effect"), _participation),
        Measure("withdrawn", "event", 6.0, False, True, "needed", ("execution",), _withdrawn),
    )
}
"""Name to measure, in the order in which they are shown."""


def spots(
    rows: Sequence[ObservedRow],
    week_of: Callable[[ObservedRow], int],
    units: Sequence[str],
    cities: Sequence[str],
    domains: Sequence[str],
) -> tuple[Spot, ...]:
    """Return where each row looks; times count the distinct weeks of all rows in order."""
    weeks = [week_of(row) for row in rows]
    time = {week: place for place, week in enumerate(sorted(set(weeks)))}
    unit, city = ({name: place for place, name in enumerate(names)} for names in (units, cities))
    column = {name: place for place, name in enumerate(domains)}
    return tuple(
        Spot(week, time[week], unit.get(row.unit, -1), column.get(row.domain, -1), city.get(row.unit, -1))
        for row, week in zip(rows, weeks, strict=True)
    )


def predictions(rows: Sequence[ObservedRow], places: Sequence[Spot], seen: Seen) -> NDArray[np.float64]:
    """Return the model's value of each row, shape (rows,).

    Events are weeks, infinite where the event never happened; all others stand in the value's own unit.
    """
    return np.array(
        [MEASURES[row.measure].value(seen, spot) for row, spot in zip(rows, places, strict=True)], dtype=np.float64
    )
