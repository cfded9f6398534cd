"""The three parts of a single run's variance: parameters, seeds, and chance that belongs to neither."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Noise:
    """Variance components of a single run of a sweep.

    Attributes
    ----------
    parameters : float
        Variance between points, chance taken out.
    seeds : float
        Variance between replicates that is common to all points: what pairing removes from comparisons (0
        when points have seeds of their own).
    chance : float
        The rest: a seed's effect differs from point to point.
    left : float
        Share of the variance of the points' means that is chance, in [0, 1]; indices still contain it.
    replicates : int
        Runs per point. With one run per point chance cannot be separated: it is NaN, and ``left`` is 0.
    """

    parameters: float
    seeds: float
    chance: float
    left: float
    replicates: int

    def record(self) -> dict[str, float]:
        """Return the components, and their shares of the whole, as plain data."""
        whole = np.nansum([self.parameters, self.seeds, self.chance])
        shares = {
            f"{key}.share": getattr(self, key) / whole if whole > 0 else float("nan")
            for key in ("parameters", "seeds", "chance")
        }
        return {**asdict(self), **shares}


def decompose(runs: pd.DataFrame, metric: str) -> Noise:
    """Divide the variance of a metric by a two-way analysis (points × replicates, one run per cell).

    Parameters
    ----------
    runs : DataFrame
        Finished runs with ``point``, ``replicate`` and the metric; points without every replicate are left
        out.
    metric : str
        The metric to analyse.
    """
    wide = runs.pivot(index="point", columns="replicate", values=metric).dropna().to_numpy(dtype=float)
    points, replicates = wide.shape
    if points < 2:
        return Noise(0.0, 0.0, float("nan"), 0.0, replicates)
    between = float(wide.mean(axis=1).var(ddof=1))
    if replicates < 2:
        return Noise(between, float("nan"), float("nan"), 0.0, replicates)
    columns = wide.mean(axis=0)
    rest = wide - wide.mean(axis=1, keepdims=True) - columns + wide.mean()
    chance = float((rest**2).sum() / ((points - 1) * (replicates - 1)))
    seeds = max(0.0, float(columns.var(ddof=1)) - chance / points)
    parameters = max(0.0, between - chance / replicates)
    left = min(1.0, chance / replicates / between) if between > 0 else 0.0
    return Noise(parameters, seeds, chance, left, replicates)
