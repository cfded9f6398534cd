"""Means and paired differences: intervals, p-values, corrections, weighted quantiles.

Experiments, hypotheses, calibration and verification all take their statistics from here; how a run's variance divides
stands in ``noise``. Two-sided intervals at level 1 − α go with one-sided tests at α/2 each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Array = NDArray[np.float64]

RESAMPLES = 4999
MOST_NEEDED = 10**12
"""More replicates are never named: nobody can run them."""
_FEWEST_BCA = 10
_TINY = 1e-12


def critical(level: float, number: int) -> float:
    """Return the half-width of Student's interval in standard errors, for the mean of two values or more."""
    from scipy import stats

    return float(stats.t.ppf((1 + level) / 2, number - 1))


class Estimate(Protocol):
    """An estimate of the mean of a sample."""

    @property
    def mean(self) -> float:
        """Mean of the sample."""
        ...

    def above(self, bound: float) -> float:
        """Return the one-sided p-value of the null 'the mean is at most ``bound``'."""
        ...

    def below(self, bound: float) -> float:
        """Return the one-sided p-value of the null 'the mean is at least ``bound``'."""
        ...

    def interval(self, level: float) -> tuple[float, float]:
        """Return the ends of the two-sided interval of the given coverage."""
        ...


@dataclass(frozen=True)
class TEstimate:
    """Student's t on n ≥ 2 values; a sample without spread is taken as certain."""

    n: int
    mean: float
    sd: float

    @property
    def _error(self) -> float:
        return self.sd / math.sqrt(self.n)

    def above(self, bound: float) -> float:
        """Return P(T ≥ t) under mean = ``bound``."""
        from scipy import stats

        if self._error <= _TINY:
            return 0.0 if self.mean > bound else 1.0
        return float(stats.t.sf((self.mean - bound) / self._error, self.n - 1))

    def below(self, bound: float) -> float:
        """Return P(T ≤ t) under mean = ``bound``."""
        from scipy import stats

        if self._error <= _TINY:
            return 0.0 if self.mean < bound else 1.0
        return float(stats.t.cdf((self.mean - bound) / self._error, self.n - 1))

    def interval(self, level: float) -> tuple[float, float]:
        """Return mean ± t·s/√n."""
        half = critical(level, self.n) * self._error
        return self.mean - half, self.mean + half


