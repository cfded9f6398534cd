"""Pictures of differences between scenarios and of the contributions of mechanisms, each with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, INK
from simulation.drawing.lettering import wrap
from simulation.drawing.numbers import plain
from simulation.experiments.pictures.canvas import NAMES, WIDTH, panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from simulation.drawing.sheet import Sheet
    from simulation.experiments.ablation import Ablation
    from simulation.experiments.comparison import Comparison


def differences(found: Comparison, metric: str, *, lang: str = "en") -> Sheet:
    """Return each arm's mean difference from the first, with its interval."""
    table = found.table[found.table["metric"] == metric].iloc[::-1]
    with panel("differences", lang, len(table)) as (sheet, axes, label):
        names = [wrap(found.label(arm, sheet.lang), NAMES, 8.0) for arm in table["arm"]]
        _intervals(axes, names, table["mean"], table["low"], table["high"])
        told = label("difference", metric=metric, baseline=found.label(found.baseline, sheet.lang))
        axes.set_xlabel(wrap(told, WIDTH - NAMES, 8.5))
        sheet.foot(label("intervals_note", level=plain(100 * found.level), n=int(table["n"].min())))
        return sheet


def contributions(found: Ablation, metric: str, *, lang: str = "en") -> Sheet:
    """Return each mechanism's Shapley contribution with its interval."""
    table = found.table[found.table["metric"] == metric].iloc[::-1]
    with panel("contributions", lang, len(table)) as (sheet, axes, label):
        names = [label.factor(name, NAMES) for name in table["mechanism"]]
        _intervals(axes, names, table["shapley"], table["shapley.low"], table["shapley.high"])
        axes.set_xlabel(label("shapley", metric=metric))
        sheet.foot(label("intervals_note", level=plain(100 * found.level), n=int(table["n"].min())))
        return sheet


def _intervals(axes: Axes, names: Sequence[str], middle: pd.Series, low: pd.Series, high: pd.Series) -> None:
    places = np.arange(len(names))
    ends = np.nan_to_num(np.vstack([middle - low, high - middle]))
    axes.errorbar(middle, places, xerr=np.clip(ends, 0, None), fmt="o", color=BLUE, capsize=3)
    axes.axvline(0, color=INK, linewidth=0.8, linestyle="--")
    axes.set_yticks(places, names)
    axes.set_ylim(-0.6, len(names) - 0.4)
