"""Pictures of which factors matter: indices with intervals, Morris's plane, the tornado of swings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, INK, ORANGE, SOFT
from simulation.experiments.pictures.canvas import NAMES, finished, panel

if TYPE_CHECKING:
    import pandas as pd

    from simulation.drawing.sheet import Sheet
    from simulation.experiments.indices import Sensitivity
    from simulation.experiments.store.reading import Experiment


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
        axes.set_yticks(places, [label.factor(name, NAMES) for name in table["factor"]])
        axes.set_xlabel(label("share_of_variance", metric=found.metric))
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.legend(loc="best")
        return sheet


def _morris_plane(found: Sensitivity, lang: str) -> Sheet:
    with panel("indices", lang, 10) as (sheet, axes, label):
        half = (found.table["mu_star.high"] - found.table["mu_star.low"]) / 2
        axes.errorbar(found.table["mu_star"], found.table["sigma"], xerr=half, fmt="o", color=BLUE, ecolor=SOFT)
        # The largest lie close together: their names stand in a column beside the plane, in the order of their heights.
        named = found.table.nlargest(12, "mu_star").sort_values("sigma")
        for place, row in enumerate(named.itertuples()):
            axes.annotate(
                label.factor(row.factor, NAMES), (row.mu_star, row.sigma), xytext=(1.03, (place + 0.5) / len(named)),
                textcoords="axes fraction", fontsize=8, va="center", annotation_clip=False,
                arrowprops={"arrowstyle": "-", "color": SOFT, "linewidth": 0.4, "relpos": (0.0, 0.5)},
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
        axes.set_yticks(places, [label.factor(name, NAMES) for name in table["factor"]])
        axes.set_xlabel(label("mean_of", metric=metric))
        axes.legend(loc="best")
        return sheet
