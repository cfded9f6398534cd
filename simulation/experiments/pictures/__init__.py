"""Pictures of experiments: matplotlib figures, safe for colour-blind readers and readable in grey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, INK, ORANGE, SOFT
from simulation.drawing.sheet import Sheet
from simulation.experiments.pictures.canvas import WIDTH, Labels, finished, panel
from simulation.experiments.pictures.maps import phase, running_means, surface
from simulation.files.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simulation.experiments.ablation import Ablation
    from simulation.experiments.comparison import Comparison
    from simulation.experiments.indices import Sensitivity
    from simulation.experiments.store.reading import Experiment

__all__ = [
    "contributions",
    "differences",
    "draw",
    "indices",
    "phase",
    "running_means",
    "scatter",
    "surface",
    "swings",
    "tornado",
]
KINDS = ("tornado", "indices", "scatter", "surface", "phase")


def draw(found: Sensitivity, kind: str, *, lang: str = "en", factors: Sequence[str] = ()) -> Sheet:
    """Return a picture of a sensitivity study by its kind's name."""
    if kind not in KINDS:
        raise InputError(
            "there is no such picture", given=kind, allowed=", ".join(KINDS), suggestion=nearest(kind, KINDS)
        )
    if kind == "indices":
        return indices(found, lang=lang)
    if kind == "tornado":
        return tornado(found.experiment, found.metric, lang=lang)
    if kind == "scatter":
        return scatter(found.experiment, found.metric, lang=lang)
    pair = tuple(factors) or tuple(_leading(found))
    picture = surface if kind == "surface" else phase
    return picture(found.experiment, pair[0], pair[1], found.metric, lang=lang)


def _leading(found: Sensitivity) -> list[str]:
    key = "ST" if found.method == "sobol" else "mu_star"
    return found.table.sort_values(key, ascending=False)["factor"].head(2).tolist()


def indices(found: Sensitivity, *, lang: str = "en") -> Sheet:
    """Return first and total indices as bars with intervals (Sobol), or μ* against σ (Morris)."""
    if found.method == "morris":
        return _morris_plane(found, lang)
    table = found.table.sort_values("ST")
    with panel("indices", lang, len(table)) as (sheet, axes, label):
        places = np.arange(len(table))
        for key, shift, colour, hatch in (("ST", 0.2, BLUE, ""), ("S1", -0.2, ORANGE, "//")):
            half = (table[f"{key}.high"] - table[f"{key}.low"]) / 2
            axes.barh(
                places + shift,
                table[key],
                0.38,
                xerr=half,
                color=colour,
                hatch=hatch,
                edgecolor=INK,
                capsize=2,
                label=label("first" if key == "S1" else "whole"),
            )
        axes.set_yticks(places, table["factor"])
        axes.set_xlabel(label("share_of_variance", metric=found.metric))
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.legend()
        return sheet


def _morris_plane(found: Sensitivity, lang: str) -> Sheet:
    with panel("indices", lang, 8) as (sheet, axes, label):
        half = (found.table["mu_star.high"] - found.table["mu_star.low"]) / 2
        axes.errorbar(found.table["mu_star"], found.table["sigma"], xerr=half, fmt="o", color=BLUE, ecolor=SOFT)
        # The largest lie close together: their names stand in a column beside the plane, in the order of their heights.
        named = found.table.nlargest(12, "mu_star").sort_values("sigma")
        for place, row in enumerate(named.itertuples()):
            axes.annotate(
                row.factor, (row.mu_star, row.sigma), xytext=(1.03, (place + 0.5) / len(named)),
                textcoords="axes fraction", fontsize=8, va="center", annotation_clip=False,
                arrowprops={"arrowstyle": "-", "color": SOFT, "linewidth": 0.4},
            )  # fmt: skip
        axes.set_xlabel(label("mu_star", metric=found.metric))
        axes.set_ylabel(label("sigma"))
        return sheet


def swings(experiment: Experiment, metric: str) -> pd.DataFrame:
    """Return each factor's swing: the metric's mean where the factor is low and where it is high.

    A factor with few values is low and high at the values with the extreme means; another one in its lowest
    and highest fifth. Columns factor, low, high, mean; the widest swing last.
    """
    import pandas as pd

    runs = finished(experiment, metric)
    rows = []
    for factor in experiment.design.names:
        column = runs[factor]
        if column.nunique() <= 8 or not pd.api.types.is_numeric_dtype(column):
            means = runs.groupby(column)[metric].mean()
            ends = (
                (means.iloc[0], means.iloc[-1]) if pd.api.types.is_numeric_dtype(column) else (means.min(), means.max())
            )
        else:
            bottom, top = column.quantile([0.2, 0.8])
            ends = (runs.loc[column <= bottom, metric].mean(), runs.loc[column >= top, metric].mean())
        rows.append({"factor": factor, "low": float(ends[0]), "high": float(ends[1])})
    table = pd.DataFrame(rows).assign(mean=float(runs[metric].mean()))
    return table.iloc[(table["high"] - table["low"]).abs().argsort(kind="stable")].reset_index(drop=True)


