"""The five stages over time: the level of each stage, and the momentum that passes through it.

One row per stage, from the top of the hill to the bottom. Left: the level, with the weeks in which the stage is worked
on. Right: the momentum that the stage passes on, each row on its own scale, its peak written beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, FAINT, INK, SOFT
from simulation.drawing.numbers import amount
from simulation.drawing.sheet import Sheet
from simulation.figures.names import caption
from simulation.figures.places import week_axis
from simulation.scenario.calendar import told_week
from simulation.scenario.windows import STAGES
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 1, "figure.stages.title"


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    sheet = Sheet("stages", lang, 8.2, 7.4)
    with sheet.styled():
        lang = sheet.lang
        axes = sheet.subplots(len(STAGES), 2, squeeze=False)
        weekly = result.weekly
        for row, stage in enumerate(STAGES):
            left, right = axes[row]
            for axis in axes[row]:
                weeks = week_axis(axis, result, lang)
                if row < len(STAGES) - 1:
                    axis.set_xlabel("")
                    axis.tick_params(labelbottom=False)
            _level(left, result, stage, weeks, weekly[f"level_{row + 1}"].to_numpy(), lang)
            _passed(right, result, weeks, weekly[f"passed_{row + 1}"].to_numpy(), lang)
        axes[0, 0].annotate(say("figure.stages.levels", lang), (0, 1.34), xycoords="axes fraction", **sheet.bold)
        axes[0, 1].annotate(say("figure.stages.passed", lang), (0, 1.34), xycoords="axes fraction", **sheet.bold)
        cities = result.ledger["city"].nunique()
        several = say("figure.mean_over_cities", lang, n=cities) if cities > 1 else ""
        sheet.head(say(TITLE, lang))
        sheet.foot(say("figure.stages.note", lang) + several, caption(result, lang))
    return sheet


def _level(axis: Axes, result: RunResult, stage: str, weeks: np.ndarray, level: np.ndarray, lang: str) -> None:
    window = getattr(result.spec.stages, stage)
    start, end = float(window.start), min(float(window.start + window.length), float(weeks[-1]))
    if window.effective_intensity > 0 and end > start:
        axis.axvspan(start, end, facecolor=FAINT, alpha=0.55, linewidth=0)
    axis.fill_between(weeks, level, color=BLUE, alpha=0.18, linewidth=0)
    axis.plot(weeks, level, color=BLUE, linewidth=1.5)
    axis.set_ylim(0, 1)
    axis.set_yticks([0, 0.5, 1])
    order = STAGES.index(stage) + 1
    axis.set_title(f"{order}  {say(f'stage.{stage}', lang)}", color=INK, pad=3)


def _passed(axis: Axes, result: RunResult, weeks: np.ndarray, passed: np.ndarray, lang: str) -> None:
    axis.fill_between(weeks, passed, color=INK, alpha=0.16, linewidth=0)
    axis.plot(weeks, passed, color=INK, linewidth=1.2)
    peak = int(np.argmax(passed))
    top = float(passed[peak])
    axis.set_ylim(0, top * 1.3 if top > 0 else 1)
    axis.set_yticks([0, top] if top > 0 else [0])
    axis.set_yticklabels(["0", amount(top)] if top > 0 else ["0"])
    text = say("figure.stages.nothing", lang)
    if top > 0:
        when, total = told_week(result.spec, int(weeks[peak]), lang), amount(float(passed.sum()))
        text = say("figure.stages.peak", lang, amount=amount(top), when=when, total=total)
    axis.set_title(text, loc="right", color=SOFT, fontsize=7.5, pad=3)
