"""The next observation: the share of the target's variance that each possible one would remove.

By the linear-Gaussian approximation an observation y = g + error removes the share cov(g, t)² ÷ ((var g + sd²) · var t)
of the variance of a target t (DeGroot 1970, Optimal Statistical Decisions, ch. 11: preposterior analysis). Variances
and covariances are those of the posterior's runs, which differ in their course even where their vectors agree. So the
latest observed row of the same measure, unit and domain tells something of y already: numerator and var g are those
that are left once it is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.cases.candidates import Candidate
from simulation.cases.distances import STATE_SD, Rows
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
    known = ~(np.isnan(target) | np.isnan(predicted.asked).any(axis=1) | np.isnan(predicted.rows).any(axis=1))
    each = len(target) // predicted.draws
    draws = np.repeat(np.arange(predicted.draws), each)[known]
    sds = np.array([sd_of(fit.case, one) for one in predicted.candidates])
    empty = pd.DataFrame(columns=list(COLUMNS))
    if not len(sds) or len(set(draws.tolist())) < 3 or not _varies(target[known]):
        return empty
    values, last, last_sds = predicted.asked[known], *latest(fit.case, predicted, known)
    found = gains(values, target[known], sds, last, last_sds)
    rng = np.random.default_rng([fit.seed, _STREAM])
    errors = bootstrap(values, target[known], sds, draws, rng, last, last_sds)
    chance = by_chance(values, target[known], sds, draws, rng, last, last_sds)
    table = pd.DataFrame(predicted.candidates, columns=["week", "unit", "domain", "measure"]).assign(
        sd=sds, gain=found, error=errors, chance=chance, beats=found > chance
    )
    order = np.lexsort((np.arange(len(found)), -found.round(12)))
    return table.iloc[order[_new(predicted, values)[order]]].reset_index(drop=True)


def latest(case: Case, predicted: Predicted, known: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return what runs have at the latest observed row of each candidate's measure, unit and domain, and its error.

    Returns
    -------
    array, shape (s, c), and array, shape (c,)
        Values, the same in all runs where there is no such row; an event as 1 or 0. Standard deviations, above 0.
    """
    rows, latest_of = Rows.of(case), dict[tuple[str, str, str], int]()
    for place in sorted(range(len(case.rows)), key=lambda place: (rows.week[place], case.rows[place].date)):
        row = case.rows[place]
        latest_of[row.measure, row.unit, row.domain] = place
    values = np.zeros((int(known.sum()), len(predicted.candidates)))
    sds = np.ones(len(predicted.candidates))
    for column, one in enumerate(predicted.candidates):
        found = latest_of.get((one.measure, one.unit, one.domain))
        if found is None:
            continue
        seen, event = predicted.rows[known, found], rows.kind[found] == "event"
        values[:, column] = seen <= rows.week[found] if event else seen
        sds[column] = STATE_SD if event else rows.sd[found]
    return values, sds


def _new(predicted: Predicted, values: Array) -> NDArray[np.bool_]:
    """Return False for candidates that an earlier week would show the same in every run."""
    found, seen = np.ones(len(predicted.candidates), dtype=np.bool_), set[tuple[Candidate, bytes]]()
    for place, one in enumerate(predicted.candidates):
        shown = (one._replace(week=0), values[:, place].tobytes())
        found[place] = shown not in seen
        seen.add(shown)
    return found


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


def gains(values: Array, target: Array, sds: Array, last: Array | None = None, last_sds: Array | None = None) -> Array:
    """Return the share of the target's variance that each observation removes, shape (c,).

    Parameters
    ----------
    values : array, shape (s, c)
        What would be observed, without error.
    target : array, shape (s,)
        The target.
    sds : array, shape (c,)
        Standard deviations of the errors.
    last, last_sds : array, shapes (s, c) and (c,), optional
        What has been observed of each already, without error, and the standard deviations of its errors.
    """
    spread, number = float(target.var()), len(target)
    if spread < _TINY:
        return np.zeros(values.shape[1])
    centred, aim = values - values.mean(axis=0), target - target.mean()
    covariance, variance = centred.T @ aim / number, values.var(axis=0)
    if last is not None and last_sds is not None:
        before = last - last.mean(axis=0)
        noisy = np.maximum(last.var(axis=0) + last_sds**2, _TINY)
        joint = (before * centred).mean(axis=0)
        covariance = covariance - joint * (before.T @ aim / number) / noisy
        variance = variance - joint**2 / noisy
    return np.asarray(covariance**2 / (np.maximum(variance + sds**2, _TINY) * spread), dtype=np.float64)


def bootstrap(
    values: Array, target: Array, sds: Array, draws: NDArray[np.int64], rng: np.random.Generator,
    last: Array | None = None, last_sds: Array | None = None,
) -> Array:  # fmt: skip
    """Return the standard deviation of the gains over resampled vectors, all runs of a vector together."""
    groups = [np.flatnonzero(draws == draw) for draw in np.unique(draws)]
    found = np.empty((_RESAMPLES, len(sds)))
    for row in found:
        places = np.concatenate([groups[place] for place in rng.integers(len(groups), size=len(groups))])
        row[:] = gains(values[places], target[places], sds, None if last is None else last[places], last_sds)
    return np.asarray(found.std(axis=0, ddof=1), dtype=np.float64)


def by_chance(
    values: Array, target: Array, sds: Array, draws: NDArray[np.int64], rng: np.random.Generator,
    last: Array | None = None, last_sds: Array | None = None,
) -> float:  # fmt: skip
    """Return the gain that the best candidate exceeds in one of twenty permutations of the vectors' targets."""
    numbers = np.unique(draws)

    def averaged(table: Array) -> Array:
        return np.array([table[draws == draw].mean(axis=0) for draw in numbers])

    means, others, before = averaged(target), averaged(values), None if last is None else averaged(last)
    best = [float(gains(others, rng.permutation(means), sds, before, last_sds).max()) for _ in range(_RESAMPLES)]
    return float(np.quantile(best, _CHANCE))
