"""Evidence of a sample on one part of a claim: estimate, interval, p for support, p for refutation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.experiments.statistics import Estimate, equivalence, estimate

type Matrix = NDArray[np.float64]

EFFECT, NOT_WORSE, NOTHING, GONE = "effect", "not-worse", "nothing", "gone"
"""Roles of a part: an effect exceeds the smallest effect; it does not fall by it; it is equivalent to zero; more than
half of an effect goes when the mechanism goes."""
MODES = "modes"
"""Name of the part that measures the distance between two groups of runs: no mean, so it has no power formula."""
_SHOWN = 0.05


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of the arms' outcomes; the claim expects it above zero.

    Attributes
    ----------
    name : str
        Name of its measurement, a key of the catalogue (``hypotheses.part.<name>``).
    weights : array of shape (arms,)
        In the order of the kind's arms.
    role : {'effect', 'not-worse', 'nothing'}
        Statement of the claim about the contrast.
    sign : int
        1, or −1 where the claim expects a decrease: estimates are reported in the metric's own direction.
    """

    name: str
    weights: Matrix
    role: str = EFFECT
    sign: int = 1

    def values(self, outcomes: Matrix) -> Matrix:
        """Return the contrast of each replicate, positive in the expected direction; outcomes (replicates, arms)."""
        return np.asarray(self.sign * (outcomes @ self.weights), dtype=np.float64)


@dataclass(frozen=True)
class Rule:
    """The rule that judges evidence: error rate, smallest effect of interest (metric's units), kind of interval."""

    alpha: float
    smallest: float
    method: str = "t"
    seed: int = 0


@dataclass(frozen=True)
class Evidence:
    """One part of a claim, tested.

    Attributes
    ----------
    name : str
        As in its `Contrast`.
    estimate, low, high : float
        In the metric's own direction; the interval at 1 − α.
    p_support, p_refute : float
        Two-sided conventions (twice the one-sided tail), so that the shown interval and the verdict before correction
        say the same.
    role : {'effect', 'not-worse', 'nothing', 'gone'}
        Statement of the claim.
    unit : {'metric', 'rank'}
        Unit of the estimate.
    sign : int
        −1 where the claim expects a decrease.
    bound : float
        The value, in the expected direction, that parts support from refutation: the smallest effect, its negative for
        'not-worse', 0 for 'gone', the worst rank that counts. For 'nothing' it bounds the size.
    """

    name: str
    estimate: float
    low: float
    high: float
    p_support: float
    p_refute: float
    role: str = EFFECT
    unit: str = "metric"
    sign: int = 1
    bound: float = 0.0

    @property
    def holds(self) -> bool:
        """True if the estimate, whatever its certainty, lies where the claim says; two modes must be shown."""
        if self.unit == "rank":
            return self.estimate <= self.bound
        if self.role == NOTHING:
            return abs(self.estimate) < self.bound
        # Any sample can be parted in two: their distance says nothing until two modes are shown.
        parted = self.name != MODES or self.p_support <= _SHOWN
        return parted and self.sign * self.estimate > self.bound

    @property
    def distance(self) -> float:
        """Distance of the estimate from the value at which the verdict turns, 0 or more, in the estimate's unit."""
        if self.role == NOTHING:
            inside = self.bound - abs(self.estimate)
            return inside if inside > 0 else abs(self.estimate)
        return abs(self.sign * self.estimate - self.bound)


def weigh(contrast: Contrast, outcomes: Matrix, rule: Rule) -> Evidence:
    """Test one contrast on outcomes of shape (replicates, arms), at least two complete replicates.

    - effect: supported when shown above the smallest effect; refuted when shown below it (no effect, and an opposite
      one, included).
    - not-worse: supported when shown above −smallest; refuted when shown below it.
    - nothing: supported when shown within ± smallest; refuted when shown apart from 0 (and not within ± smallest).
    """
    found = estimate(contrast.values(outcomes), rule.method, rule.seed)
    if contrast.role == NOTHING:
        low, high = found.interval(1 - rule.alpha)
        support = equivalence(found, rule.smallest)
        apart = min(found.above(0.0), found.below(0.0))
        refute = apart if max(high, -low) >= rule.smallest else 1.0
        return _evidence(contrast, found, rule, support, refute, rule.smallest)
    bound = -rule.smallest if contrast.role == NOT_WORSE else rule.smallest
    return _evidence(contrast, found, rule, found.above(bound), found.below(bound), bound)


def _evidence(contrast: Contrast, found: Estimate, rule: Rule, support: float, refute: float, bound: float) -> Evidence:
    ends = sorted(contrast.sign * end for end in found.interval(1 - rule.alpha))
    return Evidence(
        contrast.name,
        contrast.sign * found.mean,
        ends[0],
        ends[1],
        min(1.0, 2 * support),
        min(1.0, 2 * refute),
        contrast.role,
        sign=contrast.sign,
        bound=bound,
    )


def complete(outcomes: Matrix) -> Matrix:
    """Return the replicates in which every arm has a finite outcome."""
    return outcomes[np.isfinite(outcomes).all(axis=1)]


def crn_gain(contrast: Contrast, outcomes: Matrix) -> float:
    """Return the variance of the paired contrast ÷ that with independent seeds: below 1, pairing saves runs."""
    unpaired = float((contrast.weights**2 * outcomes.var(axis=0, ddof=1)).sum())
    paired = float((outcomes @ contrast.weights).var(ddof=1))
    return paired / unpaired if unpaired > 0 else float("nan")


def weakest(parts: Sequence[Evidence]) -> Evidence:
    """Return the part of a conjunction on which the claim hangs: the largest p for support."""
    return max(parts, key=lambda part: part.p_support)
