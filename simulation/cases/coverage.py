"""Observed rows against the posterior's predictions: intervals, residuals, and the share of rows inside."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.cases.distances import MISCODED, Rows
from simulation.cases.events import censored

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case
    from simulation.cases.fitted import Fit
    from simulation.cases.predicting import Predicted

type Array = NDArray[np.float64]

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
"""Orders of the interval that is to hold nine rows in ten, and of its middle."""
EXPECTED = (0.025, 0.975)
"""Orders between which the share inside lies nearly always if the model is right."""
ERRORS = 20
"""Draws of the rows' errors for each prediction, so that chance in them hardly moves an interval."""
_STREAM = 11
_TINY = 1e-9


@dataclass(frozen=True)
class Coverage:
    """Rows against predictions.

    Attributes
    ----------
    rows : DataFrame
        One row per observed row: ``row, date, unit, domain, measure, value, sd, week, q05, q50, q95, inside,
        residual, event, observed, observed_date, q05_date, q50_date, q95_date``. Quantiles are of predictions with the
        error of the row. Events are weeks, and have dates beside them: the first day of the week, for ``q95_date`` its
        last day, empty after the last look. ``residual`` is (observed − mean prediction) ÷ √(variance of the
        prediction + sd²), on the scale of `distances.Rows.scaled`: above 0 more, or later, was observed than predicted.
    measures, units : DataFrame
        ``name, rows, inside`` (share), ``low, high``: where this share would lie if the model were right, in 95 of 100
        replications of the observations. First ``all``.
    """

    rows: pd.DataFrame
    measures: pd.DataFrame
    units: pd.DataFrame


def coverage(fit: Fit, predicted: Predicted) -> Coverage:
    """Return how predictions with the rows' errors cover what was observed.

    Replications of the observations, and not the binomial distribution, say which share is to be expected: rows of one
    run are right or wrong together, and an interval of whole numbers or dates holds more than nine tenths.
    """
    import pandas as pd

    case, rows = fit.case, Rows.of(fit.case)
    whole = predicted.rows[~np.isnan(predicted.rows).any(axis=1)]
    seen = rows.observed_again(np.repeat(whole, ERRORS, axis=0), np.random.default_rng([fit.seed, _STREAM]))
    event = rows.kind == "event"
    seen = np.where(event, censored(seen, rows.ends), seen)
    low, middle, high = (np.quantile(seen, order, axis=0, method="inverted_cdf") for order in (LOW, MIDDLE, HIGH))
    state = rows.kind == "state"
    for order, found in ((LOW, low), (MIDDLE, middle), (HIGH, high)):
        found[state] = _state(whole[:, state], order)
    within = (seen >= low) & (seen <= high)
    inside = (rows.target >= low) & (rows.target <= high)
    scaled = rows.scaled(whole)
    residual = (rows.scaled(rows.target) - scaled.mean(axis=0)) / np.sqrt(scaled.var(axis=0) + rows.scaled_sd**2)
    table = pd.DataFrame(
        {
            "row": np.arange(1, len(case.rows) + 1),
            "date": [row.date.isoformat() for row in case.rows],
            "unit": [row.unit for row in case.rows],
            "domain": [row.domain for row in case.rows],
            "measure": [row.measure for row in case.rows],
            "value": rows.value, "sd": rows.sd, "week": [spot.week for spot in case.spots],
            "q05": low, "q50": middle, "q95": high, "inside": inside, "residual": residual, "event": event,
            "observed": rows.target,
        }
    )  # fmt: skip
    for name in ("observed", "q05", "q50", "q95"):
        # An interval reaches to the last day of its last week.
        days = 6 if name == "q95" else 0
        dates = [_date(case, value, end, days) if is_event else "" for value, end, is_event
                 in zip(table[name], rows.ends, event, strict=True)]  # fmt: skip
        if name == "observed":  # the day as it was coded; of a run only the week is known
            dates = [row.date.isoformat() if date else "" for row, date in zip(case.rows, dates, strict=True)]
        table[f"{name}_date"] = dates
    return Coverage(
        table,
        _shares(table["measure"], rows.measures, inside, within),
        _shares(table["unit"], dict.fromkeys((*case.hierarchy.units, *case.hierarchy.cities)), inside, within),
    )


def _state(predicted: Array, order: float) -> Array:
    """Return the quantile of true-or-false rows with their errors, shape (rows,), exactly.

    Where all runs agree, the other value has exactly the probability that an end of the interval leaves out, and is
    left out; in drawn errors lot would decide.
    """
    off = (1 - predicted).mean(axis=0) * (1 - MISCODED) + predicted.mean(axis=0) * MISCODED
    return np.asarray(np.where(off > order + math.copysign(_TINY, MIDDLE - order), 0.0, 1.0), dtype=np.float64)


def _date(case: Case, week: float, end: float, days: int) -> str:
    return "" if week >= end else (case.start + timedelta(weeks=int(week), days=days)).isoformat()


def _shares(
    names: pd.Series, order: Iterable[str], inside: NDArray[np.bool_], within: NDArray[np.bool_]
) -> pd.DataFrame:
    import pandas as pd

    found = []
    for name in ("all", *order):
        mine = np.ones(len(names), bool) if name == "all" else (names == name).to_numpy()
        if not mine.any():
            continue
        low, high = np.quantile(within[:, mine].mean(axis=1), EXPECTED, method="inverted_cdf")
        found.append({"name": name, "rows": int(mine.sum()), "inside": float(inside[mine].mean()),
                      "low": float(low), "high": float(high)})  # fmt: skip
    return pd.DataFrame(found)
