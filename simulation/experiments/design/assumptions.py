"""The factors behind ``factors = "assumptions"``: every number that the schema marks as an assumption."""

from __future__ import annotations

import math
import re

from simulation.experiments.design.distributions import Choices, Range
from simulation.experiments.design.factors import Factor
from simulation.scenario import parameters

_MARKED = re.compile(r"\bA\b")
_FINENESS = ("structure.citizens", "structure.communities", "weeks")
"""Parameters of how finely and how long the model is computed; they are no assumptions about the world."""
_EVEN = ("citizens.contacts",)
"""Parameters that must be even: a ring lattice joins each citizen to as many others on either side."""


def assumed_factors(spread: float = 0.4) -> tuple[Factor, ...]:
    """Return a range for every numeric parameter marked A.

    Parameters
    ----------
    spread : float
        Share of the default by which the range extends to both sides, inside the bounds of the schema. A default of 0
        is swept from 0 to that share of its upper bound (at most 1). The schema's own bounds say which values can be
        computed, not which are plausible.

    Returns
    -------
    tuple of Factor
        In the schema's order; parameters without a finite default are left out, and a first week of 0.
    """
    factors: list[Factor] = []
    for info in parameters():
        if info.key in _FINENESS or not _MARKED.search(info.source):
            continue
        if isinstance(info.default, bool) or not isinstance(info.default, int | float):
            continue
        if not math.isfinite(info.default) or (info.default == 0 and info.unit.startswith("week")):
            continue
        low, high = _ends(float(info.default), info.low, info.high, spread)
        whole = isinstance(info.default, int)
        if whole:
            low, high = float(math.ceil(low)), float(math.floor(high))
        if info.key in _EVEN:
            even = tuple(n for n in range(int(low), int(high) + 1) if n % 2 == 0)
            factors.append(Factor(info.key, Choices(even)))
        elif low < high:
            factors.append(Factor(info.key, Range(low, high, integer=whole)))
    return tuple(factors)


def _ends(default: float, lowest: float | None, highest: float | None, spread: float) -> tuple[float, float]:
    lowest = -math.inf if lowest is None else lowest
    highest = math.inf if highest is None else highest
    if default == 0:
        return max(0.0, lowest), spread * min(highest, 1.0)
    low, high = sorted((default * (1 - spread), default * (1 + spread)))
    return max(round(low, 12), lowest), min(round(high, 12), highest)
