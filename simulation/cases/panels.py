"""One panel per measure: what was observed, date by date, and the series of a run that is comparable to it.

Rows of different dates may speak of different places. So a panel's series looks, in each week, at the places of the
latest date that has rows; at every date it is then the same quantity as the observed point. Where some rows speak of
the whole city and others of units, or some name a domain of the agenda and others count its domains, the panel shows
those that have more dates. Events are counted: how many of the observed pairs of unit and domain have come to it by
then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.cases.measures import MEASURES, Measure, Spot

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.cases.tables import ObservedRow
    from simulation.cases.watching import Seen

type Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """The observed rows of a panel in one week, summed up.

    Attributes
    ----------
    week : int
        The week.
    value, sd : float
        Value and its standard deviation, in the unit of the panel's series; for counted events the deviation is 0,
        since theirs is one of dates.
    rows : int
        Number of rows that it sums up.
    """

    week: int
    value: float
    sd: float
    rows: int


@dataclass(frozen=True)
class Panel:
    """One measure of a case.

    Attributes
    ----------
    measure : str
        Its name.
    counted : bool
        True where the series counts domains or pairs; else it is a mean over rows, in the measure's own unit.
    of_city : bool
        True where the rows shown speak of the whole city.
    points : tuple of Point
        What was observed, by week.
    coded : bool
        True where the panel counts domains of the agenda that are coded one by one.
    """

    measure: str
    counted: bool
    of_city: bool
    points: tuple[Point, ...]
    coded: bool = False


def panels(case: Case) -> tuple[Panel, ...]:
    """Return the panels of the measures that a case has rows of, in the order of `measures.MEASURES`."""
    return tuple(_panel(case, name) for name in MEASURES if any(row.measure == name for row in case.rows))


def series(case: Case, seen: Seen) -> dict[str, Floats]:
    """Return each panel's series in a run: measure to an array of shape (weeks of ``seen``,)."""
    found: dict[str, Floats] = {}
    for name, measure in MEASURES.items():
        rows = _shown(case, name)
        if not rows:
            continue
        if measure.kind == "event":
            found[name] = _events(seen, measure, rows)
        elif name == "agenda" and _coded(rows):
            active = seen.agenda[:, rows[0][1].city]
            found[name] = active[:, sorted(_coded(rows))].sum(axis=1).astype(np.float64)
        else:
            found[name] = np.array([_mean(seen, time, _latest(rows, week), name) for time, week in _times(seen)])
    return found


def _shown(case: Case, name: str) -> list[tuple[ObservedRow, Spot]]:
    """Return the rows of a measure that its panel shows, each with where it looks: of the city, or of units."""
    rows = [(row, spot) for row, spot in zip(case.rows, case.spots, strict=True) if row.measure == name]
    city, units = ([one for one in rows if (one[1].unit < 0) is of_city] for of_city in (True, False))
    shown = city if _dates(city) > _dates(units) else units
    if name != "agenda":
        return shown
    numbers, coded = ([one for one in shown if (one[1].domain < 0) is counted] for counted in (True, False))
    return numbers if _dates(numbers) > _dates(coded) else coded


def _dates(rows: list[tuple[ObservedRow, Spot]]) -> int:
    return len({spot.week for _, spot in rows})


def _times(seen: Seen) -> Iterable[tuple[int, int]]:
    return enumerate(seen.weeks)


def _events(seen: Seen, measure: Measure, rows: list[tuple[ObservedRow, Spot]]) -> Floats:
    """Return how many pairs have come to the event, each counted as far as anybody looked."""
    happened = np.array([_unless_late(measure.value(seen, spot), ends) for spot, _, ends in _pairs(rows)])
    return np.array([np.count_nonzero(happened <= week) for week in seen.weeks], dtype=np.float64)


def _unless_late(week: float, end: float) -> float:
    return week if week <= end else math.inf


def _pairs(rows: list[tuple[ObservedRow, Spot]]) -> list[tuple[Spot, float, float]]:
    """Return for each pair of unit and domain: a spot of it, the week of its event, and until when anybody looked.

    The event is infinite where none is known; a pair with a dated event counts whenever a run comes to it.
    """
    found: dict[tuple[int, int], tuple[Spot, float, float]] = {}
    for row, spot in rows:
        _, event, end = found.get((spot.unit, spot.domain), (spot, math.inf, -1.0))
        if row.value == 1:
            event = min(event, spot.week)
        end = math.inf if math.isfinite(event) else max(end, float(spot.week))
        found[spot.unit, spot.domain] = (spot, event, end)
    return list(found.values())


def _coded(rows: list[tuple[ObservedRow, Spot]]) -> set[int]:
    """Return the domains whose place on the agenda is observed one by one."""
    return {spot.domain for _, spot in rows if spot.domain >= 0}


def _latest(rows: list[tuple[ObservedRow, Spot]], week: int) -> list[tuple[ObservedRow, Spot]]:
    """Return the rows of the latest week with any, not after ``week``; before the first, those of the first."""
    weeks = sorted({spot.week for _, spot in rows})
    chosen = max((one for one in weeks if one <= week), default=weeks[0])
    return [(row, spot) for row, spot in rows if spot.week == chosen]


def _mean(seen: Seen, time: int, rows: list[tuple[ObservedRow, Spot]], name: str) -> float:
    value = MEASURES[name].value
    return float(np.mean([value(seen, spot._replace(time=time)) for _, spot in rows]))


def _panel(case: Case, name: str) -> Panel:
    rows = _shown(case, name)
    of_city = rows[0][1].unit < 0
    if MEASURES[name].kind == "event":
        return Panel(name, True, of_city, _counted(rows))
    if name == "agenda" and _coded(rows):
        return Panel(name, True, of_city, _states(rows), coded=True)
    points = []
    for week in sorted({spot.week for _, spot in rows}):
        mine = [row for row, spot in rows if spot.week == week]
        sd = math.sqrt(sum(case.sd_of(row) ** 2 for row in mine)) / len(mine)
        points.append(Point(week, sum(row.value for row in mine) / len(mine), sd, len(mine)))
    return Panel(name, name == "agenda", of_city, tuple(points))


def _counted(rows: list[tuple[ObservedRow, Spot]]) -> tuple[Point, ...]:
    """Return how many pairs had come to the event by each observed week."""
    weeks = sorted({spot.week for _, spot in rows})
    happened = [event for _, event, _ in _pairs(rows)]
    return tuple(
        Point(week, float(sum(one <= week for one in happened)), 0.0, sum(spot.week == week for _, spot in rows))
        for week in weeks
    )


def _states(rows: list[tuple[ObservedRow, Spot]]) -> tuple[Point, ...]:
    """Return how many of the coded domains were on the agenda, each as it was last observed; off before."""
    points, state = [], dict.fromkeys(_coded(rows), 0.0)
    for week in sorted({spot.week for _, spot in rows if spot.domain >= 0}):
        mine = [(row, spot) for row, spot in rows if spot.week == week and spot.domain >= 0]
        state |= {spot.domain: row.value for row, spot in mine}
        points.append(Point(week, sum(state.values()), 0.0, len(mine)))
    return tuple(points)
