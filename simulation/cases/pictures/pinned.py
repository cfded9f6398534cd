"""Picture of the posterior: prior and posterior of each parameter on its searched range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.cases import naming
from simulation.cases.positions import chosen, placed, shown_value
from simulation.drawing.colours import BLUE, FAINT, GREY, INK
from simulation.drawing.lettering import LABEL, wrap
from simulation.drawing.sheet import Sheet
from simulation.experiments import labels
from simulation.text import say

if TYPE_CHECKING:
    from simulation.cases.fitted import Fit

MOST = 14
_ROW, _NAME = 0.42, 3.4


def picture(fit: Fit, lang: str) -> Sheet:
    """Return the picture: the case's free parameters, and those that the data tell most of."""
    rows = fit.parameters.set_index("parameter")
    keys = chosen(fit, MOST)
    sheet = Sheet("case-pinned", lang, 9.6, 1.7 + _ROW * len(keys))
    with sheet.styled():
        lang = sheet.lang
        axis = sheet.subplots()
        for place, key in enumerate(keys):
            row = rows.loc[key]
            before = [placed(fit, key, row[name]) for name in ("prior_low", "prior_high")]
            after = [placed(fit, key, row[name]) for name in ("low", "median", "high")]
            axis.plot([0, 1], [place, place], color=FAINT, linewidth=1.2, zorder=0)
            axis.plot(before, [place - 0.16] * 2, color=GREY, linewidth=4.5, solid_capstyle="butt")
            axis.plot([after[0], after[2]], [place + 0.16] * 2, color=BLUE, linewidth=4.5, solid_capstyle="butt")
            axis.plot([after[1]], [place + 0.16], "|", color=INK, markersize=9, markeredgewidth=1.6)
            words = say("case.report.pinned.row", lang, low=shown_value(row["low"]), high=shown_value(row["high"]),
                        verdict=say(f"calibration.verdict.{row['verdict']}", lang))  # fmt: skip
            axis.annotate(words, (1.02, place), va="center", fontsize=8, color=INK, annotation_clip=False)
        names = [wrap(labels.factor(key, lang), _NAME, 8.0) for key in keys]
        axis.set_yticks(range(len(keys)), names)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(keys) - 0.4, -0.6)
        axis.set_xlim(0, 1.62)
        axis.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axis.set_xlabel(say("case.report.pinned.axis", lang), fontsize=LABEL, loc="left")
        for side in ("left", "bottom"):
            axis.spines[side].set_visible(False)
        sheet.head(say("case.report.picture.pinned", lang))
        sheet.foot(say("case.report.picture.pinned.note", lang), naming.caption(fit, lang))
    return sheet
