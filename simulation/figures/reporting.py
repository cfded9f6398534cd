"""True against reported effect: every site at the end, and the gap over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, INK, RED, SOFT
from simulation.drawing.lettering import wrap
from simulation.drawing.sheet import Sheet
from simulation.figures.names import caption
from simulation.figures.places import week_axis
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 8, "figure.reporting.title"
MUCH = 0.05


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    sheet = Sheet("reporting", lang, 8.4, 4.7)
    with sheet.styled():
        lang = sheet.lang
        left, right = sheet.subplots(1, 2)
        sites = result.cells[result.cells["site_since"].notna()]
        true, reported = sites["effect"].to_numpy(), sites["reported"].to_numpy()
        over = reported - true > MUCH
        left.plot([0, 1], [0, 1], color=SOFT, linewidth=0.9, linestyle="--")
        faint = {"alpha": 0.5 if len(true) < 2000 else 0.15, "linewidths": 0.4, "rasterized": len(true) > 2000}
        left.scatter(true[~over], reported[~over], s=12, facecolor=BLUE, edgecolor="white", **faint)
        left.scatter(true[over], reported[over], s=20, marker="^", facecolor=RED, edgecolor=INK, linewidths=0.4)
        left.set_aspect("equal")
        left.set_xlim(-0.02, 1.02)
        left.set_ylim(-0.02, 1.02)
        left.set_xlabel(say("figure.reporting.true", lang))
        left.set_ylabel(say("figure.reporting.reported", lang))
        left.set_title(say("figure.reporting.cells", lang))
        text = say("figure.reporting.count", lang, over=int(over.sum()), n=len(true))
        if not len(true):
            text = say("figure.reporting.none", lang)
        left.annotate(
            wrap(text, 1.6, 7.5), (0.98, 0.04), xycoords="axes fraction", ha="right", fontsize=7.5, color=SOFT
        )

        gap = result.weekly["reporting_gap"].to_numpy(dtype=float)
        weeks = week_axis(right, result, lang)
        right.fill_between(weeks, np.nan_to_num(gap), color=RED, alpha=0.18, linewidth=0)
        right.plot(weeks, gap, color=RED, linewidth=1.5)
        right.axhline(0, color=SOFT, linewidth=0.7)
        right.set_ylim(
            min(0.0, float(np.nanmin(gap, initial=0.0))), max(float(np.nanmax(gap, initial=0.0)) * 1.2, 0.02)
        )
        right.set_title(wrap(say("figure.reporting.gap", lang), 3.6, 9.0))
        sheet.head(say(TITLE, lang))
        sheet.foot(say("figure.reporting.note", lang), caption(result, lang))
    return sheet
