"""The hierarchy with momentum and effect on it: province, cities, units, and each unit's communities, town by town."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import INK, SOFT, ramp
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import line_count, widest, wrap
from simulation.drawing.numbers import amount
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered
from simulation.figures.places import places_of
from simulation.scenario.windows import STAGES
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 4, "figure.tree.title"
ROW, LARGEST, STRIP, INNER = 0.36, 0.135, 4.4, 1.0


@dataclass
class _Drawn:
    """The shapes of all rows, by kind. Each kind is drawn as one artist, so that drawing many rows stays quick."""

    nodes: list[tuple[float, float, float, float]] = field(default_factory=list)
    branches: list[list[tuple[float, float]]] = field(default_factory=list)
    squares: list[list[tuple[float, float]]] = field(default_factory=list)
    effects: list[float] = field(default_factory=list)
    frames: list[list[tuple[float, float]]] = field(default_factory=list)
    fine: bool = False

    def on(self, axis: Axes) -> None:
        """Draw everything on an axis."""
        shade = ramp()
        axis.add_collection(LineCollection(self.branches, colors=SOFT, linewidths=0.7, zorder=1), autolim=False)
        look: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.0 if self.fine else 0.4}
        axis.add_collection(PolyCollection(self.squares, facecolors=shade(self.effects), **look), autolim=False)
        axis.add_collection(LineCollection(self.frames, colors=SOFT, linewidths=0.5, zorder=2), autolim=False)
        x, y, size, effect = zip(*self.nodes, strict=True)
        axis.scatter(x, y, s=size, color=shade(effect), edgecolor=INK, linewidth=0.8, zorder=3)


@dataclass(frozen=True)
class Row:
    """A line of the picture: a unit, or a city where there are too many units."""

    name: str
    city: str
    momentum: float
    effect: float
    parts: np.ndarray
    ends: tuple[int, ...] = ()
    """Places in ``parts`` at which one town ends and the next begins."""


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    last = result.units[result.units["week"] == result.units["week"].max()]
    by_city = places_of(last).by_city
    rows = _city_rows(last) if by_city else _unit_rows(last, result.cells)
    names = Names(result, checked(lang))
    labels = [wrap(names.place(row.name), 2.2, 8.0) for row in rows]
    cities = ordered(last["city"])
    towns = [] if by_city else [wrap(names.place(city), 1.2, 8.5) for city in cities]
    trunk = 0.75 if by_city else INNER + max(widest(towns, 8.5) / 2 + 0.3, 0.6)
    text = trunk + 0.25
    strip = text + widest(labels, 8.0) + 0.75
    width = max(strip + STRIP + 1.3, 7.5)
    height = max(len(rows), 4) * ROW * (1.35 if line_count(labels) > 2 else 1.0)
    sheet = Sheet("tree", lang, width, height + 2.0)
    with sheet.styled():
        lang = sheet.lang
        axis = sheet.subplots()
        axis.set_axis_off()
        step = height / len(rows)
        at = [height - (k + 0.5) * step for k in range(len(rows))]
        shade = ramp()
        held = _momentum(result)
        most = max([*held.values(), *(row.momentum for row in rows), 1e-12])
        total = sum(held[city] for city in cities)
        longest = max(len(row.parts) for row in rows)

        drawn = _Drawn()

        def node(x: float, y: float, momentum: float, effect: float) -> None:
            # The area in points, so that a circle stays one however the page is scaled.
            size = np.pi * (LARGEST * 72) ** 2 * min(momentum / most, 1.0)
            drawn.nodes.append((x, y, max(size, 7.0), effect))

        root = (0.25, float(np.mean(at)))
        of_city: dict[str, list[int]] = {}
        for k, row in enumerate(rows):
            of_city.setdefault(row.city, []).append(k)
        for number, city in enumerate(cities):
            mine = of_city[city]
            middle = float(np.mean([at[k] for k in mine]))
            if by_city:
                _branch(drawn, root, (trunk, middle))
                continue
            _branch(drawn, root, (INNER, middle))
            for k in mine:
                _branch(drawn, (INNER, middle), (trunk, at[k]))
            effect = float(np.mean([rows[k].effect for k in mine]))
            node(INNER, middle, held[city], effect)
            _under(axis, (INNER, middle), f"{towns[number]}\n{amount(held[city])}")
        node(*root, min(total, most), float(np.mean([row.effect for row in rows])))
        _under(axis, root, f"{say('figure.tree.province', lang)}\n{amount(total)}")
        for row, y, label in zip(rows, at, labels, strict=True):
            node(trunk, y, row.momentum, row.effect)
            axis.text(text, y, label, va="center", fontsize=8.0, linespacing=1.0)
            axis.text(strip - 0.12, y, amount(row.momentum), va="center", ha="right", fontsize=8.0, color=SOFT)
            _strip(axis, drawn, row, strip, y, step, longest, sheet)
        drawn.on(axis)
        axis.text(strip - 0.12, height + 0.08, say("figure.tree.momentum", lang), ha="right", **sheet.bold)
        towns_shown = any(row.ends for row in rows)
        heading = "figure.tree.communities" if towns_shown else "figure.tree.no_towns"
        what = say("figure.tree.counties" if by_city else heading, lang)
        axis.text(strip, height + 0.08, what, **sheet.bold)
        axis.set_xlim(0, strip + STRIP + 0.1)
        axis.set_ylim(-0.1, height + 0.35)
        bar = sheet.colorbar(
            ScalarMappable(Normalize(0, 1), shade), ax=axis, shrink=min(1.0, 2.4 / (height + 1)), aspect=16, pad=0.01
        )
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        bar.set_label(say("figure.tree.effect", lang))
        sheet.head(say(TITLE, lang))
        part = say("figure.tree.county" if by_city else "figure.tree.community", lang)
        gap = say("figure.tree.towns", lang) if towns_shown else ""
        sheet.foot(say("figure.tree.note", lang, what=part, towns=gap), caption(result, lang))
    return sheet


def _unit_rows(last: pd.DataFrame, cells: pd.DataFrame) -> list[Row]:
    inside = cells.groupby(["county", "township", "community"], sort=False)["effect"].mean()
    here = set(cells["county"].unique())
    rows = []
    for (city, name), block in last.groupby(["city", "unit"], sort=False):
        parts, ends = _by_town(inside[name]) if name in here else (np.zeros(0), ())
        momentum = float(block["unit_momentum"].iloc[0])
        rows.append(Row(str(name), str(city), momentum, float(block["effect"].mean()), parts, ends))
    return rows


def _by_town(inside: pd.Series) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return a county's communities by town, best first in both, and where each town but the last ends."""
    by_town = inside.groupby("township")
    towns = by_town.mean().sort_values(ascending=False, kind="stable").index
    parts = [np.sort(by_town.get_group(town).to_numpy())[::-1] for town in towns]
    ends = np.cumsum([len(part) for part in parts])[:-1]
    return np.concatenate(parts), tuple(int(end) for end in ends)


