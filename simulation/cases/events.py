"""Dated events: when units took a domain on or dropped it, compared in speed and in order.

Dates are weeks. A date at or after a row's end is censored: nobody looked any longer. All functions take dates of shape
(…, rows) with ends of shape (rows,).

References
----------
Aalen, O. (1978), Annals of Statistics 6.
Kendall, M. G. (1945), Biometrika 33.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]

_AT_ONCE = 2_000_000


def censored(dates: Array, ends: Array) -> Array:
    """Return dates no later than their ends; an infinite one, an event that never happened, becomes the end."""
    return np.asarray(np.minimum(dates, ends), dtype=np.float64)


def cumulative_hazard(dates: Array, ends: Array, weeks: Array) -> Array:
    """Return the Nelson–Aalen cumulative hazard at the ends of some weeks.

    Parameters
    ----------
    dates : array, shape (n, rows)
        Censored dates.
    ends : array, shape (rows,)
        Their ends.
    weeks : array, shape (w,)
        Whole weeks, ascending, from the first in which an event is possible.

    Returns
    -------
    array, shape (n, w)
    """
    week = np.floor(dates)
    hazards = np.empty((len(dates), len(weeks)))
    step = max(1, _AT_ONCE // max(1, dates.shape[1] * len(weeks)))
    for first in range(0, len(dates), step):
        part = slice(first, first + step)
        here = week[part, :, None] == weeks
        happened = (here & (dates[part] < ends)[:, :, None]).sum(axis=1)
        at_risk = ((week[part, :, None] >= weeks) & (weeks < ends[:, None])).sum(axis=1)
        hazards[part] = np.cumsum(happened / np.maximum(at_risk, 1), axis=1)
    return hazards


def hazard_gap(first: Array, second: Array, ends: Array) -> Array:
    """Return the largest difference between two cumulative hazards over the observed weeks, shape (n,).

    Parameters
    ----------
    first, second : array, shape (n, rows) or (rows,)
        Censored dates of equal rows.
    ends : array, shape (rows,)
        Ends of observation.
    """
    weeks = np.arange(0.0, ends.max(initial=0.0))
    one, two = (cumulative_hazard(np.atleast_2d(dates), ends, weeks) for dates in (first, second))
    return np.asarray(np.abs(one - two).max(axis=1, initial=0.0), dtype=np.float64)


def rank_gap(first: Array, second: Array, ends: Array) -> Array:
    """Return 1 − Kendall's τ-b of two sets of dates, shape (n,), in [0, 2]; all censored dates tie behind all others.

    Where all dates of one set tie, their order says nothing: the gap is 0 if those of the other do too, else 1.
    """
    first, second = np.broadcast_arrays(np.atleast_2d(first), np.atleast_2d(second))
    both, own, other = np.empty((3, len(first)))
    step = max(1, _AT_ONCE // max(1, len(ends) ** 2))
    for start in range(0, len(first), step):
        part = slice(start, start + step)
        one, two = (_order(dates[part], ends) for dates in (first, second))
        both[part] = (one * two).sum(axis=(1, 2))
        own[part], other[part] = ((signs**2).sum(axis=(1, 2)) for signs in (one, two))
    tied = (own == 0) & (other == 0)
    tau = both / np.sqrt(np.maximum(own * other, 1))
    return np.asarray(np.where(tied, 0.0, 1 - tau), dtype=np.float64)


def _order(dates: Array, ends: Array) -> Array:
    """Return the sign of each difference between two dates, shape (n, rows, rows)."""
    last = np.where(dates >= ends, ends.max(initial=0.0) + 1, dates)
    return np.sign(last[:, :, None] - last[:, None, :])


def leading(pairs: Array, values: Array, weeks: Array) -> NDArray[np.int64]:
    """Return one row per pair of unit and domain, ascending: the event, or the latest week without it.

    Parameters
    ----------
    pairs : array, shape (rows,)
        Number of each row's pair.
    values : array, shape (rows,)
        1 for an event, 0 where there was none yet.
    weeks : array, shape (rows,)
        Weeks of the rows.
    """
    best: dict[float, int] = {}
    for row, pair in enumerate(pairs):
        other = best.get(float(pair))
        # Of two dated events the earlier, of two looks without one the later.
        key = (values[row], -weeks[row] if values[row] else weeks[row])
        if other is None or key > (values[other], -weeks[other] if values[other] else weeks[other]):
            best[float(pair)] = row
    return np.array(sorted(best.values()), dtype=np.int64)
