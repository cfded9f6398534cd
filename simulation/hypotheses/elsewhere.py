"""A claim under other ways of building the model and in other plausible worlds: a verdict each, and what they share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.hypotheses.evidence import Evidence
from simulation.hypotheses.robustness import Variant

_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class VariantFinding:
    """The verdict on a claim's effect under one alternative or in one world, at the uncorrected error rate."""

    variant: Variant
    verdict: str
    part: Evidence | None
    parts: list[Evidence]
    replicates: int

    @property
    def holds(self) -> bool | None:
        """True if every part lies where the claim says, by its estimate; None where nothing could be measured."""
        return all(part.holds for part in self.parts) if self.parts else None


def share_of(found: Sequence[VariantFinding]) -> float:
    """Return the share in which the claim holds by its estimates; NaN where nothing was measured."""
    held = [one.holds for one in found if one.holds is not None]
    return sum(held) / len(held) if held else math.nan


def spread_of(found: Sequence[VariantFinding], name: str) -> tuple[float, float, float]:
    """Return the 5 %, 50 % and 95 % quantiles of a part's estimates; NaN where nothing was measured."""
    values = [part.estimate for one in found for part in one.parts if part.name == name]
    if not values:
        return math.nan, math.nan, math.nan
    low, middle, high = (float(value) for value in np.quantile(values, _QUANTILES))
    return low, middle, high
