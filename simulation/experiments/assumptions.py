"""The factors behind ``factors = "assumptions"``: every number of the schema that its own line calls an assumption."""

from __future__ import annotations

import math
import re

from simulation.experiments.factors import Range

_MARKED = re.compile(r"\bA\b")
_FINENESS = ("structure.citizens", "structure.communities", "weeks")
"""How finely and how long the model is computed: no assumption about the world."""


def assumed_factors(spread: float = 0.4) -> tuple[Range, ...]:
    """Return a range for every numeric parameter marked A.

    Parameters
    ----------
    spread : float
        The range is the default ± so great a share of it, inside what the schema allows; a default of 0 is swept
        from 0 to that share of its upper bound (at most 1). The schema's own bounds say what can be computed, not
        what is plausible.

    Returns
    -------
    tuple of Range
        In the schema's order; parameters without a finite default are left out.
    """
    from simulation.scenario import parameters

    factors = []
    for info in parameters():
        if info.key in _FINENESS or not _MARKED.search(info.source):
            continue
        if isinstance(info.default, bool) or not isinstance(info.default, int | float):
            continue
        if math.isfinite(info.default):
            ends = _ends(float(info.default), info.low, info.high, spread)
            whole = isinstance(info.default, int)
            low, high = (float(math.ceil(ends[0])), float(math.floor(ends[1]))) if whole else ends
            if low < high:
                factors.append(Range(info.key, low, high, integer=whole))
    return tuple(factors)


def _ends(default: float, lowest: float | None, highest: float | None, spread: float) -> tuple[float, float]:
    lowest = -math.inf if lowest is None else lowest
    highest = math.inf if highest is None else highest
    if default == 0:
        return max(0.0, lowest), spread * min(highest, 1.0)
    low, high = sorted((default * (1 - spread), default * (1 + spread)))
    return max(round(low, 12), lowest), min(round(high, 12), highest)
