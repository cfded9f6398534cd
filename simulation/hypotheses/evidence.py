"""Evidence of a sample on one part of a claim: estimate, interval, p for support, p for refutation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.experiments.statistics import equivalence, estimate

type Matrix = NDArray[np.float64]

EFFECT, NOT_WORSE, NOTHING = "effect", "not-worse", "nothing"
"""Roles of a contrast: an effect exists; it does not fall by the smallest effect; it is equivalent to zero."""


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

    ``p_support`` and ``p_refute`` are two-sided conventions (twice the one-sided tail); ``reach`` tells whether the
    smallest effect of interest lies within the interval's reach. ``unit`` is ``metric`` or ``rank``; ``sign`` is −1
    where the claim expects a decrease.
    """

    name: str
    estimate: float
    low: float
    high: float
    p_support: float
    p_refute: float
    reach: bool
    role: str = EFFECT
    unit: str = "metric"
    sign: int = 1


def weigh(contrast: Contrast, outcomes: Matrix, rule: Rule) -> Evidence:
    """Test one contrast on outcomes of shape (replicates, arms), at least two complete replicates.

    - effect: supported when shown above 0; refuted when shown below 0, or within ± smallest.
    - not-worse: supported when shown above −smallest; refuted when shown below it.
    - nothing: supported when shown within ± smallest; refuted when shown apart from 0 (and not within ± smallest).
    """
    found = estimate(contrast.values(outcomes), rule.method, rule.seed)
    low, high = found.interval(1 - rule.alpha)
    margin, reach = rule.smallest, True
    if contrast.role == EFFECT:
        support, reach = found.above(0.0), high >= margin
        refute = min(found.below(0.0), equivalence(found, margin))
    elif contrast.role == NOT_WORSE:
        support, refute = found.above(-margin), found.below(-margin)
    else:
        support = equivalence(found, margin)
        refute = min(found.above(0.0), found.below(0.0)) if max(high, -low) >= margin else 1.0
    ends = sorted((contrast.sign * low, contrast.sign * high))
    return Evidence(
        contrast.name,
        contrast.sign * found.mean,
        ends[0],
        ends[1],
        min(1.0, 2 * support),
        min(1.0, 2 * refute),
        reach,
        contrast.role,
        sign=contrast.sign,
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
    return max(parts, key=lambda part: (part.p_support, not part.reach))