class BcaEstimate:
    """Bootstrap of the mean, bias-corrected and accelerated (scipy's); p-values invert its interval.

    Parameters
    ----------
    values : array of shape (n,)
        The sample; needs three distinct values.
    rng : Generator
        Seed of the resampling.

    References
    ----------
    Efron, B. (1987), J. Am. Stat. Assoc. 82.
    """

    def __init__(self, values: Array, rng: np.random.Generator) -> None:
        from scipy import stats

        self._values = values
        self._found = stats.bootstrap((values,), np.mean, method="BCa", n_resamples=RESAMPLES, rng=rng)
        self._means = np.sort(self._found.bootstrap_distribution)
        self.mean = float(values.mean())
        self._z0 = self._normal(self._rank(self.mean))
        # For a mean the acceleration is a sixth of the sample's skewness, over √n.
        self._a = float(stats.skew(values)) / (6 * math.sqrt(len(values)))

    def _rank(self, bound: float) -> float:
        """Return the share of resampled means below ``bound``, never 0 or 1."""
        below = np.searchsorted(self._means, bound, "left") + np.searchsorted(self._means, bound, "right")
        return float((below / 2 + 0.5) / (len(self._means) + 1))

    @staticmethod
    def _normal(share: float) -> float:
        from scipy import stats

        return float(stats.norm.ppf(share))

    def below(self, bound: float) -> float:
        """Return the level at which the interval's upper end comes to ``bound``."""
        return 1.0 - self.above(bound)

    def above(self, bound: float) -> float:
        """Return the level at which the interval's lower end comes to ``bound``."""
        from scipy import stats

        moved = self._normal(self._rank(bound)) - self._z0
        return float(stats.norm.cdf(moved / (1 + self._a * moved) - self._z0))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the BCa interval; every level rests on the same resamples."""
        from scipy import stats

        found = stats.bootstrap(
            (self._values,),
            np.mean,
            method="BCa",
            confidence_level=level,
            n_resamples=0,
            bootstrap_result=self._found,
        ).confidence_interval
        return float(found.low), float(found.high)


def estimate(values: ArrayLike, method: str = "t", seed: int = 0) -> Estimate:
    """Return an estimate of the mean of a sample.

    Parameters
    ----------
    values : array of shape (n,)
        At least two numbers.
    method : {'t', 'bca'}
        BCa falls back to t where resampling is degenerate (fewer than ten values or three distinct ones).
    seed : int
        Of the resampling.
    """
    array = np.asarray(values, dtype=np.float64)
    if method == "bca" and len(array) >= _FEWEST_BCA and _jackknifes(array):
        return BcaEstimate(array, np.random.default_rng([seed, len(array), 17]))
    return TEstimate(len(array), float(array.mean()), float(array.std(ddof=1)))


def _jackknifes(array: Array) -> bool:
    """Return whether BCa is defined: with two distinct values, one of them once, resamples degenerate."""
    return len(np.unique(array)) > 2


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
    array = np.asarray(values, dtype=float)
    number = len(array)
    chosen = ("BCa" if number >= _FEWEST_BCA else "t") if method == "auto" else method
    if number < 2:
        return math.nan, math.nan, chosen
    mean, deviation = float(array.mean()), float(array.std(ddof=1))
    if deviation <= 1e-15 * max(1.0, abs(mean)):
        return mean, mean, chosen
    if chosen == "BCa" and _jackknifes(array):
        return *BcaEstimate(array, np.random.default_rng([seed, 11])).interval(level), "BCa"
    half = critical(level, number) * deviation / math.sqrt(number)
    return mean - half, mean + half, "t"


def equivalence(found: Estimate, margin: float) -> float:
    """Return the p-value of two one-sided tests: small when the mean lies within ± ``margin`` (Schuirmann 1987)."""
    return max(found.above(-margin), found.below(margin))


def holm(values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjusted p-values, in the order given (Holm 1979)."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    adjusted = [1.0] * len(values)
    reached = 0.0
    for rank, place in enumerate(order):
        reached = max(reached, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = reached
    return adjusted


def quantile(values: Array, weights: Array, order: float) -> float:
    """Return a weighted quantile: the value at which the summed weight, counted at mid-steps, reaches ``order``."""
    rank = np.argsort(values, kind="stable")
    summed = np.cumsum(weights[rank]) - weights[rank] / 2
    return float(np.interp(order, summed, values[rank]))


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
        The required half-width.
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
        Required half-width; by default a tenth of the mean difference.
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
    """Return how many replicates a t interval of ± ``precision`` needs.

    Parameters
    ----------
    deviation : float
        Standard deviation of a replicate, 0 or more.
    precision : float
        Half-width of the interval.
    level : float
        Coverage.

    Returns
    -------
    int
        Two or more; 0 where no number up to ``MOST_NEEDED`` is enough, for a precision of 0 above all.
    """
    from scipy import stats

    if not precision > 0 or not deviation >= 0:
        return 0
    if deviation == 0:
        return 2
    # Compared as logarithms: the square of a spread over a mean near 0 may be too large for a number.
    log_ratio = math.log(deviation) - math.log(precision) if math.isfinite(deviation) else math.inf
    normal = float(stats.norm.ppf((1 + level) / 2))
    if 2 * (math.log(normal) + log_ratio) > math.log(MOST_NEEDED):
        return 0
    ratio = deviation / precision
    number = max(2, math.ceil((normal * ratio) ** 2))
    while number < (critical(level, number) * ratio) ** 2:
        number += 1
    return number
