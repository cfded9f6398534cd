"""Maps of a metric over two factors, and how its mean settles with the number of replicates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.colours import BLUE, INK, RED, ramp
from simulation.drawing.numbers import decimals, significant
from simulation.experiments.pictures.canvas import WIDTH, Labels, finished, panel
from simulation.files.errors import InputError, listed, nearest, told

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simulation.drawing.sheet import Sheet
    from simulation.experiments.store.reading import Experiment

_MOST_WRITTEN, _MOST_ACROSS = 144, 10
"""Cells, and columns, up to which a map has room for its numbers."""
_FEW = 12
"""Values of a factor up to which each has a row or column of its own."""
_HIGH = 3.0
"""Inches of the label up a map's side."""


def surface(experiment: Experiment, first: str, second: str, metric: str, *, lang: str = "en") -> Sheet:
    """Return the mean of a metric over two factors as a map, each cell's number in it where there is room."""
    grid = _table(experiment, first, second, metric)
    with panel("surface", lang, 8) as (sheet, axes, label):
        image = _map(axes, grid, first, second, label)
        if not _write(axes, grid, image, significant) and _is_smooth(grid):
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
        image = _map(axes, grid, first, second, label, low=0.0, high=1.0)
        _write(axes, grid, image, lambda value: decimals(value, 2))
        sheet.colorbar(image, ax=axes, label=label("share_above", metric=metric, threshold=significant(limit)))
        return sheet


def _table(
    experiment: Experiment, first: str, second: str, metric: str, threshold: float | None = None
) -> pd.DataFrame:
    import pandas as pd

    for name in (first, second):
        if name not in experiment.design.names:
            raise InputError(
                told("error.map.not_varied"),
                file=experiment.path,
                given=name,
                allowed=listed(experiment.design.names),
                suggestion=nearest(name, experiment.design.names),
            )
    runs = finished(experiment, metric)
    value = runs[metric] if threshold is None else (runs[metric] > threshold).astype(float)
    keys = []
    for name in (second, first):
        column = runs[name]
        fine = pd.api.types.is_numeric_dtype(column) and column.nunique() > _FEW
        keys.append(pd.cut(column, 10).map(lambda part: part.mid).astype(float) if fine else column)
    grid = value.groupby(keys, observed=True).mean().unstack()
    # A value at which every run failed keeps its place, empty.
    down, across = (_all_values(experiment, name, side) for name, side in ((second, grid.index), (first, grid.columns)))
    return grid.reindex(index=down, columns=across)


def _all_values(experiment: Experiment, name: str, found: pd.Index) -> list[Any]:
    """Return the values of a factor in order, those without a finished run too; parts of a range as they are."""
    values = experiment.points[name]
    if values.nunique() > _FEW:
        return list(found)
    return sorted(values.unique().tolist(), key=lambda value: (isinstance(value, str), value))


def _is_smooth(grid: pd.DataFrame) -> bool:
    """Tell whether lines of equal height mean something: numbers along both sides, many cells, none missing."""
    import pandas as pd

    sides = all(pd.api.types.is_numeric_dtype(side) and len(side) > 4 for side in (grid.index, grid.columns))
    cells = grid.to_numpy()
    return bool(sides and np.isfinite(cells).all() and np.ptp(cells) > 0)


def _write(axes: Axes, grid: pd.DataFrame, image: Any, style: Callable[[float], str]) -> bool:
    """Write each cell's number into it where there is room; tell whether there is."""
    if grid.size > _MOST_WRITTEN or grid.shape[1] > _MOST_ACROSS:
        return False
    for (row, column), value in np.ndenumerate(grid.to_numpy()):
        tone = "white" if np.isfinite(value) and image.norm(value) > 0.6 else INK
        axes.text(column, row, style(value), ha="center", va="center", fontsize=8, color=tone)
    return True


def _map(
    axes: Axes,
    grid: pd.DataFrame,
    first: str,
    second: str,
    label: Labels,
    low: float | None = None,
    high: float | None = None,
) -> Any:
    image = axes.imshow(grid.to_numpy(), origin="lower", aspect="auto", cmap=ramp(), vmin=low, vmax=high)
    for axis, key, names in ((axes.xaxis, first, grid.columns), (axes.yaxis, second, grid.index)):
        axis.set_ticks(range(len(names)), [label.value(key, name) for name in names.tolist()])
    axes.set_xlabel(label.axis(first, WIDTH - 2))
    axes.set_ylabel(label.axis(second, _HIGH))
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
