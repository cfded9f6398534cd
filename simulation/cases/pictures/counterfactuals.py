"""Had it gone otherwise: the difference of each counterfactual from the case as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.cases import naming
from simulation.drawing.colours import BLUE, FAINT, GREY, INK, RED, SOFT
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.numbers import percent, significant
from simulation.drawing.sheet import Sheet
from simulation.experiments import labels
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.fitted import Fit
    from simulation.cases.predicting import Predicted

_COLOURS = {"beyond": RED, "within": GREY, "undecided": BLUE}
_MARKS = {"beyond": "D", "within": "s", "undecided": "o"}


def picture(fit: Fit, predicted: Predicted, table: pd.DataFrame, lang: str) -> Sheet:
    """Return the picture, at the last observed week; see `simulation.cases.counterfactual.differences`."""
    mine = table[table["time"] == "now"]
    metrics, arms = list(dict.fromkeys(mine["metric"])), predicted.arms[1:]
    across = min(len(metrics), 4)
    down = -(-len(metrics) // across)
    sheet = Sheet("case-counterfactuals", lang, 2.6 + 2.3 * across, 1.6 + (0.7 + 0.52 * len(arms)) * down)
    with sheet.styled():
        lang = sheet.lang
        grid = np.array(sheet.subplots(down, across, squeeze=False))
        for axis in grid.flat[len(metrics) :]:
            axis.set_axis_off()
        for number, (axis, metric) in enumerate(zip(grid.flat, metrics, strict=False)):
            rows = mine[mine["metric"] == metric].set_index("arm")
            least = float(rows["smallest"].iloc[0])
            axis.axvspan(-least, least, color=FAINT, alpha=0.7, linewidth=0)
            axis.axvline(0, color=SOFT, linewidth=0.7)
            for place, arm in enumerate(arms):
                row = rows.loc[arm.name]
                if not row["vectors"]:
                    continue
                colour = _COLOURS[row["verdict"]]
                axis.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=2.2, solid_capstyle="butt")
                axis.plot([row["median"]], [place], _MARKS[row["verdict"]], color=colour, markersize=6)
                axis.annotate(percent(row["beyond"]), (row["median"], place - 0.2), ha="center", va="bottom",
                              fontsize=7.5, color=INK)  # fmt: skip
            axis.set_ylim(len(arms) - 0.4, -0.75)
            axis.locator_params(axis="x", nbins=4)
            axis.xaxis.set_major_formatter(lambda value, _: significant(value).replace("-", "−"))
            axis.margins(x=0.12)
            names = [wrap(arm.title(lang), 1.8, 8.0) for arm in arms]
            axis.set_yticks(range(len(arms)), names if not number % across else [""] * len(arms))
            axis.tick_params(axis="y", length=0)
            axis.set_title(wrap(capital(labels.metric(metric, lang)), 2.1, 9.0), color=INK)
        sheet.head(say("case.report.picture.counterfactuals", lang))
        when = naming.week(fit.case, predicted.horizon.last, lang)
        sheet.foot(say("case.report.picture.counterfactuals.note", lang, when=when), naming.caption(fit, lang))
    return sheet
