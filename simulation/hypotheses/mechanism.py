"""Test of the mechanism: the effect must go when the mechanism goes.

The same contrast is taken with the mechanism and without it, on the same seeds. D = effect − 2 × effect without the
mechanism is above zero when more than half of the effect goes. Its test at α and the interval of the share that is left
(Fieller 1954, J. R. Stat. Soc. B 16) agree: the interval lies below one half exactly when D is shown to be above zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.experiments.statistics import critical, estimate
from simulation.hypotheses.evidence import GONE, NOT_WORSE, Contrast, Evidence, Matrix, Rule
from simulation.hypotheses.kinds import Kind
from simulation.hypotheses.verdicts import (
    NO_EVIDENCE,
    REFUTED,
    SUPPORTED,
    Judgement,
    headline,
    judge,
    judge_any,
)

HALF = 0.5
"""Share of an effect of which more must go."""
VANISHES, REMAINS, UNCLEAR, MOOT = "vanishes", "remains", "unclear", "moot"
_FEWEST = 3


@dataclass(frozen=True)
class Left:
    """The share of an effect that is left without the mechanism, 1 for all, with its interval at 1 − α.

    Where the effect itself is not apart from zero the ends are infinite.
    """

    name: str
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Absence:
    """Evidence of what goes when the mechanism goes.

    Attributes
    ----------
    parts : list of Evidence
        One per effect of the claim (role ``gone``), above zero when more than half of it goes; for a rank, for groups
        of runs and for a claim of no difference the claim's own part without the mechanism, turned round.
    left : list of Left
        The share that is left, per effect in the metric's unit.
    judgement : Judgement
        Of the parts together, before correction.
    part : Evidence or None
        The part that decides.
    """

    parts: list[Evidence]
    left: list[Left]
    judgement: Judgement
    part: Evidence | None

    @property
    def share(self) -> Left | None:
        """The share that is left of the effect that decides; None for ranks and the like."""
        return next((one for one in self.left if self.part is not None and one.name == self.part.name), None)

    def status(self, alpha: float, shown: bool) -> str:
        """Return the fate of the effect: vanishes, remains, unclear, or moot where there is no effect to explain."""
        if not shown:
            return MOOT
        return {SUPPORTED: VANISHES, REFUTED: REMAINS}.get(self.judgement.verdict(alpha), UNCLEAR)


def absence(kind: Kind, looked: dict[str, Any], expected: str, base: Matrix, without: Matrix, rule: Rule) -> Absence:
    """Test whether the effect goes with the mechanism.

    Parameters
    ----------
    kind, looked, expected
        As for `Kind.contrasts`; what the claim looked for in its pilot stays, so that both sides measure the same.
    base, without : arrays of shape (replicates, arms)
        Outcomes with and without the mechanism, rows on the same seeds; rows with a missing value in either are left
        out.
    rule : Rule
        Error rate and kind of interval.
    """
    whole = np.isfinite(base).all(axis=1) & np.isfinite(without).all(axis=1)
    base, without = base[whole], without[whole]
    if len(base) < _FEWEST:
        return Absence([], [], NO_EVIDENCE, None)
    effects = kind.effects(looked, expected)
    if effects:
        parts = [_gone(one, base, without, rule) for one in effects]
        left = [_left(one, base, without, rule) for one in effects]
    else:
        own = kind.evidence(without, looked, expected, rule)
        parts, left = [_turned(part) for part in own if part.role != NOT_WORSE], []
    judgement = (judge_any if kind.goes_with_any else judge)(parts)
    return Absence(parts, left, judgement, _deciding(parts, judgement, kind.goes_with_any, rule))


def join(effect: Judgement, gone: Absence, alpha: float) -> Judgement:
    """Return the judgement on a claim with a mechanism.

    The mechanism is judged only where the effect is shown: then the claim needs both, and is refuted where the effect
    stays. A false refutation comes from the effect or, where that is shown, from the mechanism, each with at most half
    of the error rate, so that both together keep it.

    Parameters
    ----------
    effect : Judgement
        On the effect alone, before correction.
    gone : Absence
        Evidence on the mechanism.
    alpha : float
        Error rate at which an effect counts as shown.
    """
    if effect.verdict(alpha) != SUPPORTED:
        return effect
    return Judgement(max(effect.p_support, gone.judgement.p_support), gone.judgement.p_refute)


def differences(effects: Sequence[Contrast], base: Matrix, without: Matrix) -> list[Matrix]:
    """Return D of each effect, to plan with: arrays of shape (complete replicates,)."""
    whole = np.isfinite(base).all(axis=1) & np.isfinite(without).all(axis=1)
    return [one.values(base[whole]) - one.values(without[whole]) / HALF for one in effects]


def _deciding(parts: Sequence[Evidence], judgement: Judgement, any_part: bool, rule: Rule) -> Evidence | None:
    if any_part and parts:
        return min(parts, key=lambda part: part.p_support)
    return headline(parts, judgement.verdict(rule.alpha))


def _gone(contrast: Contrast, base: Matrix, without: Matrix, rule: Rule) -> Evidence:
    found = estimate(contrast.values(base) - contrast.values(without) / HALF, rule.method, rule.seed)
    low, high = found.interval(1 - rule.alpha)
    support, refute = min(1.0, 2 * found.above(0.0)), min(1.0, 2 * found.below(0.0))
    return Evidence(contrast.name, found.mean, low, high, support, refute, GONE)


def _turned(part: Evidence) -> Evidence:
    ends = (part.estimate, part.low, part.high)
    return Evidence(part.name, *ends, part.p_refute, part.p_support, GONE, part.unit, part.sign, part.bound)


def _left(contrast: Contrast, base: Matrix, without: Matrix, rule: Rule) -> Left:
    effect, rest = contrast.values(base), contrast.values(without)
    top, bottom = float(rest.mean()), float(effect.mean())
    share = top / bottom if bottom else math.nan
    squared = critical(1 - rule.alpha, len(effect)) ** 2 / len(effect)
    spread = squared * np.cov(effect, rest)
    a = bottom**2 - float(spread[0, 0])
    b = top * bottom - float(spread[0, 1])
    c = top**2 - float(spread[1, 1])
    if a <= 0:
        return Left(contrast.name, share, -math.inf, math.inf)
    root = math.sqrt(max(0.0, b**2 - a * c))
    return Left(contrast.name, share, (b - root) / a, (b + root) / a)
