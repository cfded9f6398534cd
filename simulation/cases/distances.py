"""Distance of a run from what was observed, by the kind of each row's data.

Every row gives a residual, (prediction − value) ÷ √(sd² + v): sd is the row's standard deviation, v the variance of the
prediction between seeds of one vector. Rows that chance alone decides thus count little. Dated events give two more
residuals per measure, of their hazard and of their order. The squared distance is the sum over measures of the number
of rows times the mean square of the measure's residuals, so that each row counts once. A row that an event had
not come yet does not count where another one, at least as exact, says so later or says when it came.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.cases import events
from simulation.cases.measures import MEASURES
from simulation.scenario.fields import LONGEST

if TYPE_CHECKING:
    from simulation.cases.case import Case

type Array = NDArray[np.float64]
type Flags = NDArray[np.bool_]

ANSCOMBE = 3 / 8
"""Added to a count, so that the variance of its root hardly depends on it (Anscombe 1948, Biometrika 35)."""
MISCODED = 0.05
"""Probability that a true-or-false row was coded wrongly, where the row gives no standard deviation; an assumption."""
STATE_SD = 1 / math.sqrt(2 * math.log((1 - MISCODED) / MISCODED))
"""Standard deviation of such a row: a wrong prediction then costs as much as a miscoding of that probability."""
LATE = 3.0
"""An event that never came is at least so many standard deviations late, however soon after it observation ended."""
BEYOND = 520
"""Weeks after the case's own end that a run may go on, so that a date of no exactness asks for no endless one."""
_LEAST_SCALE = 1e-6


class Gap(NamedTuple):
    """Scales of the residuals of a measure's hazard and order."""

    hazard: float
    rank: float


@dataclass(frozen=True)
class Scales:
    """Scales of all residuals.

    Attributes
    ----------
    rows : array, shape (rows,)
        √(sd² + v) of each row, on the scale of its residual.
    gaps : dict of str to Gap
        Of each measure of events.
    """

    rows: Array
    gaps: Mapping[str, Gap]


