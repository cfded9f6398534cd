"""Observed over simulated: a panel per measure, and the fan of the posterior behind what documents say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.cases import naming
from simulation.cases.measures import MEASURES
from simulation.cases.panels import panels
from simulation.cases.pictures import fans
from simulation.drawing.colours import INK, RED
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.sheet import Sheet, with_key
from simulation.text import say

if TYPE_CHECKING:
    from simulation.cases.fitted import Fit
    from simulation.cases.panels import Panel
    from simulation.cases.predicting import Predicted


def picture(fit: Fit, predicted: Predicted, lang: str) -> Sheet:
    """Return the picture."""
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    shown = panels(fit.case)
    across = min(len(shown), fans.ACROSS)
    down = -(-len(shown) // across)
    sheet = Sheet("case-observed", lang, max(3.7 * across, 7.4), 2.9 * down + 1.1)
    with sheet.styled():
        lang = sheet.lang
        strip, grid = with_key(sheet, down, across)
        for axis in grid.flat[len(shown) :]:
            axis.set_axis_off()
        for axis, one in zip(grid.flat, shown, strict=False):
            top = fans.draw(axis, predicted.weekly[f"panel.{one.measure}"])
            fans.time_axis(axis, fit.case, predicted.horizon, lang)
            # A count is drawn up to one at least, so that its axis has whole numbers.
            top = max(top, _points(axis, one), 1.0 if one.counted else 0.0)
            axis.set_ylim(0, top * 1.1 if top > 0 else 1)
            if one.counted:
                axis.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            axis.set_title(wrap(capital(naming.panel(one, lang)), 3.3, 9.0), color=INK)
        mark = Line2D([], [], color=RED, marker="o", markersize=4, linestyle="")
        fans.key(strip, grid.flat[0], lang, [(mark, say("case.report.observed_point", lang))],
                 forecast=predicted.horizon.end > predicted.horizon.last)  # fmt: skip
        sheet.head(say("case.report.picture.observed", lang))
        sheet.foot(say("case.report.picture.observed.note", lang), naming.caption(fit, lang))
    return sheet


def _points(axis: object, one: Panel) -> float:
    weeks = np.array([point.week for point in one.points], dtype=np.float64)
    values = np.array([point.value for point in one.points])
    sds = np.array([point.sd for point in one.points])
    if MEASURES[one.measure].kind == "event":
        axis.step(weeks, values, where="post", color=RED, linewidth=1.2)  # type: ignore[attr-defined]  # an Axes
        axis.plot(weeks, values, "o", color=RED, markersize=3, clip_on=False)  # type: ignore[attr-defined]  # an Axes
    else:
        drawn = axis.errorbar(  # type: ignore[attr-defined]  # an Axes
            weeks, values, sds, color=RED, fmt="o", markersize=4, elinewidth=1.0, capsize=2
        )
        drawn.lines[0].set_clip_on(False)
    return float((values + sds).max(initial=0.0))
