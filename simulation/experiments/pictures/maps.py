"""Maps of a metric over two factors, and how its mean settles with the number of replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.colours import BLUE, INK, MAP, RED
from simulation.drawing.numbers import decimals, significant
from simulation.experiments.pictures.canvas import finished, panel
from simulation.files.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simulation.drawing.sheet import Sheet
    from simulation.experiments.store.reading import Experiment


def surface(experiment: Experiment, first: str, second: str, metric: str, *, lang: str = "en") -> Sheet:
    """Return the mean of a metric over two factors as a map with contour lines."""
    grid = _table(experiment, first, second, metric)
    with panel("surface", lang, 8) as (sheet, axes, label):
        image = _map(axes, grid, first, second)
        if min(grid.shape) > 1 and np.isfinite(grid.to_numpy()).all() and np.ptp(grid.to_numpy()) > 0:
            lines = axes.contour(
                np.arange(grid.shape[1]),
                np.arange(grid.shape[0]),
                grid.to_numpy(),
                colors=RED,
                linewidths=1,
            )
            axes.clabel(lines, fontsize=8)
        sheet.colorbar(image, ax=axes, label=label("mean_of", metric=metric))
        return sheet


def phase(
    experiment: Experiment,
    first: str,
    second: str,
    metric: str,
    *,
    threshold: float | None = None,
    lang: str = "en",
) -> Sheet:
    """Return a two-factor phase diagram: the share of runs in which a metric exceeds a threshold.

    Parameters
    ----------
    first, second : str
        Factors along and up.
    threshold : float, optional
        By default the middle between the metric's smallest and largest value.
    """
    runs = finished(experiment, metric)
    limit = float((runs[metric].min() + runs[metric].max()) / 2) if threshold is None else threshold
    grid = _table(experiment, first, second, metric, limit)
    with panel("phase", lang, 8) as (sheet, axes, label):
        image = _map(axes, grid, first, second, low=0.0, high=1.0)
        for (row, column), value in np.ndenumerate(grid.to_numpy()):
            if np.isfinite(value) and grid.size <= 144:
                tone = "white" if value > 0.6 else INK
                axes.text(column, row, decimals(value, 2), ha="center", va="center", fontsize=8, color=tone)
        sheet.colorbar(image, ax=axes, label=label("share_above", metric=metric, threshold=significant(limit)))
        return sheet


def _table(
    experiment: Experiment, first: str, second: str, metric: str, threshold: float | None = None
) -> pd.DataFrame:
    import pandas as pd

    for name in (first, second):
        if name not in experiment.design.names:
            raise InputError(
                "the experiment did not vary this",
                file=experiment.path,
                given=name,
                allowed=", ".join(experiment.design.names),
                suggestion=nearest(name, experiment.design.names),
            )
    runs = finished(experiment, metric)
    value = runs[metric] if threshold is None else (runs[metric] > threshold).astype(float)
    keys = []
    for name in (second, first):
        column = runs[name]
        fine = pd.api.types.is_numeric_dtype(column) and column.nunique() > 12
        keys.append(pd.cut(column, 10).map(lambda part: part.mid).astype(float) if fine else column)
    return value.groupby(keys, observed=True).mean().unstack()


def _map(
    axes: Axes,
    grid: pd.DataFrame,
    first: str,
    second: str,
    low: float | None = None,
    high: float | None = None,
) -> Any:
    image = axes.imshow(grid.to_numpy(), origin="lower", aspect="auto", cmap=MAP, vmin=low, vmax=high)
    for axis, names in ((axes.xaxis, grid.columns), (axes.yaxis, grid.index)):
        shown = [significant(name) if isinstance(name, float) else str(name) for name in names]
        axis.set_ticks(range(len(shown)), shown)
    axes.set_xlabel(first)
    axes.set_ylabel(second)
    return image


def running_means(experiment: Experiment, metric: str, *, lang: str = "en", most: int = 10) -> Sheet:
    """Return a picture of how the mean of a metric settles with the number of replicates, one line per point."""
    runs = finished(experiment, metric)
    with panel("running-means", lang, 8) as (sheet, axes, label):
        for number, (_, group) in enumerate(runs.groupby("point")):
            if number >= most:
                break
            means = group.sort_values("replicate")[metric].expanding().mean().to_numpy()
            axes.plot(np.arange(1, len(means) + 1), means, ("-", "--", ":", "-.")[number % 4], color=BLUE)
        axes.set_xlabel(label("replicates"))
        axes.set_ylabel(label("mean_of", metric=metric))
        return sheet
