"""Where a result turns around: the worlds in the two parameters that matter most, and the box of the rarer kind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from simulation.drawing.colours import BLUE, INK, RED
from simulation.drawing.lettering import LABEL, capital, wrap
from simulation.drawing.numbers import percent, significant
from simulation.drawing.sheet import Sheet
from simulation.experiments import labels
from simulation.experiments.rules import IS, Limit, within
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from simulation.experiments.turning import Turning

_WIDTH, _HEIGHT = 6.0, 5.0
_MARGIN = 0.04
"""Room around the points, in widths of their range."""
_DECADE = 5.0
"""Ratio of the largest to the smallest value from which an axis is logarithmic."""


def turned(found: Turning, *, lang: str = "en") -> Sheet:
    """Return the points in the two leading parameters: those where the result holds, those where not, and the box."""
    first, second = (*found.leading, *found.leading)[:2]
    sheet = Sheet("experiment-turned", lang, _WIDTH, _HEIGHT)
    with sheet.styled():
        axes = sheet.subplots()
        lines = [
            _named(axes, found, first, across=True, lang=lang),
            _named(axes, found, second, across=False, lang=lang),
        ]
        marks = ((found.holds, "holds", "o", BLUE, "none"), (~found.holds, "fails", "X", RED, RED))
        for chosen, key, marker, colour, fill in marks:
            axes.scatter(
                found.points.loc[chosen, first], found.points.loc[chosen, second], s=30, marker=marker, facecolor=fill,
                edgecolor=colour, linewidth=0.9, label=say(f"worlds.picture.{key}", sheet.lang, n=int(chosen.sum())),
            )  # fmt: skip
        if found.box is not None:
            _draw_box(axes, found, lines, sheet.lang)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
        sheet.foot(*_caption(found, (first, second), sheet.lang))
        return sheet


def _named(axes: Axes, found: Turning, key: str, *, across: bool, lang: str) -> tuple[str, float, float]:
    """Name an axis and set its ends; return the key and the ends."""
    parameter, _, word = key.partition(IS)
    title = capital(labels.factor_with_unit(parameter, lang)) + (
        f": {labels.value(parameter, word, lang)}" if word else ""
    )
    text = f"{wrap(title, 4.0, LABEL)}\n{parameter}"
    values = found.points[key].to_numpy()
    low, high = float(values.min()), float(values.max())
    if low > 0 and high / low > _DECADE:
        (axes.set_xscale if across else axes.set_yscale)("log")
        _tick(axes.xaxis if across else axes.yaxis, low, high)
        edge = (high / low) ** _MARGIN
        low, high = low / edge, high * edge
    else:
        edge = _MARGIN * (high - low or 1.0)
        low, high = low - edge, high + edge
    (axes.set_xlabel if across else axes.set_ylabel)(text)
    (axes.set_xlim if across else axes.set_ylim)(low, high)
    return key, low, high


def _tick(axis: Axis, low: float, high: float) -> None:
    """Put plain numbers at 1, 2 and 5 times each power of ten; matplotlib's own would be formulas."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    shown = [tick for tick in ticks if low <= tick <= high]
    axis.set_major_locator(FixedLocator(shown))
    axis.set_major_formatter(FuncFormatter(lambda value, _: significant(value)))
    axis.set_minor_locator(NullLocator())


def _draw_box(axes: Axes, found: Turning, lines: list[tuple[str, float, float]], lang: str) -> None:
    """Draw the box as far as it is limited in the two parameters; open sides lie on the picture's edge."""
    from matplotlib.patches import Rectangle

    assert found.box is not None
    (left, right), (bottom, top) = (_side(found.box.regions[0], *line) for line in lines)
    key = "fails" if found.fails else "holds"
    axes.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom, facecolor=INK, alpha=0.08, edgecolor="none",
        )
    )  # fmt: skip
    axes.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom, fill=False, edgecolor=INK, linestyle="--", linewidth=1.1,
            label=say(f"worlds.picture.box.{key}", lang),
        )
    )  # fmt: skip


def _side(region: tuple[Limit, ...], key: str, low: float, high: float) -> tuple[float, float]:
    for limit in region:
        if limit.key == key:
            low, high = (limit.at, high) if limit.above else (low, limit.at)
    return low, high


def _caption(found: Turning, shown: tuple[str, str], lang: str) -> list[str]:
    said = [say("worlds.picture.caption", lang)]
    if found.box is None:
        return said
    said.append(say("worlds.picture.box", lang, coverage=percent(found.coverage), density=percent(found.density)))
    region = found.box.regions[0]
    in_view = tuple(limit for limit in region if limit.key in shown)
    if np.any(within(in_view, found.points) != within(region, found.points)):
        said.append(say("worlds.picture.cut", lang))
    return [" ".join(said)] if lang == "en" else ["".join(said)]