def tornado(experiment: Experiment, metric: str, *, lang: str = "en", most: int = 20) -> Sheet:
    """Return the factors ordered by the swing of the metric's mean between their low and high ends."""
    table = swings(experiment, metric).tail(most)
    with panel("tornado", lang, len(table)) as (sheet, axes, label):
        places = np.arange(len(table))
        middle = float(table["mean"].iloc[0])
        for end, colour, hatch in (("low", ORANGE, "//"), ("high", BLUE, "")):
            axes.barh(
                places,
                table[end] - middle,
                0.7,
                left=middle,
                color=colour,
                hatch=hatch,
                edgecolor=INK,
                label=label(f"factor_{end}"),
            )
        axes.axvline(middle, color=INK, linewidth=0.8)
        axes.set_yticks(places, table["factor"])
        axes.set_xlabel(label("mean_of", metric=metric))
        axes.legend()
        return sheet


def scatter(experiment: Experiment, metric: str, *, lang: str = "en", most: int = 12) -> Sheet:
    """Return a metric over each factor, one panel per factor, with the mean of each part drawn in."""
    points = experiment.points.dropna(subset=[metric])
    names = experiment.design.names[:most]
    columns = min(len(names), 3)
    rows = -(-len(names) // columns)
    sheet = Sheet("experiment-scatter", lang, WIDTH / 2 * columns, 2.8 * rows)
    label = Labels(sheet)
    with sheet.styled():
        panels = sheet.subplots(rows, columns, squeeze=False, sharey=True)
        for axes in panels.flat[len(names) :]:
            axes.set_visible(False)
        for axes, name in zip(panels.flat, names, strict=False):
            _cloud(axes, points, name, metric)
        for axes in panels[:, 0]:
            axes.set_ylabel(label.metric(metric))
        return sheet


def _cloud(axes: Axes, points: pd.DataFrame, name: str, metric: str) -> None:
    import pandas as pd

    column = points[name]
    numeric = pd.api.types.is_numeric_dtype(column)
    where = column.astype(float) if numeric else pd.Series(pd.factorize(column, sort=True)[0], column.index)
    axes.plot(where, points[metric], ".", color=SOFT, markersize=4, alpha=0.6)
    parts = where if where.nunique() <= 12 else pd.cut(where, 10)
    means = points.assign(where=where).groupby(parts, observed=True)[["where", metric]].mean()
    axes.plot(means["where"], means[metric], "o-", color=BLUE, markersize=4)
    if not numeric:
        axes.set_xticks(range(column.nunique()), sorted(column.unique()), rotation=30)
    axes.set_xlabel(name)


def differences(found: Comparison, metric: str, *, lang: str = "en") -> Sheet:
    """Return each arm's mean difference from the first, with its interval."""
    table = found.table[found.table["metric"] == metric].iloc[::-1]
    with panel("differences", lang, len(table)) as (sheet, axes, label):
        _intervals(axes, table["arm"], table["mean"], table["low"], table["high"])
        axes.set_xlabel(label("difference", metric=metric, baseline=found.baseline))
        return sheet


def contributions(found: Ablation, metric: str, *, lang: str = "en") -> Sheet:
    """Return each mechanism's Shapley contribution with its interval."""
    table = found.table[found.table["metric"] == metric].iloc[::-1]
    with panel("contributions", lang, len(table)) as (sheet, axes, label):
        _intervals(axes, table["mechanism"], table["shapley"], table["shapley.low"], table["shapley.high"])
        axes.set_xlabel(label("shapley", metric=metric))
        return sheet


def _intervals(axes: Axes, names: pd.Series, middle: pd.Series, low: pd.Series, high: pd.Series) -> None:
    places = np.arange(len(names))
    ends = np.nan_to_num(np.vstack([middle - low, high - middle]))
    axes.errorbar(middle, places, xerr=np.clip(ends, 0, None), fmt="o", color=BLUE, capsize=3)
    axes.axvline(0, color=INK, linewidth=0.8, linestyle="--")
    axes.set_yticks(places, names)
    axes.set_ylim(-0.6, len(names) - 0.4)
