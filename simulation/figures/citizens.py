"""Participation and trust: citizens over time, and participation by domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import BLUE, INK, LINES, SOFT
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import capital, spread, widest, wrap
from simulation.drawing.numbers import percent
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered
from simulation.figures.places import week_axis
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 7, "figure.citizens.title"
SERIES = ("participation", "trust", "awareness")


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    cells = result.cells
    domains = ordered(cells["domain"])
    names = Names(result, checked(lang))
    labels = [wrap(names.domain(key), 2.0, 8.0) for key in domains]
    row = 0.19 * (1 + max(label.count("\n") for label in labels))
    sheet = Sheet("citizens", lang, 7.6 + widest(labels, 8.0), max(len(domains) * row + 1.9, 4.2))
    with sheet.styled():
        lang = sheet.lang
        left, right = sheet.subplots(1, 2, width_ratios=[1.25, 1])
        weekly = result.weekly
        weeks = week_axis(left, result, lang)
        curves = [weekly[name].to_numpy() for name in SERIES]
        places = spread([float(curve[-1]) for curve in curves], 0.06, 0.02, 0.98)
        for name, curve, place, line in zip(SERIES, curves, places, LINES, strict=False):
            left.plot(weeks, curve, linewidth=1.7, **line)
            left.annotate(
                capital(say(f"metric.{name}", lang)),
                (1.02, place),
                xycoords=("axes fraction", "data"),
                va="center",
                color=line["color"],
            )
        left.set_ylim(0, 1)
        left.set_title(say("figure.citizens.over_time", lang))

        sited = cells[cells["site_since"].notna()].groupby("domain")["participation"].mean()
        shares = sited.reindex(domains).to_numpy(dtype=float)
        at = np.arange(len(domains))
        right.barh(at, np.nan_to_num(shares), height=0.62, color=BLUE, edgecolor=INK, linewidth=0.5)
        top = max(float(np.nanmax(shares, initial=0.0)), 0.05)
        for y, share in zip(at, shares, strict=True):
            text = say("figure.citizens.no_sites", lang) if np.isnan(share) else percent(share)
            right.text((0 if np.isnan(share) else share) + 0.02 * top, y, text, va="center", fontsize=7.5, color=SOFT)
        right.set_yticks(at, labels)
        right.tick_params(axis="y", length=0)
        right.set_ylim(len(domains) - 0.4, -0.6)
        right.set_xlim(0, top * 1.25)
        right.xaxis.set_major_formatter(PercentFormatter(1.0))
        right.set_title(wrap(say("figure.citizens.by_domain", lang), 3.1, 9.0))
        sheet.head(say(TITLE, lang))
        sheet.foot(say("figure.citizens.note", lang), caption(result, lang))
    return sheet
