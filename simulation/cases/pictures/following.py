"""Picture of the next observation: the ten candidates that would remove most of the target's variance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.cases import naming
from simulation.cases.asking import asked
from simulation.cases.next_observation import SHOWN, target_of
from simulation.drawing.colours import BLUE, GREY, INK, SOFT
from simulation.drawing.lettering import wrap
from simulation.drawing.numbers import percent
from simulation.drawing.sheet import Sheet
from simulation.experiments import labels
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.fitted import Fit
    from simulation.cases.predicting import Predicted


def picture(fit: Fit, predicted: Predicted, table: pd.DataFrame, lang: str) -> Sheet:
    """Return the picture; see `simulation.cases.next_observation.next_observations`."""
    best = table.head(SHOWN)
    sheet = Sheet("case-next", lang, 9.6, 1.7 + 0.42 * len(best))
    with sheet.styled():
        lang = sheet.lang
        axis = sheet.subplots()
        chance = float(best["chance"].iloc[0])
        for place, row in enumerate(best.itertuples()):
            axis.barh(place, row.gain, height=0.55, color=BLUE if row.beats else GREY)
            axis.plot([max(row.gain - row.error, 0), row.gain + row.error], [place, place], color=INK, linewidth=1.1)
            axis.annotate(" " + percent(row.gain), (row.gain + row.error, place), va="center", fontsize=8)
        axis.axvline(chance, color=SOFT, linestyle="--", linewidth=1.0)
        most = max(float((best["gain"] + best["error"]).max()), chance) * 1.18
        left = chance < most / 2
        words = f" {say('case.report.next.chance', lang)} "
        axis.annotate(words, (chance, -0.75), ha="left" if left else "right", fontsize=7.5, color=SOFT)
        axis.set_yticks(range(len(best)), [wrap(asked(fit.case, row, lang), 3.9, 8.0) for row in best.itertuples()])
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(best) - 0.4, -1.0)
        axis.set_xlim(0, most)
        axis.locator_params(axis="x", steps=[1, 2, 5, 10])
        axis.xaxis.set_major_formatter(lambda value, _: percent(value))
        axis.set_xlabel(
            wrap(say("case.report.next.axis", lang, metric=labels.metric(target_of(fit.case, predicted), lang)), 5, 8.5)
        )
        sheet.head(say("case.report.picture.next", lang))
        sheet.foot(say("case.report.picture.next.note", lang), naming.caption(fit, lang))
    return sheet
