"""Execution modes by county over time: substantive, adaptive, symbolic, selective; by city where counties are many.

Counted are pairs of an executor (a town, a unit's own staff) and a domain; of a run without that table, units' domains
by the mode of most of their sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from simulation.drawing.colours import INK, MODES
from simulation.drawing.lettering import wrap
from simulation.drawing.sheet import Sheet, with_key
from simulation.figures.names import Names, caption, ordered
from simulation.figures.tables import table
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 6, "figure.modes.title"
MOST = 40
PANEL = (2.35, 1.35)


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    units = result.units
    by_city = units["unit"].nunique() > MOST and units["city"].nunique() > 1
    place = "city" if by_city else "unit"
    places = ordered(units[place])
    across = min(3 if len(places) <= 9 else 4 if len(places) <= 24 else 6, max(len(places), 2))
    down = -(-len(places) // across)
    weeks = np.unique(units["week"].to_numpy())
    executors = table(result, "executors")
    counts = _counts(units, executors, place)
    top = max(int(counts.sum(axis=1).max()) if len(counts) else 0, 1)
    probe = Sheet("modes", lang, 1, 1)
    names = Names(result, probe.lang)
    titles = [wrap(names.place(name), PANEL[0] - 0.45, 9.0) for name in places]
    tall = PANEL[1] + 0.16 * max(title.count("\n") for title in titles)
    sheet = Sheet("modes", lang, max(across * PANEL[0] + 0.5, 6.6), down * tall + 1.7)
    with sheet.styled():
        lang = sheet.lang
        key, axes = with_key(sheet, down, across)
        known = set(counts.index.get_level_values(0))
        for axis, name, title in zip(axes.flat, places, titles, strict=False):
            shown = counts.loc[name].reindex(weeks, fill_value=0) if name in known else None
            axis.set_title(title)
            axis.set_ylim(0, top * 1.05)
            axis.set_xlim(0, weeks[-1] + 1)
            axis.label_outer()
            axis.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
            if shown is not None:
                drawn = axis.stackplot(weeks + 1, shown.to_numpy().T, step="post", edgecolor=INK, linewidth=0.3)
                for patch, look in zip(drawn, MODES.values(), strict=True):
                    patch.set(facecolor=look["facecolor"], hatch=look["hatch"])
        for axis in axes.flat[len(places) :]:
            axis.set_axis_off()
        for column in range(across):
            lowest = axes[(len(places) - 1 - column) // across, column] if column < len(places) else None
            if lowest is not None:
                lowest.set_xlabel(say("figure.week", lang))
                lowest.tick_params(labelbottom=True)
        for row in axes:
            row[0].set_ylabel(say(_label(executors is not None, by_city), lang))
        handles = [
            Patch(edgecolor=INK, linewidth=0.5, label=say(f"mode.{mode}", lang), **MODES[mode]) for mode in MODES
        ]
        key.legend(handles=handles, loc="upper left", ncols=4, handlelength=2.2, handleheight=1.3, borderaxespad=0.0)
        sheet.head(say(TITLE, lang))
        note = "figure.modes.note_cities" if by_city else "figure.modes.note"
        sheet.foot(say("figure.modes.note_executors" if executors is not None else note, lang), caption(result, lang))
    return sheet


def _counts(units: pd.DataFrame, executors: pd.DataFrame | None, place: str) -> pd.DataFrame:
    """Return the number of pairs in each mode, by place and week."""
    modes = list(MODES)
    if executors is not None:
        return executors.groupby([place, "week"])[modes].sum()
    counts = units[units["mode"].isin(modes)].groupby([place, "week", "mode"]).size().unstack("mode", fill_value=0)
    return counts.reindex(columns=modes, fill_value=0)


def _label(executors: bool, by_city: bool) -> str:
    if executors:
        return "figure.modes.executors"
    return "figure.modes.pairs" if by_city else "figure.modes.domains"
