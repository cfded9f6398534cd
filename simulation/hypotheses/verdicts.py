"""From evidence to a verdict: supported, refuted or undecided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.experiments.statistics import holm
from simulation.hypotheses.evidence import EFFECT, Evidence, weakest

SUPPORTED, REFUTED, UNDECIDED = "supported", "refuted", "undecided"
_MOSTLY = 0.5


@dataclass(frozen=True)
class Judgement:
    """The judgement that follows from all parts of a claim.

    A claim of several parts is a conjunction: supported when every part is (an intersection-union test, which needs
    no correction), refuted when any part is (Bonferroni over the parts).
    """

    p_support: float
    p_refute: float
    reach: bool

    def verdict(self, alpha: float) -> str:
        """Return the verdict at an error rate; supported and refuted exclude each other."""
        if self.p_support <= alpha and self.reach:
            return SUPPORTED
        return REFUTED if self.p_refute <= alpha else UNDECIDED


NO_EVIDENCE = Judgement(1.0, 1.0, False)


def judge(parts: Sequence[Evidence]) -> Judgement:
    """Combine the parts of one claim."""
    if not parts:
        return NO_EVIDENCE
    return Judgement(
        p_support=max(part.p_support for part in parts),
        p_refute=min(1.0, len(parts) * min(part.p_refute for part in parts)),
        reach=all(part.reach for part in parts),
    )


def correct(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Apply Holm over a battery: once over the tests for support, once over those for refutation.

    Either kind of error, for any hypothesis of the battery, then has at most the stated rate.
    """
    support = holm([one.p_support for one in judgements])
    refute = holm([one.p_refute for one in judgements])
    return [Judgement(up, down, one.reach) for up, down, one in zip(support, refute, judgements, strict=True)]


def headline(parts: Sequence[Evidence], verdict: str) -> Evidence | None:
    """Return the part for the battery's table: the part that refutes the claim, else the one on which it depends."""
    if not parts:
        return None
    if verdict == REFUTED:
        return min(parts, key=lambda part: part.p_refute)
    return weakest(parts)


def kept_share(base: Sequence[Evidence], removed: Sequence[Evidence]) -> float:
    """Return the share of its size that the most shrinking part keeps, 1 = all; NaN when no part can be compared."""
    shares = [
        after.estimate / before.estimate
        for before, after in zip(base, removed, strict=False)
        if before.unit == "metric" and before.role == EFFECT and before.estimate != 0
    ]
    return min(shares, default=math.nan)


def mechanism_status(base: str, removed: str, kept: float) -> str:
    """Return the fate of a claim without its mechanism: vanishes, remains, unclear, or moot.

    A claim does not rest on its mechanism if it holds without it, or if every part keeps more than half its size
    (``kept``). Size counts, because a verdict may turn when an effect shrinks just below the smallest effect.
    """
    if base != SUPPORTED:
        return "moot"
    if removed == SUPPORTED or kept > _MOSTLY:
        return "remains"
    return "vanishes" if removed == REFUTED else "unclear"


def robust_share(base: str, others: Sequence[str]) -> float:
    """Return the share of the alternatives in which the verdict holds; NaN without any.

    NaN also for an undecided verdict: with fewer replicates its alternatives would be undecided all the more.
    """
    if not others or base == UNDECIDED:
        return math.nan
    return sum(other == base for other in others) / len(others)
