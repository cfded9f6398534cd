"""Effects of a sweep's factors: a metric's mean where a factor is low and where it is high, in every world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.experiments.across import QUANTILES, WORLD
from simulation.experiments.running.worker import OK

if TYPE_CHECKING:
    import pandas as pd

    from simulation.experiments.store.reading import Experiment

_FEW = 8
"""Most values of a factor whose lowest and highest are ends by themselves."""
_FIFTH = 0.2


@dataclass(frozen=True)
class _Ends:
    """Where a factor counts as low and as high."""

    low: Any
    high: Any
    spread: bool

    def mean(self, runs: pd.DataFrame, factor: str, metric: str, *, high: bool) -> float:
        column, at = runs[factor], self.high if high else self.low
        chosen = (column >= at if high else column <= at) if self.spread else column == at
        return float(runs.loc[chosen, metric].mean())


def over_worlds(experiment: Experiment, metric: str) -> pd.DataFrame:
    """Return what each factor does to a metric in every world of a sweep that was crossed with worlds.

    Parameters
    ----------
    experiment : Experiment
        A sweep with the factor ``world``.
    metric : str
        The metric.

    Returns
    -------
    DataFrame
        One row per factor: ``metric``, ``factor``, ``low`` and ``high`` (the values that are compared: the lowest and
        the highest, of many numbers the ends of the lowest and the highest fifth, of words those with the lowest and
        the highest mean in the default world), ``effect`` (the metric's mean at ``high`` less that at ``low``, in the
        default world), ``worlds``, ``share_of_worlds`` (share of worlds in which the effect has the sign that it has in
        the default world), and the quantiles ``q05``, ``q50`` and ``q95`` of the effect over worlds.
    """
    import pandas as pd

    runs = experiment.runs
    done = runs[(runs["status"] == OK) & np.isfinite(runs[experiment.check_metric(metric)].astype(float))]
    rows = []
    for factor in (name for name in experiment.design.names if name != WORLD):
        first = done[done[WORLD] == done[WORLD].min()]
        ends = _ends(first, factor, metric)
        effects = {
            int(world): ends.mean(block, factor, metric, high=True) - ends.mean(block, factor, metric, high=False)
            for world, block in done.groupby(WORLD)
        }
        rows.append({"metric": metric, "factor": factor, "low": ends.low, "high": ends.high, **_spread(effects)})
    return pd.DataFrame(rows)


def _ends(runs: pd.DataFrame, factor: str, metric: str) -> _Ends:
    import pandas as pd

    column = runs[factor]
    if not pd.api.types.is_numeric_dtype(column):
        ordered = runs.groupby(column)[metric].mean().sort_values(kind="stable").index
        return _Ends(ordered[0], ordered[-1], spread=False)
    if column.nunique() <= _FEW:
        return _Ends(column.min(), column.max(), spread=False)
    return _Ends(column.quantile(_FIFTH), column.quantile(1 - _FIFTH), spread=True)


def _spread(effects: dict[int, float]) -> dict[str, float]:
    known = {world: value for world, value in effects.items() if np.isfinite(value)}
    values = np.array(list(known.values()))
    first = effects[min(effects)]
    share = float(np.mean(values * first > 0)) if len(values) and first else float("nan")
    quantiles: Sequence[tuple[str, float]] = [
        (name, float(np.quantile(values, order)) if len(values) else float("nan")) for name, order in QUANTILES.items()
    ]
    return {"effect": first, "worlds": len(values), "share_of_worlds": share, **dict(quantiles)}
