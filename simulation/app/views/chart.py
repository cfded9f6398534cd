"""Lines over the weeks, each told apart by dashes and marker, not by colour alone: value at its end, name below."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    EFFECT,
    INK,
    MUTED,
    NARROW,
    RULE,
    SECOND,
    SMALLEST,
    WARN,
    WIDE,
    Drawing,
    in_rows,
    percent,
    width_of,
)

SHAPES = ("disc", "square", "triangle", "diamond")
MOST_POINTS = 260
#: Height of a line of text.
LINE = 17.0


@dataclass(frozen=True)
class Line:
    """One series: label, values by week, colour, dash pattern and the shape of its markers."""

    label: str
    values: Sequence[float]
    colour: str
    shape: str = "disc"
    dash: str | None = None


@dataclass(frozen=True)
class Fan:
    """One metric under many seeds: the side that names it, its quantiles by week (of `Spread`), and its colour."""

    side: str
    quantiles: NDArray[np.float64]
    colour: str


Scale = Callable[[float], float]
End = tuple[float, tuple[int, float], Line]


def marker(drawing: Drawing, shape: str, x: float, y: float, r: float, colour: str, *, hollow: bool = False) -> None:
    """Draw a marker of one of `SHAPES`."""
    look: dict[str, Any] = {"fill": "#ffffff" if hollow else colour, "stroke": colour, "stroke_width": 1.5}
    if shape == "disc":
        drawing.add("circle", cx=x, cy=y, r=r, **look)
    elif shape == "square":
        drawing.rect(x - r, y - r, 2 * r, 2 * r, **look)
    elif shape == "triangle":
        points = f"{x:.4g},{y - r:.4g} {x + r:.4g},{y + r:.4g} {x - r:.4g},{y + r:.4g}"
        drawing.add("polygon", points=points, **look)
    else:
        points = f"{x:.4g},{y - r:.4g} {x + r:.4g},{y:.4g} {x:.4g},{y + r:.4g} {x - r:.4g},{y:.4g}"
        drawing.add("polygon", points=points, **look)


def draw_lines(
    scene: Scene,
    lines: Sequence[Line],
    *,
    label: str,
    low: float = 0.0,
    high: float | None = None,
    between: tuple[int, int] | None = None,
    fans: Sequence[Fan] = (),
) -> str:
    """Return a picture of several series on one axis of shares, with a thin line at each branch point.

    Parameters
    ----------
    high : float, optional
        Top of the axis; by default a round number above everything seen so far.
    between : tuple of int, optional
        Two lines with the area between them shaded.
    fans : sequence of Fan
        Bands and medians behind the lines, up to the present week.
    """
    width = NARROW if scene.narrow else WIDE
    signs: list[tuple[str, Line | dict[str, Any]]] = [(line.label, line) for line in lines]
    signs += _band_signs(scene, fans)
    keys = in_rows((label for label, _ in signs), 30, width)
    marks = _marks(scene)
    above = LINE if marks else 0.0
    height = (250.0 if scene.narrow else 290.0) + LINE * (keys[-1][1] + 1) + above
    last = max(scene.track.weeks - 1, 1)
    shown = [fan.quantiles[:, : scene.track.week] for fan in fans]
    seen = [value for line in lines for value in line.values]
    top = high if high is not None else _round_up([*seen, *(value for rows in shown for value in rows[-1].tolist())])
    left, right, upper, lower = 50.0, width - 62.0, 14.0 + above, height - 30.0 - LINE * (keys[-1][1] + 1)
    drawing = Drawing(width, height, label)

    def x_of(week: float) -> float:
        return left + (right - left) * week / last

    def y_of(value: float) -> float:
        return lower - (lower - upper) * (min(max(value, low), top) - low) / (top - low)

    for tick in range(5):
        value = low + (top - low) * tick / 4
        drawing.line(left, y_of(value), right, y_of(value), stroke=RULE, stroke_width=1 if tick else 1.5)
        text = percent(value) if top - low >= 0.4 else f"{100 * value:.1f}%"
        drawing.text(left - 6, y_of(value) + 4, text.replace("-", "−"), anchor="end", fill=MUTED)
    week_axis(drawing, scene, x_of, lower + 18, right + 6)
    _branch_lines(drawing, scene, marks, x_of, upper, lower)
    for fan, rows in zip(fans, shown, strict=True):
        draw_bands(drawing, rows, fan.colour, x_of, y_of)
    if scene.track.week:
        now = x_of(scene.track.week - 1)
        drawing.line(now, upper, now, lower, stroke=MUTED, stroke_dasharray="2 3")
    if between:
        _shade(drawing, lines[between[0]].values, lines[between[1]].values, x_of, y_of)
    ends: list[End] = []
    for line in lines:
        points = [(week, value) for week, value in enumerate(line.values) if not math.isnan(value)]
        if not points:
            continue
        stride = -(-len(points) // MOST_POINTS)
        kept = points[:-1:stride] + points[-1:]
        path = " ".join(f"{x_of(week):.1f},{y_of(value):.1f}" for week, value in kept)
        drawing.add(
            "polyline", points=path, fill="none", stroke=line.colour, stroke_width=2.4, stroke_dasharray=line.dash
        )
        every = max(1, last // 6)
        for week, value in points[:-1]:
            if week % every == 0:
                marker(drawing, line.shape, x_of(week), y_of(value), 3.2, line.colour, hollow=line.dash is not None)
        ends.append((y_of(points[-1][1]), points[-1], line))
    _label_ends(drawing, ends, right, x_of, upper, lower)
    for (text, sign), (x, row) in zip(signs, keys, strict=True):
        y = height - 4 - LINE * (keys[-1][1] - row)
        if isinstance(sign, Line):
            drawing.line(x, y - 4, x + 24, y - 4, stroke=sign.colour, stroke_width=2.4, stroke_dasharray=sign.dash)
            marker(drawing, sign.shape, x + 12, y - 4, 3.6, sign.colour, hollow=sign.dash is not None)
        elif sign.get("stroke"):
            drawing.line(x, y - 4, x + 24, y - 4, **sign)
        else:
            drawing.rect(x, y - 10, 24, 11, **sign)
        drawing.text(x + 30, y, text)
    return drawing.svg()


_MEDIAN: dict[str, Any] = {"stroke_width": 1.6, "stroke_dasharray": "1.5 2.5"}
#: Rows of the quantiles at the ends of a band, and how dense it is drawn.
_BANDS = ((0, 4, 0.16), (1, 3, 0.26))


def _band_signs(scene: Scene, fans: Sequence[Fan]) -> list[tuple[str, dict[str, Any]]]:
    """Return label and look of the signs of fans in the key."""
    found: list[tuple[str, dict[str, Any]]] = []
    for fan in fans:
        band = {"fill": fan.colour, "stroke": None}
        found.append((scene.say("fan.median", side=fan.side), {"stroke": fan.colour, **_MEDIAN}))
        found.append((scene.say("fan.half", side=fan.side), {**band, "fill_opacity": 0.42}))
        found.append((scene.say("fan.most", side=fan.side), {**band, "fill_opacity": 0.16}))
    return found


def draw_bands(drawing: Drawing, rows: NDArray[np.float64], colour: str, x_of: Scale, y_of: Scale) -> None:
    """Draw bands and median of quantiles by week, shape (5, weeks)."""
    weeks = np.flatnonzero(~np.isnan(rows[2]))
    if not len(weeks):
        return
    kept = np.unique(np.append(weeks[:: -(-len(weeks) // MOST_POINTS)], weeks[-1]))

    def path(row: int) -> list[str]:
        return [f"{x_of(int(week)):.1f},{y_of(float(rows[row, week])):.1f}" for week in kept]

    for low, high, dense in _BANDS:
        outline = " ".join(path(low) + path(high)[::-1])
        drawing.add("polygon", points=outline, fill=colour, fill_opacity=dense)
    drawing.add("polyline", points=" ".join(path(2)), fill="none", stroke=colour, **_MEDIAN)


Mark = tuple[int, str, str]


def _marks(scene: Scene) -> list[Mark]:
    """Return week, title and colour of the branch points: of one run, or of both where they are drawn together."""
    if scene.other is None:
        return [(point.week, "; ".join(point.titles), MUTED) for point in scene.points()]
    found: list[Mark] = []
    for name, track, colour in zip(scene.names, (scene.track, scene.other), (EFFECT, SECOND), strict=True):
        points = dataclasses.replace(scene, track=track).points()
        found += [(point.week, f"{name} · {'; '.join(point.titles)}", colour) for point in points]
    return sorted(found)


def _branch_lines(drawing: Drawing, scene: Scene, marks: list[Mark], x_of: Scale, upper: float, lower: float) -> None:
    """Draw a thin line at each branch point, and above it the week where there is room."""
    end = 0.0
    for week, title, colour in marks:
        x = x_of(week)
        drawing.begin(title=title, class_="branch")
        drawing.line(x, upper - 4, x, lower, stroke=colour, stroke_width=1.1)
        label = scene.say("changes.week", week=week)
        wide = width_of(label, SMALLEST)
        start = min(max(x - wide / 2, end), drawing.width - wide)
        if start <= x:
            drawing.text(start, upper - 8, label, fill=colour)
            end = start + wide + 6
        drawing.end()


def week_axis(drawing: Drawing, scene: Scene, x_of: Scale, y: float, right: float) -> None:
    """Write the numbers of the weeks, from 0, under a picture; ``x_of`` gives the place of a week."""
    weeks = scene.track.weeks
    step = next(step for step in (13, 26, 52, 104) if weeks / step <= 8 or step == 104)
    for week in range(0, max(weeks, 1), step):
        if x_of(week) < right - 18:
            drawing.text(x_of(week), y, str(week), anchor="middle", fill=MUTED)
    drawing.text(right, y, scene.say("axis.week"), fill=MUTED)


def _shade(drawing: Drawing, one: Sequence[float], two: Sequence[float], x_of: Scale, y_of: Scale) -> None:
    pairs = [
        (week, a, b) for week, (a, b) in enumerate(zip(one, two, strict=True)) if not (math.isnan(a) or math.isnan(b))
    ]
    if pairs:
        there = [f"{x_of(week):.1f},{y_of(a):.1f}" for week, a, _ in pairs]
        back = [f"{x_of(week):.1f},{y_of(b):.1f}" for week, _, b in reversed(pairs)]
        drawing.add("polygon", points=" ".join(there + back), fill=WARN, fill_opacity=0.16)


def _label_ends(drawing: Drawing, ends: list[End], right: float, x_of: Scale, upper: float, lower: float) -> None:
    """Write the present value of each line at the right, none over another."""
    ends = sorted(ends, key=lambda end: end[0])
    heights: list[float] = []
    for y, _, _ in ends:
        heights.append(max(y, heights[-1] + LINE if heights else upper))
    # Labels that would run out below push up those above them.
    limit = lower
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], limit)
        limit = heights[place] - LINE
    for text_y, (y, (week, value), line) in zip(heights, ends, strict=True):
        hollow = line.dash is not None
        marker(drawing, line.shape, x_of(week), y, 4, line.colour, hollow=hollow)
        shown = percent(value) if abs(value) >= 0.1 or value == 0 else f"{100 * value:.1f}%"
        marker(drawing, line.shape, right + 12, text_y, 3.6, line.colour, hollow=hollow)
        drawing.text(right + 19, text_y + 4, shown.replace("-", "−"), fill=INK)


def _round_up(values: Sequence[float]) -> float:
    seen = max((value for value in values if not math.isnan(value)), default=0.0)
    return next((top for top in (0.1, 0.2, 0.4, 0.6, 0.8) if seen <= top), 1.0)