@dataclass(frozen=True)
class Rows:
    """Observed rows as arrays; axis: rows.

    Attributes
    ----------
    measure : array of str
        Measure of each row.
    kind : array of str
        ``event``, ``state``, ``count``, ``share`` or ``number``: a count that is compared as it is.
    value : array
        Value; of events 1 or 0.
    sd : array
        Standard deviation in the value's unit, of events in weeks.
    week : array
        Week of the row.
    pair : array
        Number of the pair of unit and domain.
    most : float
        Largest number that can be: that of domains.
    longest : float
        Most weeks that may be run: no event can be seen later.
    """

    measure: NDArray[np.str_]
    kind: NDArray[np.str_]
    value: Array
    sd: Array
    week: Array
    pair: Array
    most: float = np.inf
    longest: float = np.inf

    @classmethod
    def of(cls, case: Case) -> Rows:
        """Return a case's rows."""
        kinds = [_kind(row.measure, row.domain) for row in case.rows]
        places: dict[tuple[str, str], int] = {}
        return cls(
            np.array([row.measure for row in case.rows], dtype=np.str_),
            np.array(kinds, dtype=np.str_),
            np.array([row.value for row in case.rows], dtype=np.float64),
            np.array(
                [
                    STATE_SD if kind == "state" else case.sd_of(row)
                    for row, kind in zip(case.rows, kinds, strict=True)
                ],
                dtype=np.float64,
            ),
            _weeks(case),
            np.array([places.setdefault((row.unit, row.domain), len(places)) for row in case.rows], dtype=np.float64),
            float(len(case.spec.domains)),
            float(min(case.spec.weeks + BEYOND, LONGEST)),
        )  # fmt: skip

    @property
    def measures(self) -> list[str]:
        """Observed measures, in the order in which they are shown."""
        return [name for name in MEASURES if name in set(self.measure.tolist())]

    @property
    def ends(self) -> Array:
        """Week from which nobody looked for the event any longer; infinite for other rows.

        An event that had not happened by a week may have happened in the next one. One with a date could have come
        until the last week that was observed at all, or so long after its date that its absence would have been seen;
        runs go on for that.
        """
        last = np.maximum(self.week.max(initial=-1.0), np.ceil(self.week + LATE * self.sd))
        ends = np.minimum(np.where(self.value == 1, last, self.week) + 1, self.longest)
        return np.where(self.kind == "event", ends, np.inf)

    @property
    def last(self) -> int:
        """Last week that must be run so that every row can be compared."""
        ends = self.ends[np.isfinite(self.ends)]
        return int(max(self.week.max(initial=0.0), ends.max(initial=1.0) - 1))

    @property
    def target(self) -> Array:
        """The observed values in the form of predictions: events as weeks, the row's end where there was none."""
        return np.where(self.kind == "event", np.where(self.value == 1, self.week, self.ends), self.value)

    def scaled(self, values: Array) -> Array:
        """Return values or predictions, (…, rows), on the scale of their residuals.

        Events are censored at their ends, counts become 2√(y + 3/8), all others stay as they are.
        """
        counts = 2 * np.sqrt(np.maximum(values, 0.0) + ANSCOMBE)
        found = np.where(self.kind == "count", counts, values)
        return np.where(self.kind == "event", events.censored(values, self.ends), found)

    @property
    def scaled_sd(self) -> Array:
        """Standard deviation of each row on the scale of its residual.

        For counts by the slope of the scale between value − sd and value + sd: its derivative where the sd is small.
        """
        low, high = np.maximum(self.value - self.sd, 0.0), self.value + self.sd
        rise = 2 * (np.sqrt(high + ANSCOMBE) - np.sqrt(low + ANSCOMBE))
        return np.where(self.kind == "count", rise * self.sd / np.where(high > low, high - low, 1.0), self.sd)

    def observed_again(self, values: Array, rng: np.random.Generator) -> Array:
        """Return predictions, (n, rows), as documents would have them: with each row's error.

        Dates are whole weeks from 0 on, counts and numbers whole and not negative, shares stay in [0, 1], states turn
        over with the probability of a miscoding. What never happened is not reported.
        """
        z = rng.standard_normal(values.shape)
        turned = rng.random(values.shape) < MISCODED
        dates = np.where(np.isfinite(values), np.maximum(np.rint(values + z * self.sd), 0.0), values)
        roots = np.sqrt(np.maximum(values, 0.0) + ANSCOMBE) + z * self.scaled_sd / 2
        found = {
            "event": dates,
            "state": np.where(turned, 1 - values, values),
            "count": np.rint(np.maximum(np.maximum(roots, 0.0) ** 2 - ANSCOMBE, 0.0)),
            "number": np.clip(np.rint(values + z * self.sd), 0.0, self.most),
            "share": np.clip(values + z * self.sd, 0.0, 1.0),
        }
        made = values.copy()
        for kind, changed in found.items():
            made = np.where(self.kind == kind, changed, made)
        return made

    @functools.cached_property
    def counts(self) -> Flags:
        """False for rows without an event that another one of their pair implies and that is at least as exact."""
        found = np.ones(len(self.value), dtype=np.bool_)
        told: dict[tuple[str, float], list[int]] = {}
        for row in np.flatnonzero(self.kind == "event").tolist():
            told.setdefault((str(self.measure[row]), float(self.pair[row])), []).append(row)
        for same in told.values():
            # Whichever comes first here implies those after it: events, then later looks.
            order = sorted(same, key=lambda row: (-self.value[row], -self.week[row], self.sd[row], row))
            exact = math.inf
            for row in order:
                found[row] = self.value[row] == 1 or self.sd[row] < exact
                exact = min(exact, float(self.sd[row]))
        return found

    def leading(self, measure: str) -> NDArray[np.int64]:
        """Return the rows of an event that stand for its pairs of unit and domain, one each."""
        mine = np.flatnonzero(self.measure == measure)
        return mine[events.leading(self.pair[mine], self.value[mine], self.week[mine])]


def _weeks(case: Case) -> Array:
    """Return the rows' weeks; one that saw no event yet, in the week of the event, speaks of the week before."""
    keys = [(row.measure, row.unit, row.domain, spot.week) for row, spot in zip(case.rows, case.spots, strict=True)]
    dated = {
        key for key, row in zip(keys, case.rows, strict=True) if MEASURES[row.measure].kind == "event" and row.value
    }
    before = [key in dated and not row.value for key, row in zip(keys, case.rows, strict=True)]
    return np.array([key[-1] for key in keys], dtype=np.float64) - before


def _kind(measure: str, domain: str) -> str:
    return "number" if measure == "agenda" and not domain else MEASURES[measure].kind


