"""Rival campaigns: when they arrive, and the attention that they leave to the reform."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.compute import randomness
from simulation.scenario.sections import WEEKS_PER_YEAR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def draw_arrivals(cities: randomness.Keys, rate: Floats, first: int, last: int) -> Ints:
    """Return the number of rival campaigns that begin in each week, shape (last − first, cities).

    Arrivals are a Poisson process with ``rate`` per year and city; the draw of a city and week is the same whatever the
    rate, so that a higher rate only adds campaigns. Source: assumption.
    """
    if not rate.any():
        return np.zeros((last - first, len(rate)), np.int64)
    from scipy.stats import poisson

    draws = np.array([randomness.uniform(randomness.week_keys(cities, week)) for week in range(first, last)])
    found = poisson.ppf(draws.reshape(last - first, len(rate)), np.where(rate > 0, rate, 1.0) / WEEKS_PER_YEAR)
    return np.where(rate > 0, found, 0.0).astype(np.int64)


def attention_left(arrivals: Ints, lasting: Ints, campaigns: Floats) -> Floats:
    """Return 1 / (1 + rival campaigns under way), shape (weeks, cities), in (0, 1].

    Parameters
    ----------
    arrivals : array, shape (weeks, cities)
        Campaigns that begin in each week, from the first week on.
    lasting : array, shape (weeks, cities)
        Weeks that those last which begin then.
    campaigns : array, shape (cities,)
        Campaigns under way beside those.
    """
    weeks, cities = arrivals.shape
    if not arrivals.any():
        return np.tile(np.asarray(1.0 / (1.0 + campaigns), np.float64), (weeks, 1))
    turns = np.vstack([arrivals, np.zeros((1, cities), np.int64)])
    over = np.minimum(np.arange(weeks)[:, None] + np.minimum(lasting, weeks), weeks)
    np.subtract.at(turns, (over, np.arange(cities)[None, :]), arrivals)
    under_way = np.cumsum(turns[:-1], axis=0)
    return np.asarray(1.0 / (1.0 + under_way + campaigns), dtype=np.float64)
