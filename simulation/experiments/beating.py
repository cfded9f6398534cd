"""The share of seeds in which one thing beats another: a count of pairs, with Wilson's interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Beats:
    """The share of pairs in which the first value is the larger one.

    Attributes
    ----------
    share : float
        In [0, 1]; a tie counts half. NaN without pairs.
    low, high : float
        Ends of Wilson's interval of the share.
    above, below, ties : int
        Pairs in which the first is larger, smaller, equal.
    """

    share: float
    low: float
    high: float
    above: int
    below: int
    ties: int

    @property
    def n(self) -> int:
        """Pairs in which both values are defined."""
        return self.above + self.below + self.ties


def beats(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> Beats:
    """Count the pairs in which the first value is larger.

    Parameters
    ----------
    first, second : array of shape (n,)
        Pair r is (first[r], second[r]). Pairs with a value that is not defined are left out.
    level : float
        Coverage of the interval, in (0, 1). It is a little wide where there are ties, which vary less than wins do.

    References
    ----------
    Wilson, E. B. (1927), J. Am. Stat. Assoc. 22: 209–212.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    whole = ~(np.isnan(one) | np.isnan(two))
    above = int(np.count_nonzero(one[whole] > two[whole]))
    below = int(np.count_nonzero(one[whole] < two[whole]))
    ties = int(np.count_nonzero(whole)) - above - below
    number = above + below + ties
    if not number:
        return Beats(math.nan, math.nan, math.nan, 0, 0, 0)
    share = (above + ties / 2) / number
    return Beats(share, *_wilson(share, number, level), above, below, ties)


def _wilson(share: float, number: int, level: float) -> tuple[float, float]:
    from scipy import stats

    square = float(stats.norm.ppf((1 + level) / 2)) ** 2 / number
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)
