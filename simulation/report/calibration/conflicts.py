"""Conflicts: how near any vector comes to every two findings at once, and how the worst pairs trade off."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulation.drawing.colours import BLUE, INK, ORANGE, RED, SOFT
from simulation.drawing.lettering import widest, wrap
from simulation.drawing.numbers import finding
from simulation.drawing.sheet import Sheet
from simulation.evidence.abc import GOOD_ENOUGH
from simulation.report.calibration.labels import bands, caption, claim, limits
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simulation.evidence import Calibrated, Target

NUMBER, TITLE, PART = 4, "calibration.figure.conflicts", "conflicts"
MOST = 4
"""Pairs shown one against the other: those that are farthest from being met together."""
_CELL, _SIDE, _NAME = 0.82, 2.7, 1.9
_FAR = 8.0
_SHADES = LinearSegmentedColormap.from_list("far", ["#f9e3cf", "#e58b4a", "#8c3b0c"])


def draw(found: Calibrated, lang: str) -> Sheet | None:
    """Return the picture (see the module); None where there is one finding only."""
    targets = list(found.calibration.targets.values())
    if len(targets) < 2:
        return None
    away = distances(found)
    pairs = found.conflicts[found.conflicts["second"] != ""].sort_values("nearest", ascending=False, kind="stable")
    conflicts = pairs.head(MOST).to_dict("records")
    probe = Sheet("calibration-conflicts", lang, 1, 1)
    names = [wrap(f"{place} · {claim(target, probe.lang)}", _NAME, 8.0) for place, target in enumerate(targets, 1)]
    square = _CELL * len(targets) + widest(names, 8.0) + 0.2
    across = min(len(conflicts), 2)
    down = -(-len(conflicts) // 2)
    wide = max(square + (_SIDE + 0.6) * across, 5.6)
    high = max(_CELL * len(targets) + 0.3, (_SIDE + 0.4) * down)
    sheet = Sheet("calibration-conflicts", lang, wide, high + 1.5)
    with sheet.styled():
        lang = sheet.lang
        widths = [square, (_SIDE + 0.6) * across] if across else [1.0]
        grid = sheet.add_gridspec(1, len(widths), width_ratios=widths)
        _matrix(sheet.add_subplot(grid[0, 0]), away, names, lang)
        if across:
            inner = grid[0, 1].subgridspec(down, across)
            for place, row in enumerate(conflicts):
                _pair(sheet.add_subplot(inner[place // 2, place % 2]), found, row, away, names)
        sheet.head(say(TITLE, lang))
        nearest = float(away.max(axis=1).min())
        key = "calibration.figure.conflicts.joint" if nearest > GOOD_ENOUGH else "calibration.figure.conflicts.met"
        notes = [say("calibration.figure.conflicts.note", lang), say(key, lang, nearest=finding(nearest))]
        if across:
            notes.insert(1, say("calibration.figure.conflicts.pairs", lang))
        sheet.foot(*notes, caption(found, lang))
    return sheet


def distances(found: Calibrated) -> NDArray[np.float64]:
    """Return how far every vector tried is from each finding, in tolerances, shape (vectors, targets)."""
    targets = found.calibration.targets.values()
    columns = [[target.distance(float(value)) for value in found.tried[target.name]] for target in targets]
    return np.array(columns).T


def _matrix(axes: Axes, away: NDArray[np.float64], names: list[str], lang: str) -> None:
    number_of = len(names)
    for row, column in itertools.product(range(number_of), repeat=2):
        if column > row:
            continue
        nearest = float(np.maximum(away[:, row], away[:, column]).min())
        met = nearest <= GOOD_ENOUGH
        depth = 1.0 if math.isinf(nearest) else min(math.log(max(nearest, 1.0)) / math.log(_FAR), 1.0)
        colour = "#dfeaf2" if met else _SHADES(0.15 + 0.85 * depth)
        axes.add_patch(Rectangle((column - 0.48, row - 0.48), 0.96, 0.96, facecolor=colour, linewidth=0))
        # A finding that is met needs no number: a vector within the tolerance is as good as another.
        text = say("calibration.met", lang) if met else finding(nearest)
        axes.text(
            column, row, text, ha="center", va="center", fontsize=7.5 if met else 9.5,
            color=SOFT if met else "white" if depth > 0.6 else INK,
        )  # fmt: skip
    axes.set(xlim=(-0.55, number_of - 0.45), ylim=(number_of - 0.45, -0.55))
    axes.set_xticks(range(number_of), [str(place) for place in range(1, number_of + 1)])
    axes.set_yticks(range(number_of), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _pair(axes: Axes, found: Calibrated, row: dict[str, Any], away: NDArray[np.float64], names: list[str]) -> None:
    order = list(found.calibration.targets)
    first, second = order.index(row["first"]), order.index(row["second"])
    pair: list[Target] = [found.calibration.targets[row[key]] for key in ("first", "second")]
    usual = found.targets.set_index("target")["default"]
    ends = [limits(target, found.tried[target.name], usual[target.name]) for target in pair]
    for target, end, vertical in zip(pair, ends, (True, False), strict=True):
        bands(axes, target, end, vertical=vertical)
    x, y = (found.tried[target.name].to_numpy(dtype=float) for target in pair)
    axes.scatter(x, y, s=8, color=BLUE, alpha=0.55, linewidth=0)
    nearest = int(np.maximum(away[:, first], away[:, second]).argmin())
    axes.plot([x[nearest]], [y[nearest]], "o", color=RED, markerfacecolor="none", markersize=9, markeredgewidth=1.6)
    if np.isfinite(usual[pair[0].name]) and np.isfinite(usual[pair[1].name]):
        axes.plot([usual[pair[0].name]], [usual[pair[1].name]], "D", color=INK, markerfacecolor=ORANGE, markersize=6)
    axes.set(xlim=ends[0], ylim=ends[1])
    axes.set_xlabel(names[first], fontsize=8.0)
    axes.set_ylabel(names[second], fontsize=8.0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4))
        axis.set_major_formatter(FuncFormatter(lambda value, _: finding(round(value, 10))))
