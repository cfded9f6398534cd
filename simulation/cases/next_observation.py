"""The next observation: the share of the target's variance that each possible one would remove.

By the linear-Gaussian approximation an observation y = g + error removes the share cov(g, t)² ÷ ((var g + sd²) · var t)
of the variance of a target t (DeGroot 1970, Optimal Statistical Decisions, ch. 11: preposterior analysis); moments are
those of the posterior's runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.cases.candidates import Candidate
from simulation.cases.distances import STATE_SD
from simulation.cases.measures import MEASURES
from simulation.cases.predicting import Predicted, smallest

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case
    from simulation.cases.fitted import Fit

type Array = NDArray[np.float64]

SHOWN = 10
_RESAMPLES = 200
_CHANCE = 0.95
"""Share of permutations that a gain has to beat: the best of all candidates in each of them."""
_STREAM = 13
_TINY = 1e-12
COLUMNS = ("week", "unit", "domain", "measure", "sd", "gain", "error", "chance", "beats")


def next_observations(fit: Fit, predicted: Predicted) -> pd.DataFrame:
    """Return the candidates, best first.

    Returns
    -------
    DataFrame
        ``week, unit, domain, measure, sd`` (error that such a row would have), ``gain`` (share of the target's variance
        that it is expected to remove), ``error`` (standard deviation over resampled vectors), ``chance`` (gain that the
        best of all candidates exceeds in one of twenty permutations of the target) and ``beats``. Empty without a
        forecast, or where the target does not vary.
    """
    import pandas as pd

    target = predicted.end[target_of(fit.case, predicted)][0]
    known = ~np.isnan(target) & ~np.isnan(predicted.asked).any(axis=1)
    each = len(target) // predicted.draws
    draws = np.repeat(np.arange(predicted.draws), each)[known]
    sds = np.array([sd_of(fit.case, one) for one in predicted.candidates])
    empty = pd.DataFrame(columns=list(COLUMNS))
    if not len(sds) or len(set(draws.tolist())) < 3 or not _varies(target[known]):
        return empty
    found = gains(predicted.asked[known], target[known], sds)
    rng = np.random.default_rng([fit.seed, _STREAM])
    errors = bootstrap(predicted.asked[known], target[known], sds, draws, rng)
    chance = by_chance(predicted.asked[known], target[known], sds, draws, rng)
    table = pd.DataFrame(predicted.candidates, columns=["week", "unit", "domain", "measure"]).assign(
        sd=sds, gain=found, error=errors, chance=chance, beats=found > chance
    )
    order = np.lexsort((np.arange(len(found)), -found.round(12)))
    return table.iloc[order].reset_index(drop=True)


def target_of(case: Case, predicted: Predicted) -> str:
    """Return the metric of which the next observation is to tell most: the first that matters, if it varies.

    Of a metric that is the same in all runs nothing can be learned; then it is the next one that varies.
    """
    names = list(smallest(case))
    varying = [name for name in names if _varies(predicted.end[name][0])]
    return (varying or names)[0]


def _varies(values: Array) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 1 and float(known.var()) > _TINY


def sd_of(case: Case, one: Candidate) -> float:
    """Return the standard deviation that a row of this measure has where it gives none."""
    if MEASURES[one.measure].kind == "event":
        return STATE_SD  # seen as yes or no
    return float(case.settings.sd.get(one.measure, MEASURES[one.measure].sd))


def gains(values: Array, target: Array, sds: Array) -> Array:
    """Return the share of the target's variance that each observation removes, shape (c,).

    Parameters
    ----------
    values : array, shape (s, c)
        What would be observed, without error.
    target : array, shape (s,)
        The target.
    sds : array, shape (c,)
        Standard deviations of the errors.
    """
    spread = float(target.var())
    if spread < _TINY:
        return np.zeros(values.shape[1])
    covariance = (values - values.mean(axis=0)).T @ (target - target.mean()) / len(target)
    return np.asarray(covariance**2 / (np.maximum(values.var(axis=0) + sds**2, _TINY) * spread), dtype=np.float64)


def bootstrap(values: Array, target: Array, sds: Array, draws: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Return the standard deviation of the gains over resampled vectors, all runs of a vector together."""
    groups = [np.flatnonzero(draws == draw) for draw in np.unique(draws)]
    found = np.empty((_RESAMPLES, len(sds)))
    for row in found:
        places = np.concatenate([groups[place] for place in rng.integers(len(groups), size=len(groups))])
        row[:] = gains(values[places], target[places], sds)
    return np.asarray(found.std(axis=0, ddof=1), dtype=np.float64)


def by_chance(values: Array, target: Array, sds: Array, draws: NDArray[np.int64], rng: np.random.Generator) -> float:
    """Return the gain that the best candidate exceeds in one of twenty permutations of the vectors' targets."""
    numbers = np.unique(draws)
    means = np.array([target[draws == draw].mean() for draw in numbers])
    averages = np.array([values[draws == draw].mean(axis=0) for draw in numbers])
    best = [float(gains(averages, rng.permutation(means), sds).max()) for _ in range(_RESAMPLES)]
    return float(np.quantile(best, _CHANCE))
