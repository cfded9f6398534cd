"""Point to surface: the week in which a site opened, by community and domain."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import FAINT, GREY, LINES, SOFT, ramp
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import line_count, spread, widest, wrap
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered
from simulation.figures.places import places_of, week_axis
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 5, "figure.surface.title"
NAMED = 5
"""Domains beside the point whose curves are drawn, each with its name: those that ended with most sites."""


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    cells = result.cells
    point = result.spec.point
    domains = [point, *(key for key in ordered(cells["domain"]) if key != point)]
    shown = places_of(cells, "county")
    place, groups = shown.column, shown.names
    # Counties stand together in the table; a community is known by its rows, names need not differ between counties.
    since = cells["site_since"].to_numpy(dtype=float).reshape(-1, len(domains))
    since = since[:, [ordered(cells["domain"]).index(key) for key in domains]]
    belongs = cells[place].to_numpy().reshape(-1, len(domains))[:, 0]
    weeks = len(result.weekly)

    names = Names(result, checked(lang))
    labels = [wrap(names.domain(key), 2.6, 7.5) for key in domains]
    places = [wrap(names.place(name), 2.6, 8.0) for name in groups]
    grid = min(max(len(domains) * 0.13 * (line_count(labels) + 0.6), 2.6), 14.0)
    below = widest(labels, 7.5)
    height = max(len(groups) * 0.19 * line_count(places), 3.4)
    sheet = Sheet("surface", lang, grid + widest(places, 8.0) + 7.4, height + below + 1.5)
    with sheet.styled():
        lang = sheet.lang
        left, right = sheet.subplots(1, 2, width_ratios=[grid + 1.0, 4.6])
        # The palest shades are left out: they would look like no site.
        shade = ListedColormap(ramp()(np.linspace(1.0, 0.2, 256))).with_extremes(bad="white")
        scale: dict[str, Any] = {"cmap": shade, "vmin": 0, "vmax": max(weeks - 1, 1)}
        image = left.imshow(np.ma.masked_invalid(since), aspect="auto", interpolation="nearest", **scale)
        edges = [0, *(k for k in range(1, len(belongs)) if belongs[k] != belongs[k - 1]), len(belongs)]
        middles = [(a + b) / 2 - 0.5 for a, b in itertools.pairwise(edges)]
        # Small counties' names would stand on top of each other; a name may slip from its county's middle instead.
        gap = (0.15 * line_count(places)) * len(belongs) / height
        left.set_yticks(spread(middles, min(gap, len(belongs) / len(middles)), 0.0, len(belongs) - 1.0))
        left.set_yticklabels([places[groups.index(str(belongs[a]))] for a in edges[:-1]])
        for edge in edges[1:-1]:
            left.axhline(edge - 0.5, color=SOFT, linewidth=0.6)
        for k in range(1, len(domains)):
            left.axvline(k - 0.5, color=FAINT, linewidth=0.5)
        left.set_xticks(range(len(domains)), labels, rotation=90, fontsize=7.5)
        left.tick_params(length=0)
        left.spines[:].set_visible(True)
        kind = say(f"figure.surface.{place}", lang)
        left.set_title(say("figure.surface.communities", lang, place=kind))
        bar = sheet.colorbar(image, ax=left, shrink=0.7, aspect=22, pad=0.02)
        bar.set_label(say("figure.surface.opened", lang))
        _curves(right, since, [names.domain(key) for key in domains], result, lang)
        sheet.head(say(TITLE, lang))
        some = say("figure.surface.some", lang, n=NAMED) if len(domains) > NAMED + 1 else ""
        sheet.foot(say("figure.surface.note", lang) + some, caption(result, lang))
    return sheet


def _curves(axis: Axes, since: np.ndarray, domains: list[str], result: RunResult, lang: str) -> None:
    """Draw the share of communities with a site: the point, all domains together, and, in grey, the widest others."""
    weeks = week_axis(axis, result, lang)
    share = np.array([(since <= week).mean(axis=0) for week in weeks])
    curves: list[tuple[str, np.ndarray, dict[str, Any]]] = []
    if share.shape[1] > 1:
        widest_first = 1 + np.argsort(-share[-1, 1:], kind="stable")[:NAMED]
        grey: dict[str, Any] = {"color": GREY, "linewidth": 0.9}
        curves = [(domains[place], share[:, place], grey) for place in widest_first if share[-1, place] > 0]
        curves.append((say("figure.surface.all", lang), share.mean(axis=1), {**LINES[1], "linewidth": 1.8}))
    curves.append((say("figure.surface.point", lang), share[:, 0], {**LINES[0], "linewidth": 1.8}))
    top = max(float(share.max()) * 1.08, 0.05)
    labels = [wrap(label, 1.9, 7.5) for label, _, _ in curves]
    ends = spread([float(curve[-1]) for _, curve, _ in curves], 0.045 * line_count(labels) * top, 0.0, top)
    for (_, curve, look), label, end in zip(curves, labels, ends, strict=True):
        axis.plot(weeks, curve, drawstyle="steps-post", **look)
        ink = SOFT if look["color"] == GREY else look["color"]
        at: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "va": "center"}
        axis.annotate(label, (1.02, end), fontsize=7.5, color=ink, linespacing=0.9, **at)
    axis.set_ylim(0, min(top, 1.02) if top < 1 else 1.02)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))
    axis.set_title(say("figure.surface.share", lang))
