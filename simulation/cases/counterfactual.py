"""Had it gone otherwise: differences between each counterfactual and the case as it was, over the posterior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.cases.predicting import Predicted, smallest

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.fitted import Fit

type Array = NDArray[np.float64]

COLUMNS = ("arm", "metric", "time", "week", "vectors", "low", "median", "high", "smallest", "beyond", "verdict")


def differences(fit: Fit, predicted: Predicted) -> pd.DataFrame:
    """Return the differences for the metrics of which the case says what difference matters.

    Returns
    -------
    DataFrame
        ``arm, metric, time`` (now: the last observed week; end: the last one run), ``week, vectors`` (in which the
        metric is defined in both), ``low, median, high`` (90 % of the posterior), ``smallest``, ``beyond`` (share of
        the posterior in which the difference is larger than the smallest one) and ``verdict``: beyond or within where
        the whole interval is, else undecided. Seeds of a vector are averaged first; they are the same in both arms.
    """
    import pandas as pd

    found = []
    for time, week, table in (
        ("now", predicted.horizon.last, predicted.now),
        ("end", predicted.horizon.end, predicted.end),
    ):
        for place, arm in enumerate(predicted.arms[1:], 1):
            for metric, least in smallest(fit.case).items():
                values = by_vector(table[metric][place] - table[metric][0], predicted.draws)
                low, median, high = np.quantile(values, (0.05, 0.5, 0.95)) if len(values) else np.full(3, np.nan)
                beyond = float((np.abs(values) > least).mean()) if len(values) else np.nan
                found.append((arm.name, metric, time, week, len(values), float(low), float(median), float(high),
                              least, beyond, verdict(float(low), float(high), least)))  # fmt: skip
    return pd.DataFrame(found, columns=list(COLUMNS))


def by_vector(values: Array, draws: int) -> Array:
    """Return the mean over seeds of each vector, without those that have none: shape (draws,) or fewer."""
    table = values.reshape(draws, -1)
    known = ~np.isnan(table)
    counts = known.sum(axis=1)
    sums = np.where(known, table, 0.0).sum(axis=1)
    return np.asarray(sums[counts > 0] / counts[counts > 0], dtype=np.float64)


def verdict(low: float, high: float, least: float) -> str:
    """Return ``beyond`` where a whole interval lies beyond the smallest difference, ``within`` where inside."""
    if low > least or high < -least:
        return "beyond"
    return "within" if -least <= low and high <= least else "undecided"
