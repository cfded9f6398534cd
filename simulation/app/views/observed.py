"""Observed and simulated: a small chart per measure of a case, with what was observed as points over the run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulation.app.views.chart import LINE, Scale, draw_bands, marker
from simulation.app.views.scene import Scene
from simulation.app.views.svg import EFFECT, INK, MUTED, NARROW, RULE, SECOND, WIDE, Drawing
from simulation.cases import naming
from simulation.cases.panels import Panel, panels
from simulation.drawing.lettering import capital
from simulation.drawing.numbers import decimals, percent

PLACE, PAIRED = 25, False
WAITS = True
CASE = True
"""Only for a case."""

_HEIGHT = 168.0
_ROOM = 44.0
"""For the numbers at the left of a chart."""


def draw(scene: Scene) -> str:
    """Draw each measure: points with their standard deviations, the run's line, and the fan where it is asked for."""
    case = scene.track.case
    assert case is not None
    found = panels(case)
    columns = 1 if scene.narrow or len(found) == 1 else 2
    width = NARROW if scene.narrow else WIDE
    rows = -(-len(found) // columns)
    drawing = Drawing(width, rows * _HEIGHT + 3 * LINE, scene.say("view.observed.title"))
    for place, panel in enumerate(found):
        column, row = place % columns, place // columns
        _draw_panel(drawing, scene, panel, column * width / columns, row * _HEIGHT, width / columns)
    _key(drawing, scene, rows * _HEIGHT + LINE)
    return drawing.svg()


def _draw_panel(drawing: Drawing, scene: Scene, panel: Panel, x0: float, y0: float, width: float) -> None:
    left, right, upper, lower = x0 + _ROOM, x0 + width - 12.0, y0 + 26.0, y0 + _HEIGHT - 26.0
    last = max(scene.track.weeks - 1, 1)
    spread = scene.fans[0]
    bands = None if spread is None else spread.observed.get(panel.measure)
    lines: list[tuple[Sequence[float], str, str | None]]
    lines = [(scene.track.observed.get(panel.measure, []), EFFECT, None)]
    if scene.other is not None and scene.other.case is scene.track.case:
        lines.append((scene.other.observed.get(panel.measure, []), SECOND, "7 4"))
    top = _top(panel, [*(value for line, _, _ in lines for value in line), *(() if bands is None else bands[-1])])

    def x_of(week: float) -> float:
        return left + (right - left) * week / last

    def y_of(value: float) -> float:
        return lower - (lower - upper) * min(max(value, 0.0), top) / top

    drawing.text(x0 + 6, y0 + 14, capital(naming.panel(panel, scene.lang)))
    for tick in range(3):
        value = top * tick / 2
        drawing.line(left, y_of(value), right, y_of(value), stroke=RULE, stroke_width=1 if tick else 1.5)
        drawing.text(left - 5, y_of(value) + 4, _written(panel, value), anchor="end", fill=MUTED)
    for week in range(0, scene.track.weeks, 52 if scene.track.weeks > 80 else 26):
        drawing.text(x_of(week), lower + 17, str(week), anchor="middle", fill=MUTED)
    if bands is not None:
        draw_bands(drawing, bands[:, : scene.track.week], EFFECT, x_of, y_of)
    for line, colour, dash in lines:
        _line(drawing, line, colour, dash, x_of, y_of)
    for point in panel.points:
        x, y = x_of(point.week), y_of(point.value)
        told = scene.say("view.observed.point", week=point.week, value=_written(panel, point.value), rows=point.rows)
        drawing.begin(title=told)
        if point.sd > 0:
            drawing.line(x, y_of(point.value - point.sd), x, y_of(point.value + point.sd), stroke=INK, stroke_width=1.2)
        marker(drawing, "diamond", x, y, 4.2, INK, hollow=True)
        drawing.end()


def _line(drawing: Drawing, values: Sequence[float], colour: str, dash: str | None, x_of: Scale, y_of: Scale) -> None:
    points = " ".join(
        f"{x_of(week):.1f},{y_of(value):.1f}" for week, value in enumerate(values) if not math.isnan(value)
    )
    if points:
        drawing.add("polyline", points=points, fill="none", stroke=colour, stroke_width=2.4, stroke_dasharray=dash)


def _top(panel: Panel, values: Sequence[float]) -> float:
    """Return a round top of the axis above everything that is drawn."""
    seen = [*values, *(point.value + point.sd for point in panel.points)]
    most = max((value for value in seen if not math.isnan(value)), default=0.0)
    if _is_share(panel):
        return next((top for top in (0.1, 0.2, 0.4, 0.6, 0.8) if most <= top), 1.0)
    step = 10 ** max(math.floor(math.log10(max(most, 1.0))), 0)
    return float(next(top for top in np.array([2, 4, 6, 8, 10, 20]) * step if most <= top))


def _is_share(panel: Panel) -> bool:
    return not panel.counted and panel.measure in ("reported", "participation")


def _written(panel: Panel, value: float) -> str:
    if _is_share(panel):
        return percent(value)
    return decimals(value, 0 if panel.counted or value >= 10 or value == int(value) else 1)


def _key(drawing: Drawing, scene: Scene, y: float) -> None:
    """Write what points and lines are, one below the other."""
    marker(drawing, "diamond", 18, y - 4, 4.2, INK, hollow=True)
    drawing.text(36, y, scene.say("view.observed.key.point"))
    drawing.line(6, y + LINE - 4, 30, y + LINE - 4, stroke=EFFECT, stroke_width=2.4)
    drawing.text(36, y + LINE, scene.say("view.observed.key.run", seed=scene.model.seed))
    drawing.text(drawing.width - 6, y + LINE, scene.say("axis.week"), anchor="end", fill=MUTED)
