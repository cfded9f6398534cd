"""Tests on paired contrasts: where a mean lies, with an interval and one-sided p-values; Holm's correction.

One two-sided interval at level 1 − α decides everything, so each one-sided test is made at α/2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 4999
_TINY = 1e-12


class Estimate(Protocol):
    """Where the mean of a sample lies."""

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
        from scipy import stats

        half = float(stats.t.ppf((1 + level) / 2, self.n - 1)) * self._error
        return self.mean - half, self.mean + half


class BcaEstimate:
    """Bootstrap of the mean, bias-corrected and accelerated; p-values invert the interval.

    Parameters
    ----------
    values : array of shape (n,)
        The sample; needs three distinct values.
    seed : int
        Of the resampling.

    References
    ----------
    Efron, B. (1987), J. Am. Stat. Assoc. 82.
    """

    def __init__(self, values: NDArray[np.float64], seed: int = 0) -> None:
        rng = np.random.default_rng([seed, len(values), 17])
        picks = rng.integers(0, len(values), (RESAMPLES, len(values)))
        self._means = np.sort(values[picks].mean(axis=1))
        self.mean = float(values.mean())
        self._z0 = self._normal(self._rank(self.mean))
        without = (values.sum() - values) / (len(values) - 1)
        apart = without.mean() - without
        self._a = float((apart**3).sum() / (6 * (apart**2).sum() ** 1.5))

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
        """Return the BCa interval."""
        from scipy import stats

        ends = []
        for share in ((1 - level) / 2, (1 + level) / 2):
            moved = self._z0 + self._normal(share)
            ends.append(float(stats.norm.cdf(self._z0 + moved / (1 - self._a * moved))))
        low, high = np.quantile(self._means, ends)
        return float(low), float(high)


def estimate(values: ArrayLike, method: str = "t", seed: int = 0) -> Estimate:
    """Return where the mean of a sample lies.

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
    if method == "bca" and len(array) >= 10 and len(np.unique(array)) > 2:
        return BcaEstimate(array, seed)
    return TEstimate(len(array), float(array.mean()), float(array.std(ddof=1)))


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
