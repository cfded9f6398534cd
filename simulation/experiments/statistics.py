"""Differences of paired runs, with intervals that say how they were made."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 4999
_FEWEST_BCA = 10


@dataclass(frozen=True)
class Paired:
    """A mean of paired differences.

    Attributes
    ----------
    n : int
        Pairs.
    mean, low, high : float
        Mean difference and the ends of its interval.
    method : str
        ``BCa`` or ``t``.
    d : float
        Standardised effect: mean difference over the mean standard deviation of the two arms (d_av, Lakens
        2013).
    d_z : float
        Mean difference over the standard deviation of the differences; common random numbers make it large.
    share : float
        Share of the pairs that point in the direction of the mean; 0 when the mean is 0.
    replicates : int
        Pairs needed for an interval of ± ``precision``.
    precision : float
        The half-width asked for.
    """

    n: int
    mean: float
    low: float
    high: float
    method: str
    d: float
    d_z: float
    share: float
    replicates: int
    precision: float


def interval(
    values: ArrayLike, *, method: str = "auto", level: float = 0.95, seed: int = 0
) -> tuple[float, float, str]:
    """Return (low, high, method) of the mean's interval.

    Parameters
    ----------
    values : array of shape (n,)
        At least two numbers for an interval; with one the ends are NaN.
    method : {'auto', 'BCa', 't'}
        Bootstrap, bias-corrected and accelerated (Efron 1987), or Student's t. ``auto`` is BCa from ten
        values on.
    level : float
        Coverage.
    seed : int
        Of the resampling.
    """
    from scipy import stats

    array = np.asarray(values, dtype=float)
    number = len(array)
    chosen = ("BCa" if number >= _FEWEST_BCA else "t") if method == "auto" else method
    if number < 2:
        return math.nan, math.nan, chosen
    mean, deviation = float(array.mean()), float(array.std(ddof=1))
    if deviation <= 1e-15 * max(1.0, abs(mean)):
        return mean, mean, chosen
    if chosen == "BCa" and _jackknifes(array):
        found = stats.bootstrap(
            (array,),
            np.mean,
            confidence_level=level,
            method="BCa",
            n_resamples=RESAMPLES,
            rng=np.random.default_rng([seed, 11]),
        ).confidence_interval
        return float(found.low), float(found.high), "BCa"
    half = float(stats.t.ppf((1 + level) / 2, number - 1)) * deviation / math.sqrt(number)
    return mean - half, mean + half, "t"


def _jackknifes(array: np.ndarray) -> bool:
    """Return whether BCa is defined: with two distinct values, one of them once, resamples degenerate."""
    return len(np.unique(array)) > 2


def paired(
    baseline: ArrayLike,
    other: ArrayLike,
    *,
    method: str = "auto",
    level: float = 0.95,
    precision: float | None = None,
    seed: int = 0,
) -> Paired:
    """Compare two arms whose runs share their seeds.

    Parameters
    ----------
    baseline, other : array of shape (n,)
        A metric under the two; pair r is (baseline[r], other[r]). Pairs with a missing value are left out.
    method, level, seed
        See ``interval``.
    precision : float, optional
        Wished half-width; by default a tenth of the mean difference.
    """
    first, second = np.asarray(baseline, dtype=float), np.asarray(other, dtype=float)
    whole = np.isfinite(first) & np.isfinite(second)
    first, second = first[whole], second[whole]
    differences = second - first
    if not len(differences):
        return Paired(0, math.nan, math.nan, math.nan, "t", math.nan, math.nan, math.nan, 0, math.nan)
    mean = float(differences.mean())
    low, high, chosen = interval(differences, method=method, level=level, seed=seed)
    if len(differences) < 2:
        return Paired(1, mean, low, high, chosen, math.nan, math.nan, float(mean != 0), 0, math.nan)
    spread = float(differences.std(ddof=1))
    typical = math.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    wished = precision if precision is not None else abs(mean) / 10
    return Paired(
        n=len(differences),
        mean=mean,
        low=low,
        high=high,
        method=chosen,
        d=_ratio(mean, typical),
        d_z=_ratio(mean, spread),
        share=float(np.mean(np.sign(differences) == np.sign(mean))) if mean else 0.0,
        replicates=needed(spread, wished, level),
        precision=wished,
    )


def _ratio(mean: float, deviation: float) -> float:
    if deviation > 0:
        return mean / deviation
    return math.copysign(math.inf, mean) if mean else 0.0


def needed(deviation: float, precision: float, level: float = 0.95) -> int:
    """Return how many replicates make a t interval of ± ``precision``; 0 for a precision of 0."""
    from scipy import stats

    if not precision > 0:
        return 0
    if deviation == 0:
        return 2
    ratio = deviation / precision
    number = max(2, math.ceil((float(stats.norm.ppf((1 + level) / 2)) * ratio) ** 2))
    while number < (float(stats.t.ppf((1 + level) / 2, number - 1)) * ratio) ** 2:
        number += 1
    return number