def _city_rows(last: pd.DataFrame) -> list[Row]:
    rows = []
    for city, block in last.groupby("city", sort=False):
        parts = np.sort(block.groupby("unit")["effect"].mean().to_numpy())[::-1]
        momentum = float(block.groupby("unit")["unit_momentum"].first().sum())
        rows.append(Row(str(city), str(city), momentum, float(block["effect"].mean()), parts))
    return rows


def _momentum(result: RunResult) -> dict[str, float]:
    """Return each city's momentum in its stages at the end."""
    ledger = result.ledger
    stocks = ledger[(ledger["week"] == ledger["week"].max()) & (ledger["kind"] == "stock")]
    held = stocks[stocks["account"].isin(STAGES)].groupby("city")["amount"].sum()
    return {str(city): float(amount) for city, amount in held.items()}


def _branch(drawn: _Drawn, start: tuple[float, float], end: tuple[float, float]) -> None:
    bend = max(end[0] - 0.2, (start[0] + end[0]) / 2)
    drawn.branches.append([start, (bend, start[1]), (bend, end[1]), end])


def _under(axis: Axes, at: tuple[float, float], text: str) -> None:
    style: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 8.0, "zorder": 4}
    axis.annotate(text, at, (0, -13), textcoords="offset points", **style)


def _strip(axis: Axes, drawn: _Drawn, row: Row, x: float, y: float, step: float, longest: int, sheet: Sheet) -> None:
    if not len(row.parts):
        text = wrap(say("figure.tree.everywhere", sheet.lang), STRIP, 7.5)
        axis.text(x, y, text, va="center", fontsize=7.5, color=SOFT)
        return
    wide = min(STRIP / max(longest, 1), 0.36)
    edges = x + wide * np.arange(len(row.parts) + 1)
    half = min(0.62 * step, 0.24) / 2
    low, high = y - half, y + half
    drawn.fine = drawn.fine or wide <= 0.06
    drawn.effects += row.parts.tolist()
    drawn.squares += [[(a, low), (b, low), (b, high), (a, high)] for a, b in itertools.pairwise(edges)]
    drawn.frames.append([(edges[0], low), (edges[-1], low), (edges[-1], high), (edges[0], high), (edges[0], low)])
    if row.ends:
        axis.vlines(edges[list(row.ends)], low, high, color="white", linewidth=min(2.0, 24 * wide), zorder=3)
