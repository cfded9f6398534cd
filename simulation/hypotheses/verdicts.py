"""From evidence to a verdict: supported, refuted or undecided; and from verdicts to a label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulation.experiments.statistics import holm
from simulation.hypotheses.evidence import Evidence, weakest

SUPPORTED, REFUTED, UNDECIDED = "supported", "refuted", "undecided"
EMERGENT, ASSUMED, NOT_EXAMINED = "emergent", "assumed", "not-examined"
"""Labels of a supported claim: it survives the removal of every direct product; it does not; its file names none."""


@dataclass(frozen=True)
class Judgement:
    """The judgement that follows from all parts of a claim.

    A claim of several parts is a conjunction: supported when every part is (an intersection-union test, which needs
    no correction), refuted when any part is (Bonferroni over the parts).
    """

    p_support: float
    p_refute: float

    def verdict(self, alpha: float) -> str:
        """Return the verdict at an error rate; supported and refuted exclude each other."""
        if self.p_support <= alpha:
            return SUPPORTED
        return REFUTED if self.p_refute <= alpha else UNDECIDED


NO_EVIDENCE = Judgement(1.0, 1.0)


def judge(parts: Sequence[Evidence]) -> Judgement:
    """Combine the parts of one claim: each must hold."""
    if not parts:
        return NO_EVIDENCE
    return Judgement(
        p_support=max(part.p_support for part in parts),
        p_refute=min(1.0, len(parts) * min(part.p_refute for part in parts)),
    )


def judge_any(parts: Sequence[Evidence]) -> Judgement:
    """Combine parts of which one must hold: supported with Bonferroni, refuted when every part is."""
    if not parts:
        return NO_EVIDENCE
    return Judgement(
        p_support=min(1.0, len(parts) * min(part.p_support for part in parts)),
        p_refute=max(part.p_refute for part in parts),
    )


def correct(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Apply Holm over a battery: once over the tests for support, once over those for refutation.

    Either kind of error, for any hypothesis of the battery, then has at most the stated rate.
    """
    support = holm([one.p_support for one in judgements])
    refute = holm([one.p_refute for one in judgements])
    return [Judgement(up, down) for up, down in zip(support, refute, strict=True)]


def headline(parts: Sequence[Evidence], verdict: str) -> Evidence | None:
    """Return the part for the battery's table: the part that refutes the claim, else the one on which it depends."""
    if not parts:
        return None
    if verdict == REFUTED:
        return min(parts, key=lambda part: part.p_refute)
    return weakest(parts)


def label_of(verdict: str, examined: bool, without_products: str | None) -> str | None:
    """Return the label that follows from the verdicts; None for a claim that is not supported.

    Parameters
    ----------
    verdict : str
        On the claim.
    examined : bool
        True if the file names the direct products, or the reason why there are none.
    without_products : str or None
        Verdict on the effect without the direct products; None where there are none.
    """
    if verdict != SUPPORTED:
        return None
    if not examined:
        return NOT_EXAMINED
    return EMERGENT if without_products in (None, SUPPORTED) else ASSUMED


def robust_share(base: str, others: Sequence[str]) -> float:
    """Return the share of the alternatives in which the verdict holds; NaN without any.

    NaN also for an undecided verdict: with fewer replicates its alternatives would be undecided all the more.
    """
    if not others or base == UNDECIDED:
        return math.nan
    return sum(other == base for other in others) / len(others)
