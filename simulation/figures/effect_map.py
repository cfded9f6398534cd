"""County × domain: where the effect is, at several dates.

Rows are domains, columns are counties and departments; with many of them, in several cities, columns are cities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import FAINT, MAP
from simulation.drawing.lettering import line_count, widest, wrap
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 3, "figure.effect_map.title"
DATES = (0.2, 0.4, 0.65, 1.0)
MOST = 40
CELL = 0.2


def dates(weeks: np.ndarray) -> list[int]:
    """Return the recorded weeks nearest to four dates of a run, each once, the last always."""
    wanted = [weeks[0] + share * (weeks[-1] - weeks[0]) for share in DATES]
    return sorted({int(weeks[np.argmin(np.abs(weeks - date))]) for date in wanted})


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    units = result.units
    by_city = units["unit"].nunique() > MOST and units["city"].nunique() > 1
    place = "city" if by_city else "unit"
    columns, rows = ordered(units[place]), ordered(units["domain"])
    shown = dates(np.unique(units["week"].to_numpy()))
    side_by_side = len(shown) if len(columns) <= 12 else min(2, len(shown))
    down = -(-len(shown) // side_by_side)
    probe = Sheet("effect-map", lang, 1, 1)
    names = Names(result, probe.lang)
    row_labels = [wrap(names.domain(key), 2.6, 8.0) for key in rows]
    few = len(columns) <= 2
    column_labels = [wrap(names.place(name), 1.4, 7.5) for name in columns]
    row_height = CELL * line_count(row_labels) if len(rows) > 12 else 0.3
    wide = max(len(columns) * max(CELL, 0.16 * line_count(column_labels)), 1.7 * len(columns) if few else 1.7)
    width = max(widest(row_labels, 8.0) + 1.4 + side_by_side * (wide + 0.25), 7.5)
    below = 0.16 * line_count(column_labels) if few else widest(column_labels, 7.5)
    height = down * (max(len(rows) * row_height, 1.7) + 0.4) + below + 1.6
    sheet = Sheet("effect-map", lang, width, height)
    with sheet.styled():
        lang = sheet.lang
        axes = sheet.subplots(down, side_by_side, sharex=True, sharey=True, squeeze=False)
        for axis in axes.flat[len(shown) :]:
            axis.set_axis_off()
        for axis, week in zip(axes.flat, shown, strict=False):
            table = units[units["week"] == week].pivot_table("effect", "domain", place, aggfunc="mean")
            values = table.reindex(index=rows, columns=columns).to_numpy()
            axis.imshow(values, cmap=MAP, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
            axis.set_title(say("figure.end_of_week", lang, week=week + 1))
            axis.set_xticks(range(len(columns)), column_labels, rotation=0 if few else 90, fontsize=7.5)
            axis.set_yticks(range(len(rows)), row_labels)
            axis.tick_params(length=0)
            axis.spines[:].set_visible(False)
            axis.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
            axis.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
            axis.grid(which="minor", color=FAINT, linewidth=0.6)
            axis.tick_params(which="minor", length=0)
        bar = sheet.colorbar(
            ScalarMappable(Normalize(0, 1), MAP), ax=axes, shrink=min(1.0, 2.6 / height), aspect=18, pad=0.015
        )
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        bar.set_label(say("figure.effect_map.scale", lang))
        note = say("figure.effect_map.by_city" if by_city else "figure.effect_map.by_unit", lang)
        sheet.head(say(TITLE, lang))
        sheet.foot(note, caption(result, lang))
    return sheet