def residuals(rows: Rows, scales: Scales, predicted: Array, target: Array) -> Array:
    """Return the residual of each row, shape (n, rows): (prediction − value) ÷ scale, both on the residual's scale.

    Events that are censored in both give 0. ``predicted`` and ``target`` have shape (n, rows) or (rows,).
    """
    return np.asarray((rows.scaled(predicted) - rows.scaled(target)) / scales.rows, dtype=np.float64)


def gaps(rows: Rows, measure: str, predicted: Array, target: Array) -> tuple[Array, Array]:
    """Return hazard and rank gaps of a measure of events, shapes (n,)."""
    places = rows.leading(measure)
    ends = rows.ends[places]
    one, two = (events.censored(np.atleast_2d(dates)[:, places], ends) for dates in (predicted, target))
    return events.hazard_gap(one, two, ends), events.rank_gap(one, two, ends)


def squares(rows: Rows, scales: Scales, predicted: Array, target: Array | None = None) -> Array:
    """Return each measure's part of the squared distance, shape (n, measures): rows × mean square of its residuals.

    Parameters
    ----------
    rows : Rows
        The observed rows.
    scales : Scales
        Scales of the residuals.
    predicted : array, shape (n, rows)
        Predictions; nan where a run failed: its parts are infinite.
    target : array, shape (n, rows), optional
        What they are compared with; by default what was observed.
    """
    target = rows.target if target is None else target
    failed = np.isnan(predicted).any(axis=1)
    predicted = np.where(failed[:, None], 0.0, predicted)
    square = residuals(rows, scales, predicted, target) ** 2
    parts = np.empty((len(predicted), len(rows.measures)))
    for place, measure in enumerate(rows.measures):
        mine = (rows.measure == measure) & rows.counts
        total, number = square[:, mine].sum(axis=1), int(mine.sum())
        if measure in scales.gaps:
            scale = scales.gaps[measure]
            hazard, rank = gaps(rows, measure, predicted, target)
            total = (total + (hazard / scale.hazard) ** 2 + (rank / scale.rank) ** 2) * number / (number + 2)
        parts[:, place] = total
    parts[failed] = np.inf
    return parts


def distances(rows: Rows, scales: Scales, predicted: Array, target: Array | None = None) -> Array:
    """Return the distance of each prediction, shape (n,); see ``squares``."""
    return np.asarray(np.sqrt(squares(rows, scales, predicted, target).sum(axis=1)), dtype=np.float64)


def scales_of(rows: Rows, first: Array, second: Array, rng: np.random.Generator) -> Scales:
    """Return the scales, from predictions of equal vectors under two seeds.

    Hazard and rank have the root mean square that they have between one run and another one observed with errors.

    Parameters
    ----------
    rows : Rows
        The observed rows.
    first, second : array, shape (n, rows)
        Predictions; pairs with nan are left out.
    rng : Generator
        Draws errors.
    """
    known = ~(np.isnan(first) | np.isnan(second)).any(axis=1)
    first, second = first[known], second[known]
    variance = ((rows.scaled(first) - rows.scaled(second)) ** 2).mean(axis=0) / 2
    again = rows.observed_again(second, rng)
    found = {}
    for measure in rows.measures:
        if MEASURES[measure].kind == "event":
            sizes = [math.sqrt(float((gap**2).mean())) for gap in gaps(rows, measure, first, again)]
            found[measure] = Gap(*(size if size > _LEAST_SCALE else 1.0 for size in sizes))
    return Scales(np.maximum(np.sqrt(rows.scaled_sd**2 + variance), _LEAST_SCALE), found)


def floor_of(rows: Rows, scales: Scales, first: Array, second: Array, rng: np.random.Generator) -> float:
    """Return the smallest distance that the errors of the rows justify as a tolerance.

    A smaller one would claim more than the data tell, for runs are compared without errors of their own (Wilkinson
    2013, Statistical Applications in Genetics and Molecular Biology 12). With seeds' share V of a residual's variance a
    row's mean square is 1 + V between a run and another one observed with errors. The kernel of a tolerance ε falls off
    as fast as the likelihood, exp(−δ²/2), where ε² is 1 + V/(1 + V) per row (by the rate function of the χ²
    distribution).
    """
    known = ~(np.isnan(first) | np.isnan(second)).any(axis=1)
    square = squares(rows, scales, first[known], rows.observed_again(second[known], rng)).sum(axis=1)
    number = int(rows.counts.sum())
    each = float(square.mean()) / number
    by_seeds = max(each - 1, 0.0)
    return math.sqrt(number * (min(each, 1.0) + by_seeds / (1 + by_seeds)))
