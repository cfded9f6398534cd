"""Point to surface: the week in which a site opened, by community and domain."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import FAINT, LINES, MAP, SOFT
from simulation.drawing.lettering import line_count, spread, widest, wrap
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 5, "figure.surface.title"
MOST = 40


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    cells = result.cells
    point = result.spec.point
    domains = [point, *(key for key in ordered(cells["domain"]) if key != point)]
    by_city = cells["county"].nunique() > MOST and cells["city"].nunique() > 1
    place = "city" if by_city else "county"
    groups = ordered(cells[place])
    # Counties stand together in the table; a community is known by its rows, names need not differ between counties.
    since = cells["site_since"].to_numpy(dtype=float).reshape(-1, len(domains))
    since = since[:, [ordered(cells["domain"]).index(key) for key in domains]]
    belongs = cells[place].to_numpy().reshape(-1, len(domains))[:, 0]
    weeks = len(result.weekly)

    probe = Sheet("surface", lang, 1, 1)
    names = Names(result, probe.lang)
    labels = [wrap(names.domain(key), 2.6, 7.5) for key in domains]
    places = [wrap(names.place(name), 2.6, 8.0) for name in groups]
    grid = min(max(len(domains) * 0.13 * (line_count(labels) + 0.6), 2.6), 14.0)
    below = widest(labels, 7.5)
    height = max(len(groups) * 0.19 * line_count(places), 3.4)
    sheet = Sheet("surface", lang, grid + widest(places, 8.0) + 6.2, height + below + 1.5)
    with sheet.styled():
        lang = sheet.lang
        left, right = sheet.subplots(1, 2, width_ratios=[grid + 1.0, 4.0])
        # The palest shades are left out: they would look like no site.
        shade = ListedColormap(colormaps[MAP](np.linspace(1.0, 0.2, 256))).with_extremes(bad="white")
        image = left.imshow(
            np.ma.masked_invalid(since), cmap=shade, vmin=0, vmax=weeks, aspect="auto", interpolation="nearest"
        )
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
        _curves(right, since, weeks, lang)
        sheet.head(say(TITLE, lang))
        sheet.foot(say("figure.surface.note", lang), caption(result, lang))
    return sheet


def _curves(axis: Axes, since: np.ndarray, weeks: int, lang: str) -> None:
    """Draw the share of communities with a site: every domain in grey, the point and all together marked."""
    time = np.arange(weeks + 1)
    share = np.array([(since <= week - 1).mean(axis=0) for week in time])
    if share.shape[1] > 1:
        axis.plot(time, share[:, 1:], color="#b0b0b0", linewidth=0.8, drawstyle="steps-post")
    marked = {say("figure.surface.point", lang): share[:, 0]}
    if share.shape[1] > 1:
        marked[say("figure.surface.all", lang)] = share.mean(axis=1)
    top = max(float(share.max()) * 1.08, 0.05)
    ends = spread([float(curve[-1]) for curve in marked.values()], 0.06 * top, 0.0, top)
    for (label, curve), end, line in zip(marked.items(), ends, LINES, strict=False):
        axis.plot(time, curve, linewidth=1.8, drawstyle="steps-post", **line)
        axis.annotate(label, (1.02, end), xycoords=("axes fraction", "data"), va="center", color=line["color"])
    axis.set_xlim(0, weeks)
    axis.set_ylim(0, min(top, 1.02) if top < 1 else 1.02)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))
    axis.set_title(say("figure.surface.share", lang))
    axis.set_xlabel(say("figure.week", lang))
