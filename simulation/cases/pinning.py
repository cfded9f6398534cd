"""Which parameters a fit pins down: posterior against prior, each on its position in the prior's range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.identify import PINNED
from simulation.experiments.statistics import quantile

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.prior import Prior
    from simulation.cases.search import Latents

type Array = NDArray[np.float64]

CRITICAL = 2.33
"""One-sided 1 % point of the normal distribution."""
RELATIVE_VARIANCE = 0.8
"""Variance of the squared deviation of a uniform number, in units of its squared variance."""
COLUMNS = ("parameter", "prior_low", "prior_median", "prior_high", "low", "median", "high", "variance_ratio", "verdict")
"""Columns of the table, also of an empty one."""
ORDERS = (0.05, 0.5, 0.95)


def parameter_table(prior: Prior, before: Latents, after: Latents, weights: Array) -> pd.DataFrame:
    """Return one row per parameter: prior and posterior median and 90 % interval, ratio of variances, verdict.

    ``variance_ratio`` is posterior ÷ prior variance of the position in the parameter's range. ``pinned`` below .5,
    ``narrowed`` below what two samples of these effective sizes would give once in a hundred times, else ``free``.
    Worlds are a sample themselves: of what they hold, a posterior on few of them tells no more than so many vectors.

    Parameters
    ----------
    prior : Prior
        The prior.
    before, after : Latents
        Vectors drawn from the prior and from the posterior.
    weights : array
        Weights of the latter, summing to 1.
    """
    import pandas as pd

    worlds = np.bincount(after.world, weights, prior.shape.worlds)
    points, by_world = (float(1 / (one**2).sum()) for one in (weights, worlds))
    old, new = prior.positions(before), prior.positions(after)
    even = np.full(len(old), 1 / len(old))
    drawn = [*prior.free.values(), *prior.ranges.values()]
    rows: list[dict[str, Any]] = []
    for place, (name, one) in enumerate(zip(prior.names, drawn, strict=True)):
        free = name in prior.free
        sizes = (len(old), points) if free else (min(len(old), prior.shape.worlds), min(points, by_world))
        spread = float(old[:, place].var())
        mean = float(weights @ new[:, place])
        ratio = float(weights @ (new[:, place] - mean) ** 2) / spread if spread > 0 else 1.0
        noise = 1 - CRITICAL * math.sqrt(RELATIVE_VARIANCE * sum(1 / size for size in sizes))
        verdict = "pinned" if ratio < min(PINNED, noise) else "narrowed" if ratio < noise else "free"
        ends = [
            one.at(quantile(table[:, place], share, order))
            for table, share in ((old, even), (new, weights))
            for order in ORDERS
        ]
        rows.append(dict(zip(COLUMNS, (name, *ends, ratio, verdict), strict=True)))
    return pd.DataFrame(rows, columns=COLUMNS)
