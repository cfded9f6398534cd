"""The load of towns against what they can carry: town by town at the end, and all of them over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.colours import BLUE, FAINT, INK, RED, SKY, SOFT
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import capital, line_count, widest, wrap
from simulation.drawing.numbers import plain
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption
from simulation.figures.places import Places, last_week, places_of, week_axis
from simulation.figures.tables import table
from simulation.scenario.calendar import beside
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 12, "figure.town_load.title"
PLAIN = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.8}
MIDDLE = (10, 90)
"""Per cent of the towns that lie below the shaded band, and below its upper edge."""


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    loads = of_counties(result)
    carried = capacity(result)
    shown = None if loads is None else places_of(loads)
    places = [] if shown is None else shown.names
    names = Names(result, checked(lang))
    labels = [wrap(names.place(name), 2.4, 8.0) for name in places]
    tall = max(len(places) * 0.2 * (line_count(labels) + 0.3), 2.6)
    sheet = Sheet("town-load", lang, widest(labels, 8.0) + 8.4, tall + 2.0)
    with sheet.styled():
        lang = sheet.lang
        left, right = sheet.subplots(1, 2, width_ratios=[widest(labels, 8.0) + 3.9, 3.6])
        highest = float(result.weekly["town_load"].max()) if loads is None else float(loads["load"].max())
        top = max(carried * 1.15, highest * 1.08)
        if loads is None or shown is None:
            left.set_axis_off()
            text = wrap(say("figure.town_load.not_recorded", lang), 3.4, 8.5)
            left.annotate(text, (0.02, 0.5), xycoords="axes fraction", va="center", color=SOFT)
        else:
            _towns(left, loads[loads["week"] == loads["week"].max()], shown)
            left.set_yticks(range(len(places)), labels)
            left.axvline(carried, color=RED, linewidth=1.2, linestyle="--")
            left.set_xlim(0, top)
            left.set_xlabel(capital(say("figure.town_load.load", lang)))
            week = last_week(result)
            dated = {"week": week, "beside": beside(result.spec, week, lang)}
            left.set_title(say("figure.town_load.at_end", lang, **dated))
        _over_time(right, result, loads, carried, top, lang)
        sheet.head(say(TITLE, lang))
        sheet.foot(say("figure.town_load.note", lang, capacity=plain(round(carried, 2))), caption(result, lang))
    return sheet


def of_counties(result: RunResult) -> pd.DataFrame | None:
    """Return the loads of those who execute in counties; a department's staff is left out. None without the table."""
    found = table(result, "executors")
    return None if found is None else found[found["unit"].isin(result.cells["county"].unique())]


def capacity(result: RunResult) -> float:
    """Return the load that an executor can carry, after meetings, which cost only where they are held."""
    spec = result.spec
    authority = spec.stages.authority
    held = authority.meetings_per_year if authority.effective_intensity > 0 else 0.0
    return spec.execution.capacity * (1 - spec.transmission.meeting_cost * held)


def _towns(axis: Axes, last: pd.DataFrame, shown: Places) -> None:
    """Draw one dot per town, spread a little by rank so that equal loads stay apart, and a bar at their mean."""
    groups = dict(tuple(last.groupby(shown.column)["load"]))
    none = np.zeros(0)
    for row, name in enumerate(shown.names):
        load = np.sort(groups[name].to_numpy()) if name in groups else none
        height = 0.5 * ((np.arange(len(load)) * 0.618) % 1.0 - 0.5)  # the golden ratio spreads any number of dots
        look: dict[str, Any] = {"s": 15, "facecolor": SKY, "edgecolor": INK, "linewidths": 0.4, "alpha": 0.85}
        axis.scatter(load, row + height, clip_on=False, **look)
        if len(load):
            axis.plot([load.mean()] * 2, [row - 0.36, row + 0.36], color=BLUE, linewidth=2.2, zorder=3)
    axis.set_ylim(len(shown.names) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", color=FAINT, linewidth=0.6)


def _over_time(
    axis: Axes, result: RunResult, loads: pd.DataFrame | None, carried: float, top: float, lang: str
) -> None:
    weekly = result.weekly
    every = week_axis(axis, result, lang)
    if loads is not None:
        by_week = loads.groupby("week")["load"]
        weeks = by_week.size().index.to_numpy()
        low, high = (by_week.quantile(share / 100).to_numpy() for share in MIDDLE)
        axis.fill_between(weeks, low, high, color=SKY, alpha=0.35, linewidth=0)
        axis.plot(weeks, by_week.max().to_numpy(), color=SOFT, linewidth=0.9, linestyle=":")
    axis.plot(every, weekly["town_load"].to_numpy(), color=BLUE, linewidth=1.7)
    axis.axhline(carried, color=RED, linewidth=1.2, linestyle="--")
    above = wrap(say("figure.town_load.capacity", lang), 3.0, 7.5)
    axis.annotate(
        above, (3, carried), (0, 3), textcoords="offset points", va="bottom", fontsize=7.5, color=RED, bbox=PLAIN
    )
    axis.set_ylim(0, top)
    axis.set_ylabel(capital(say("figure.town_load.load", lang)))
    axis.set_title(say("figure.town_load.over_time", lang))
