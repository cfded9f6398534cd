"""Standardised residuals of every row, by unit and measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.cases import naming
from simulation.cases.measures import MEASURES
from simulation.drawing.colours import BLUE, FAINT, INK, RED, SOFT
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.sheet import Sheet
from simulation.text import say

if TYPE_CHECKING:
    from simulation.cases.coverage import Coverage
    from simulation.cases.fitted import Fit

LIMIT = 2.0
"""Residuals beyond this number of standard deviations stand out; one in twenty does by chance."""
_FARTHEST = 6.0
MOST_UNITS = 60


def picture(fit: Fit, found: Coverage, lang: str) -> Sheet:
    """Return the picture: units in the order of the structure, the city last; dots farther out stand at the edge.

    Of many units those with the largest residuals are shown, and the caption says so.
    """
    case, table = fit.case, found.rows
    order = {name: place for place, name in enumerate(dict.fromkeys((*case.hierarchy.units, *case.hierarchy.cities)))}
    largest = table["residual"].abs().groupby(table["unit"]).max()
    shown = set(largest.sort_values(ascending=False, kind="stable").index[:MOST_UNITS])
    units = [name for name in order if name in shown]
    measures = [name for name in MEASURES if (table["measure"] == name).any()]
    sheet = Sheet("case-residuals", lang, 1.9 + 1.75 * max(len(measures), 3), 1.9 + 0.3 * len(units))
    with sheet.styled():
        lang = sheet.lang
        axes = np.atleast_1d(sheet.subplots(1, len(measures)))
        for column, (axis, measure) in enumerate(zip(axes, measures, strict=True)):
            mine = table[(table["measure"] == measure) & table["unit"].isin(units)]
            far = mine["residual"].clip(-_FARTHEST, _FARTHEST).to_numpy()
            rows = np.array([units.index(name) for name in mine["unit"]], dtype=np.float64)
            out = np.abs(mine["residual"].to_numpy()) > LIMIT
            axis.axvspan(-LIMIT, LIMIT, color=FAINT, alpha=0.5, linewidth=0)
            axis.axvline(0, color=SOFT, linewidth=0.7)
            axis.plot(far[~out], rows[~out], "o", color=BLUE, markersize=4.5, alpha=0.75)
            axis.plot(far[out], rows[out], "D", color=RED, markersize=5)
            axis.set_xlim(-_FARTHEST - 0.4, _FARTHEST + 0.4)
            axis.set_ylim(len(units) - 0.5, -0.5)
            axis.set_xticks([-4, -2, 0, 2, 4], ["−4", "−2", "0", "2", "4"])
            names = [wrap(naming.unit(case, name, lang), 1.9, 8.0) for name in units]
            axis.set_yticks(range(len(units)), names if not column else [""] * len(units))
            axis.tick_params(axis="y", length=0)
            axis.set_title(wrap(capital(naming.measure(measure, lang)), 1.6, 9.0), color=INK)
        sheet.head(say("case.report.picture.residuals", lang))
        some = {"shown": len(units), "all": len(largest)}
        cut = say("case.report.picture.residuals.some", lang, **some) if len(units) < len(largest) else ""
        sheet.foot(say("case.report.picture.residuals.note", lang), cut, naming.caption(fit, lang))
    return sheet
