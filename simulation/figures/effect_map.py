"""County × domain heat maps of effect at a few dates: columns are counties, or cities where units are many.

Places that are too many for columns are rows; then the domains are columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import FAINT, ramp
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import line_count, widest, wrap
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered
from simulation.figures.places import places_of, titled
from simulation.scenario.calendar import beside
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 3, "figure.effect_map.title"
DATES = (0.2, 0.4, 0.65, 1.0)
CELL = 0.2


def dates(weeks: np.ndarray) -> list[int]:
    """Return the recorded weeks nearest to four dates of a run, each once, the last always."""
    wanted = [weeks[0] + share * (weeks[-1] - weeks[0]) for share in DATES]
    return sorted({int(weeks[np.argmin(np.abs(weeks - date))]) for date in wanted})


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    units = result.units
    places, domains = places_of(units), ordered(units["domain"])
    shown = dates(np.unique(units["week"].to_numpy()))
    names = Names(result, checked(lang))
    of_places = [names.place(name) for name in places.names]
    of_domains = [names.domain(key) for key in domains]
    across, up = (of_domains, of_places) if places.many else (of_places, of_domains)
    row_labels = [wrap(text, 2.6, 8.0) for text in up]
    few = len(across) <= 2
    column_labels = [wrap(text, 1.4, 7.5) for text in across]
    side_by_side = len(shown) if len(across) <= 12 or places.many else min(2, len(shown))
    down = -(-len(shown) // side_by_side)
    row_height = CELL * line_count(row_labels) if len(up) > 12 else 0.3
    wide = max(len(across) * max(CELL, 0.16 * line_count(column_labels)), 1.7 * len(across) if few else 1.7)
    width = max(widest(row_labels, 8.0) + 1.4 + side_by_side * (wide + 0.25), 7.5)
    below = 0.16 * line_count(column_labels) if few else widest(column_labels, 7.5)
    height = down * (max(len(up) * row_height, 1.7) + 0.4) + below + 1.6
    sheet = Sheet("effect-map", lang, width, height)
    with sheet.styled():
        lang = sheet.lang
        panels = sheet.subplots(down, side_by_side, squeeze=False)
        for axis in panels.flat[len(shown) :]:
            axis.set_axis_off()
        for place, (axis, week) in enumerate(zip(panels.flat, shown, strict=False)):
            table = units[units["week"] == week].pivot_table("effect", "domain", places.column, aggfunc="mean")
            values = table.reindex(index=domains, columns=places.names).to_numpy()
            _cells(axis, values.T if places.many else values)
            axis.set_title(_ended(result, int(week), lang, wide))
            lowest, first = place + side_by_side >= len(shown), place % side_by_side == 0
            axis.set_xticks([])
            axis.set_yticks([])
            if lowest:
                axis.set_xticks(range(len(across)), column_labels, rotation=0 if few else 90, fontsize=7.5)
            if first:
                axis.set_yticks(range(len(up)), row_labels)
            axis.tick_params(length=0)
        bar = sheet.colorbar(
            ScalarMappable(Normalize(0, 1), ramp()), ax=panels, shrink=min(1.0, 2.6 / height), aspect=18, pad=0.015
        )
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        bar.set_label(say("figure.effect_map.scale", lang))
        note = say("figure.effect_map.by_city" if places.by_city else "figure.effect_map.by_unit", lang)
        sheet.head(titled(TITLE, result, lang))
        sheet.foot(note, caption(result, lang))
    return sheet


def _ended(result: RunResult, week: int, lang: str, inches: float) -> str:
    """Return a panel's title: the end of which week, its month in a line of its own where one line is too short."""
    plain = say("figure.end_of_week", lang, week=week, beside="")
    dated = say("figure.end_of_week", lang, week=week, beside=beside(result.spec, week, lang))
    return dated if widest([dated], 9.0) <= inches else f"{plain}\n{dated.removeprefix(plain).strip()}".strip()


def _cells(axis: Axes, values: np.ndarray) -> None:
    """Draw a cell per value, the first row on top, with thin lines between them."""
    down, across = values.shape
    edges = np.arange(across + 1) - 0.5, np.arange(down + 1) - 0.5
    fine = values.size > 1000  # then dots take less room than a path per cell
    line: dict[str, Any] = {"rasterized": True} if fine else {"edgecolor": FAINT, "linewidth": 0.6}
    axis.pcolormesh(*edges, np.ma.masked_invalid(values), cmap=ramp(), vmin=0, vmax=1, **line)
    axis.set_xlim(-0.5, across - 0.5)
    axis.set_ylim(down - 0.5, -0.5)
    axis.spines[:].set_visible(False)
