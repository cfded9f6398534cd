"""Picture of the forecast: metrics of the case as it was, run on to the forecast's end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.cases import naming
from simulation.cases.pictures import fans
from simulation.cases.predicting import HEADLINES, smallest
from simulation.drawing.colours import INK
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.sheet import Sheet, with_key
from simulation.experiments import labels
from simulation.text import say

if TYPE_CHECKING:
    from simulation.cases.fitted import Fit
    from simulation.cases.predicting import Predicted

MOST = 6


def picture(fit: Fit, predicted: Predicted, lang: str) -> Sheet:
    """Return the picture: the metrics of which the case says what matters, then headlines."""
    names = list(dict.fromkeys((*smallest(fit.case), *HEADLINES)))[:MOST]
    down = -(-len(names) // fans.ACROSS)
    sheet = Sheet("case-forecast", lang, 3.7 * fans.ACROSS, 2.9 * down + 1.1)
    with sheet.styled():
        lang = sheet.lang
        strip, grid = with_key(sheet, down, fans.ACROSS)
        for axis, name in zip(grid.flat, names, strict=True):
            top = fans.draw(axis, predicted.weekly[name])
            fans.time_axis(axis, fit.case, predicted.horizon, lang)
            axis.set_ylim(0, top * 1.1 if top > 0 else 1)
            axis.set_title(wrap(capital(labels.metric(name, lang)), 3.3, 9.0), color=INK)
        fans.key(strip, grid.flat[0], lang, [], forecast=True)
        sheet.head(say("case.report.picture.forecast", lang))
        sheet.foot(say("case.report.picture.forecast.note", lang), naming.caption(fit, lang))
    return sheet
