"""Pictures of a metric over the factors of a design: a curve, a map, or a scatter with a smoother, whichever fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, INK, SOFT
from simulation.drawing.sheet import Sheet
from simulation.experiments.pictures.canvas import WIDTH, Labels, finished, panel
from simulation.experiments.pictures.importance import swings
from simulation.experiments.pictures.maps import surface
from simulation.experiments.statistics import interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simulation.experiments.store.reading import Experiment

_FEW = 12
"""Values of a factor up to which each is shown with its own mean."""
_PARTS = 10
"""Parts of equal size of which a mean is shown where a factor has more values than a few."""
_MANY = 500
"""Dots of a panel from which on they are drawn as an image inside the picture."""
_KNOTS = 300
"""Most points that the smoother gets; it takes the means of neighbours where there are more."""


def response(experiment: Experiment, metric: str, *, lang: str = "en") -> Sheet:
    """Return the picture of a metric that fits the design.

    One factor that varies: a curve with intervals. A grid of two factors: a map. Any other design: one panel per
    factor, a scatter with a smoother.
    """
    points = experiment.points
    varied = [name for name in experiment.design.names if points[name].nunique() > 1]
    if len(varied) == 1 and points[varied[0]].nunique() <= _FEW:
        return curve(experiment, varied[0], metric, lang=lang)
    if len(varied) == 2 and experiment.design.kind == "grid":
        ordered = sorted(varied, key=lambda name: -points[name].nunique())
        return surface(experiment, ordered[0], ordered[1], metric, lang=lang)
    return scatter(experiment, metric, lang=lang)


def curve(experiment: Experiment, factor: str, metric: str, *, lang: str = "en") -> Sheet:
    """Return the mean of a metric at each value of one factor, with its interval."""
    runs = finished(experiment, metric)
    with panel("curve", lang, 6) as (sheet, axes, label):
        _means(axes, runs, factor, metric, label)
        axes.set_xlabel(label.axis(factor, WIDTH - 1))
        axes.set_ylabel(label.metric(metric))
        sheet.foot(label("curve_note"))
        return sheet


def scatter(experiment: Experiment, metric: str, *, lang: str = "en", most: int = 12) -> Sheet:
    """Return a metric over each factor, one panel per factor, with a smoother and the mean of each part.

    Of more factors than ``most``, those with the widest swing of the metric are shown.
    """
    points = experiment.points.dropna(subset=[metric])
    points = points[np.isfinite(points[metric])]
    names = experiment.design.names
    if len(names) > most:
        widest = set(swings(experiment, metric)["factor"].tail(most))
        names = [name for name in names if name in widest]
    from matplotlib.ticker import MaxNLocator

    columns = 2 if len(names) in (2, 4) else min(len(names), 3)
    rows = -(-len(names) // columns)
    width = WIDTH / 2 if columns > 1 else WIDTH
    sheet = Sheet("experiment-scatter", lang, width * columns, 2.8 * rows + 0.5)
    label = Labels(sheet)
    with sheet.styled():
        panels = sheet.subplots(rows, columns, squeeze=False, sharey=True)
        for axes in panels.flat[len(names) :]:
            axes.set_visible(False)
        smoothed = False
        for axes, name in zip(panels.flat, names, strict=False):
            axes.xaxis.set_major_locator(MaxNLocator(5))
            smoothed |= _cloud(axes, points, name, metric, label)
            axes.set_xlabel(label.axis(name, width - 0.9))
        for axes in panels[:, 0]:
            axes.set_ylabel(label.metric(metric))
        sheet.foot(label("scatter_note"), label("smooth_note") if smoothed else "")
        return sheet


def _cloud(axes: Axes, points: pd.DataFrame, name: str, metric: str, label: Labels) -> bool:
    """Draw every point of the design and what is common in them; tell whether that is a smooth line."""
    import pandas as pd

    column = points[name]
    if not pd.api.types.is_numeric_dtype(column) or column.nunique() <= _FEW:
        places = _means(axes, points, name, metric, label)
        _dots(axes, column.map(places).to_numpy(dtype=float), points[metric].to_numpy(dtype=float))
        return False
    where, outcome = column.to_numpy(dtype=float), points[metric].to_numpy(dtype=float)
    _dots(axes, where, outcome)
    parts = pd.qcut(column, _PARTS, duplicates="drop")
    grouped = points.assign(where=where).groupby(parts, observed=True)
    _bars(axes, grouped["where"].mean().to_numpy(), [part.to_numpy(dtype=float) for _, part in grouped[metric]])
    line = smooth(where, outcome)
    if line is not None:
        axes.plot(*line, "-", color=BLUE, linewidth=1.8, zorder=3)
    return line is not None


def _dots(axes: Axes, where: NDArray[np.float64], outcome: NDArray[np.float64]) -> None:
    """Draw one dot per point of the design; very many of them as an image, or the file would be mostly dots."""
    many = len(where) > _MANY
    axes.plot(where, outcome, ".", color=SOFT, markersize=4, alpha=0.5, zorder=1, rasterized=many)


def smooth(where: NDArray[np.float64], outcome: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...] | None:
    """Return a smooth line through points, as x and y; None where there are too few of them.

    A cubic smoothing spline; generalised cross-validation chooses how smooth it is.
    """
    from scipy.interpolate import make_smoothing_spline

    order = np.argsort(where, kind="stable")
    parts = np.array_split(order, min(len(order), _KNOTS))
    x = np.array([where[part].mean() for part in parts if len(part)])
    y = np.array([outcome[part].mean() for part in parts if len(part)])
    distinct, place = np.unique(x, return_inverse=True)
    weight = np.bincount(place, weights=[len(part) for part in parts if len(part)])
    mean = np.bincount(place, weights=y * [len(part) for part in parts if len(part)]) / weight
    if len(distinct) < 2 * _PARTS:
        return None
    low, high = distinct[0], distinct[-1]
    fitted = make_smoothing_spline((distinct - low) / (high - low), mean, w=weight / weight.mean())
    fine = np.linspace(0.0, 1.0, 200)
    return low + fine * (high - low), fitted(fine)


def _means(axes: Axes, table: pd.DataFrame, name: str, metric: str, label: Labels) -> dict[object, float]:
    """Draw the mean at each value of a factor with its interval; return where each value stands on the axis."""
    import pandas as pd

    column = table[name]
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    values = sorted(column.unique().tolist(), key=lambda value: (isinstance(value, str), value))
    places = {value: float(value) if numeric else float(place) for place, value in enumerate(values)}
    samples = [table.loc[column == value, metric].to_numpy(dtype=float) for value in values]
    _bars(axes, np.array(list(places.values())), samples, joined=numeric)
    if not numeric:
        axes.set_xticks(list(places.values()), [label.value(name, value) for value in values])
        axes.set_xlim(-0.5, len(values) - 0.5)
    return places


def _bars(axes: Axes, places: NDArray[np.float64], samples: list[NDArray[np.float64]], *, joined: bool = False) -> None:
    """Draw means with their 95 % intervals."""
    means = np.array([sample.mean() for sample in samples])
    ends = np.array([interval(sample, method="t")[:2] for sample in samples]).T
    spans = np.nan_to_num(np.clip(np.vstack([means - ends[0], ends[1] - means]), 0, None))
    axes.errorbar(
        places, means, yerr=spans, fmt="o-" if joined else "o", color=BLUE if joined else INK,
        ecolor=INK, markersize=4, capsize=2, linewidth=1.4, elinewidth=0.9, zorder=4,
    )  # fmt: skip
