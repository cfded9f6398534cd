"""Lines over the weeks, each told apart by dashes and marker, not by colour alone: value at its end, name below."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.app.views.scene import Scene
from simulation.app.views.svg import INK, MUTED, NARROW, RULE, WARN, WIDE, Drawing, in_rows, percent

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
) -> str:
    """Return a picture of several series on one axis of shares.

    Parameters
    ----------
    high : float, optional
        Top of the axis; by default a round number above everything seen so far.
    between : tuple of int, optional
        Two lines with the area between them shaded.
    """
    width = NARROW if scene.narrow else WIDE
    keys = in_rows((line.label for line in lines), 30, width)
    height = (250.0 if scene.narrow else 290.0) + LINE * (keys[-1][1] + 1)
    last = max(scene.track.weeks - 1, 1)
    top = high if high is not None else _round_up([value for line in lines for value in line.values])
    left, right, upper, lower = 50.0, width - 62.0, 14.0, height - 30.0 - LINE * (keys[-1][1] + 1)
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
    for line, (x, row) in zip(lines, keys, strict=True):
        y = height - 4 - LINE * (keys[-1][1] - row)
        drawing.line(x, y - 4, x + 24, y - 4, stroke=line.colour, stroke_width=2.4, stroke_dasharray=line.dash)
        marker(drawing, line.shape, x + 12, y - 4, 3.6, line.colour, hollow=line.dash is not None)
        drawing.text(x + 30, y, line.label)
    return drawing.svg()


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
