"""Does any world fit? Posterior predictive checks of the distance, over all rows and measure by measure.

A fitted vector's run stands at some distance from what was observed. Another run of the same vector, seen with the
errors of the rows, stands at some distance from it too. If what was observed is nearly always the farther one, no world
of the posterior fits (Gelman, Meng & Stern 1996, Statistica Sinica 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.cases.distances import Rows, Scales, squares

if TYPE_CHECKING:
    import pandas as pd

type Array = NDArray[np.float64]

VECTORS, SEEDS = 100, 3
"""Vectors drawn from the posterior, and fresh runs of each."""
LEVEL = 0.05
"""Share of as large distances below which nothing fits; over all measures together where they are looked at singly."""
ALL = "all"
"""Stands for all rows in a table of measures."""


def drawn_by_weight(weights: Array, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return places drawn by weight, systematically: each as often as its share of ``number``, rounded by lot.

    Parameters
    ----------
    weights : array
        Weights, summing to 1.
    number : int
        Places wanted.
    rng : Generator
        Draws the offset.
    """
    summed = np.cumsum(weights)
    marks = (np.arange(number) + rng.random()) / number * summed[-1]
    return np.minimum(np.searchsorted(summed, marks, side="right"), len(weights) - 1).astype(np.int64)


def adequacy(rows: Rows, scales: Scales, predicted: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return whether the posterior fits.

    Parameters
    ----------
    rows : Rows
        The observed rows.
    scales : Scales
        Scales of the residuals.
    predicted : array, shape (vectors, seeds, rows)
        Predictions of vectors drawn by weight under fresh seeds, at least two; nan where a run failed.
    rng : Generator
        Draws the errors of the rows.

    Returns
    -------
    DataFrame
        ``measure, rows, distance, p, fits``, first for all rows: the median distance of a run from what was observed
        (root of the mean square residual: near 1 where all is well), the share of replications at least as far away,
        and whether this share is not too small. Measures are judged at the level divided by their number.
    """
    import pandas as pd

    names = rows.measures
    whole = predicted[~np.isnan(predicted).any(axis=(1, 2))]
    turned = np.roll(whole, -1, axis=1)
    runs, others = (part.reshape(-1, len(rows.value)) for part in (whole, turned))
    seen = squares(rows, scales, runs)
    again = squares(rows, scales, runs, rows.observed_again(others, rng))
    table = []
    for name, mine, here, there, level in (
        (ALL, np.ones(len(rows.value), dtype=np.bool_), seen.sum(axis=1), again.sum(axis=1), LEVEL),
        *(
            (name, rows.measure == name, seen[:, place], again[:, place], LEVEL / len(names))
            for place, name in enumerate(names)
        ),
    ):
        number = int((mine & rows.counts).sum())
        share = float((there >= here).mean()) if len(here) else 0.0
        distance = float(np.median(np.sqrt(here / number))) if len(here) else float("inf")
        table.append(
            {"measure": name, "rows": int(mine.sum()), "distance": distance, "p": share, "fits": share >= level}
        )
    return pd.DataFrame(table)
