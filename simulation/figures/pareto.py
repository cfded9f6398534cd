"""Breadth against the core: effect on the point across, governance effectiveness up.

With the runs of `simulation.figures.front.agenda_front`: one mark per agenda, its intervals over seeds as bars; filled
where no other agenda has more of both. Without them: the path of the one run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import BLUE, FAINT, INK, ORANGE, SOFT
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.numbers import decimals, plain
from simulation.drawing.sheet import Sheet
from simulation.figures.names import caption
from simulation.scenario.sections import WEEKS_PER_YEAR
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.figures.front import Taken
    from simulation.results import RunResult

NUMBER, TITLE = 13, "figure.pareto.title"
NEEDS = ("front",)
LEVEL = 0.95
PLAIN = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.6}


def draw(result: RunResult, lang: str, front: Sequence[Taken] | None = None) -> Figure:
    """Return the picture (see the module); ``front`` as `agenda_front` returns it for the run's scenario."""
    sheet = Sheet("pareto", lang, 7.2, 5.6)
    with sheet.styled():
        lang = sheet.lang
        axis = sheet.subplots()
        axis.grid(color=FAINT, linewidth=0.6)
        axis.set_axisbelow(True)
        if front:
            _agendas(axis, front, lang)
            note = say("figure.pareto.note", lang, seeds=len(front[0].core))
        else:
            _path(axis, result, lang)
            note = say("figure.pareto.path_note", lang)
        axis.set_xlim(0, axis.get_xlim()[1])
        axis.set_ylim(0, axis.get_ylim()[1])
        for scale in (axis.xaxis, axis.yaxis):
            scale.set_major_formatter(PercentFormatter(1.0))
        axis.set_xlabel(capital(say("metric.core_effect", lang)))
        axis.set_ylabel(capital(say("metric.effectiveness", lang)))
        sheet.head(say(TITLE, lang))
        sheet.foot(note, caption(result, lang))
    return sheet


def undominated(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Tell of each point whether no other is at least as good on both scales and better on one."""
    return [not any(a >= x and b >= y and (a > x or b > y) for a, b in points) for x, y in points]


def _agendas(axis: Axes, front: Sequence[Taken], lang: str) -> None:
    from simulation.experiments.statistics import interval

    means = [(float(np.mean(taken.core)), float(np.mean(taken.gain))) for taken in front]
    best = undominated(means)
    forced = [mean for taken, mean in zip(front, means, strict=True) if taken.forced is not None]
    axis.plot(*zip(*forced, strict=True), color=SOFT, linewidth=0.8, zorder=1)
    for taken, (x, y), good in zip(front, means, best, strict=True):
        chosen = taken.forced is None
        colour = ORANGE if chosen else BLUE
        for values, at, way in ((taken.core, y, axis.hlines), (taken.gain, x, axis.vlines)):
            low, high, _ = interval(values, method="t", level=LEVEL)
            way(at, low, high, color=colour, linewidth=1.2, alpha=0.7, zorder=2)
        shape: dict[str, Any] = {
            "marker": "*" if chosen else "o",
            "s": 190 if chosen else 60,
            "zorder": 4 if chosen else 3,
        }
        axis.scatter([x], [y], facecolor=colour if good else "white", edgecolor=INK if chosen else BLUE, **shape)
        label = (
            say("figure.pareto.chosen", lang, agenda=decimals(float(np.mean(taken.agenda)), 1))
            if chosen
            else str(taken.forced)
        )
        look: dict[str, Any] = {"color": INK, "fontsize": 8.5} if chosen else {"color": BLUE, "fontsize": 8.0}
        # Neighbours in breadth stand close together, so their numbers go to opposite sides.
        offset = (9, 9) if chosen else (6, -11) if (taken.forced or 0) % 2 else (-10, 5)
        axis.annotate(label, (x, y), offset, textcoords="offset points", zorder=5, bbox=PLAIN, **look)


def _path(axis: Axes, result: RunResult, lang: str) -> None:
    """Draw where the run stood at the end of each week, with a mark after each year and at the end."""
    core, gain = (result.weekly[name].to_numpy(dtype=float) for name in ("core_effect", "effectiveness"))
    axis.plot(core, gain, color=BLUE, linewidth=1.5)
    last = len(core) - 1
    for week in [*range(WEEKS_PER_YEAR - 1, last, WEEKS_PER_YEAR), last]:
        end = week == last
        axis.scatter([core[week]], [gain[week]], s=46, facecolor=BLUE if end else "white", edgecolor=BLUE, zorder=3)
        if end:
            agenda = plain(round(float(result.weekly["agenda"].iloc[-1]), 1))
            text = wrap(say("figure.pareto.end", lang, agenda=agenda), 1.6, 8.0)
            right = core[week] > 0.6 * float(np.nanmax(core, initial=1e-12))
            axis.annotate(
                text,
                (core[week], gain[week]),
                (-8 if right else 8, 8),
                textcoords="offset points",
                ha="right" if right else "left",
                fontsize=8.0,
            )
    top = [max(float(np.nanmax(values, initial=0.0)) * 1.15, 0.02) for values in (core, gain)]
    axis.set_xlim(0, top[0])
    axis.set_ylim(0, top[1] * 1.1)
