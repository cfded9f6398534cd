"""Two scenarios side by side: the same eight series, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, RED, SOFT
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.numbers import amount
from simulation.drawing.sheet import Sheet, with_key
from simulation.figures.names import caption, scenario_title
from simulation.figures.places import last_week, week_axis
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 9, "figure.side_by_side.title"
NEEDS = ("other",)
SERIES = (
    *("effectiveness", "core_effect", "depth", "agenda"),
    *("surface", "substantive", "co_operation", "participation"),
)
LOOKS = ({"color": BLUE, "linestyle": "-"}, {"color": RED, "linestyle": "--"})


def draw(result: RunResult, lang: str, other: RunResult) -> Figure:
    """Return the picture (see the module); ``result`` is A, ``other`` is B."""
    sheet = Sheet("side-by-side", lang, 11.6, 5.8)
    with sheet.styled():
        lang = sheet.lang
        key, axes = with_key(sheet, 2, len(SERIES) // 2)
        runs = (result, other)
        longest = max(runs, key=last_week)
        for axis, name in zip(axes.flat, SERIES, strict=True):
            top = 0.0
            ends = []
            for run, look in zip(runs, LOOKS, strict=True):
                series = run.weekly[name].to_numpy(dtype=float)
                axis.plot(run.weekly["week"].to_numpy(), series, linewidth=1.7, **look)
                top = max(top, float(np.nanmax(series, initial=0.0)))
                ends.append(float(series[-1]))
            week_axis(axis, longest, lang)
            axis.set_ylim(0, top * 1.12 if top > 0 else 1)
            text = "    ".join(f"{mark} {amount(end)}" for mark, end in zip("AB", ends, strict=True))
            axis.set_title(capital(say(f"metric.{name}", lang)), pad=17)
            axis.annotate(
                say("figure.side_by_side.at_end", lang) + ":  " + text,
                (0, 1.03),
                xycoords="axes fraction",
                fontsize=7.5,
                color=SOFT,
            )
        for axis in axes[0]:
            axis.set_xlabel("")
            axis.tick_params(labelbottom=False)
        handles = axes.flat[0].get_lines()
        named = zip("AB", titles(runs, lang), strict=True)
        labels = [wrap(f"{mark}  {title}", 4.6, 9.0) for mark, title in named]
        key.legend(handles, labels, loc="upper left", ncols=2, handlelength=3.2, fontsize=9, borderaxespad=0.0)
        sheet.head(say(TITLE, lang))
        sheet.foot(say("figure.side_by_side.note", lang), "A  " + caption(result, lang), "B  " + caption(other, lang))
    return sheet


def titles(runs: tuple[RunResult, RunResult], lang: str) -> list[str]:
    """Return the scenarios' titles; where they are the same, with the first values in which the two differ."""
    named = [scenario_title(run, lang) for run in runs]
    if named[0] != named[1]:
        return named
    one, two = (run.spec.values for run in runs)
    differ = [key for key in one if key.count(".") and one[key] != two.get(key)][:2]
    marks = [", ".join(f"{key} = {run.spec.values.get(key)}" for key in differ) for run in runs]
    seeds = [say("figure.seed", lang, seed=run.seed) for run in runs]
    return [f"{title} ({mark or seed})" for title, mark, seed in zip(named, marks, seeds, strict=True)]
