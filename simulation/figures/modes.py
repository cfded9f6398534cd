"""Execution modes over time, a panel per county: substantive, adaptive, symbolic, selective; by city where many.

Counted are pairs of an executor (a town, a unit's own staff) and a domain; of a run without that table, units' domains
by the mode of most of their sites. Each panel has its own scale, so that a small county is seen as well as a large one.
Where the places are too many for panels, each is a row, and shades are the share of pairs that are substantive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import INK, MODES, ramp
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import LABEL, line_count, widest, wrap
from simulation.drawing.sheet import Sheet, with_key
from simulation.figures.names import Names, caption
from simulation.figures.places import Places, places_of, titled, week_axis
from simulation.figures.tables import table
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 6, "figure.modes.title"
PANEL = (2.35, 1.35)
ROW = 0.16


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    shown = places_of(result.units)
    executors = table(result, "executors")
    counts = _counts(result.units, executors, shown.column)
    if shown.many:
        return _rows(result, lang, shown, counts)
    return _panels(result, lang, shown, counts, executors is not None)


def _panels(result: RunResult, lang: str, shown: Places, counts: pd.DataFrame, towns: bool) -> Sheet:
    names_of = shown.names
    across = min(3 if len(names_of) <= 9 else 4 if len(names_of) <= 24 else 6, max(len(names_of), 2))
    down = -(-len(names_of) // across)
    names = Names(result, checked(lang))
    titles = [wrap(names.place(name), PANEL[0] - 0.45, 9.0) for name in names_of]
    tall = PANEL[1] + 0.16 * (line_count(titles) - 1)
    sheet = Sheet("modes", lang, max(across * PANEL[0] + 0.5, 6.6), down * tall + 1.7)
    weeks = np.unique(result.units["week"].to_numpy())
    with sheet.styled():
        lang = sheet.lang
        key, axes = with_key(sheet, down, across)
        known = set(counts.index.get_level_values(0))
        for axis, name, title in zip(axes.flat, names_of, titles, strict=False):
            axis.set_title(title)
            week_axis(axis, result, lang, whole=True)
            axis.set_xlabel("")
            _stack(axis, weeks, counts.loc[name].reindex(weeks, fill_value=0).to_numpy() if name in known else None)
        for place, axis in enumerate(axes.flat):
            if place >= len(names_of):
                axis.set_axis_off()
            elif place + across >= len(names_of):  # nothing stands below it
                axis.set_xlabel(say("figure.week", lang))
            else:
                axis.tick_params(labelbottom=False)
        for row in axes:
            row[0].set_ylabel(wrap(say(_label(towns, shown.by_city), lang), 0.9, LABEL))
        handles = [
            Patch(edgecolor=INK, linewidth=0.5, label=say(f"mode.{mode}", lang), **MODES[mode]) for mode in MODES
        ]
        key.legend(handles=handles, loc="upper left", ncols=4, handlelength=2.2, handleheight=1.3, borderaxespad=0.0)
        sheet.head(titled(TITLE, result, lang))
        note = "figure.modes.note_cities" if shown.by_city else "figure.modes.note"
        note = say("figure.modes.note_executors" if towns else note, lang)
        sheet.foot(note + say("figure.modes.own_scale", lang), caption(result, lang))
    return sheet


def _stack(axis: Axes, weeks: np.ndarray, counts: np.ndarray | None) -> None:
    """Draw the modes on top of each other; a month's number holds until the next that was recorded."""
    top = 0 if counts is None or not len(counts) else int(counts.sum(axis=1).max())
    axis.set_ylim(0, max(top, 1) * 1.05)
    axis.set_yticks([0, top] if top else [0])
    if counts is None or not top:
        return
    edges = [*weeks, weeks[-1] + 1]
    ends = np.cumsum(counts[[*range(len(counts)), -1]], axis=1)  # the last month once more, at its end
    starts = ends - counts[[*range(len(counts)), -1]]
    for number, look in enumerate(MODES.values()):
        if counts[:, number].any():
            line = {"edgecolor": INK, "linewidth": 0.3, **look}
            axis.fill_between(edges, starts[:, number], ends[:, number], step="post", **line)


def _rows(result: RunResult, lang: str, shown: Places, counts: pd.DataFrame) -> Sheet:
    names = Names(result, checked(lang))
    labels = [wrap(names.place(name), 2.4, 7.5) for name in shown.names]
    sheet = Sheet("modes", lang, widest(labels, 7.5) + 6.4, len(labels) * ROW * line_count(labels) + 2.0)
    weeks = np.unique(result.units["week"].to_numpy())
    with sheet.styled():
        lang = sheet.lang
        axis = sheet.subplots()
        pairs = counts.sum(axis=1)
        share = (counts["substantive"] / pairs.where(pairs > 0)).unstack().reindex(index=shown.names, columns=weeks)
        rows = np.arange(len(labels) + 1) - 0.5
        edges = [*weeks, weeks[-1] + 1]
        values = np.ma.masked_invalid(share.to_numpy(dtype=float))
        image = axis.pcolormesh(edges, rows, values, cmap=ramp(), vmin=0, vmax=1, rasterized=True)
        axis.set_yticks(range(len(labels)), labels, fontsize=7.5)
        axis.tick_params(axis="y", length=0)
        axis.set_ylim(len(labels) - 0.5, -0.5)
        week_axis(axis, result, lang, whole=True)
        bar = sheet.colorbar(image, ax=axis, shrink=min(1.0, 14 / len(labels)), aspect=18, pad=0.02)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        bar.set_label(say("figure.modes.substantive", lang))
        sheet.head(titled(TITLE, result, lang))
        sheet.foot(say("figure.modes.note_rows", lang), caption(result, lang))
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
