"""The difference that a change makes: A minus B, week by week, under the same seed."""

from __future__ import annotations

from simulation.app.views.chart import Line, draw_lines
from simulation.app.views.scene import Scene
from simulation.app.views.svg import EFFECT, MOMENTUM, SECOND

PLACE, PAIRED = 5, False
WAITS = True
SHOWN = (
    ("effectiveness", EFFECT, "disc", None),
    ("core_effect", MOMENTUM, "triangle", "7 4"),
    ("surface", SECOND, "square", "2 3"),
)


def draw(scene: Scene) -> str:
    """Draw A − B for effectiveness, the point and the surface; nothing without a second run."""
    if scene.other is None:
        return ""
    a, b = scene.track.series, scene.other.series
    lines = []
    for name, colour, shape, dash in SHOWN:
        values = [x - y for x, y in zip(a[name], b[name], strict=False)]
        lines.append(Line(scene.word(f"metric.{name}"), values, colour, shape, dash))
    largest = max((abs(value) for line in lines for value in line.values if value == value), default=0.0)
    reach = next((top for top in (0.05, 0.1, 0.2, 0.4, 0.6) if largest <= top), 1.0)
    return draw_lines(scene, lines, label=scene.say("view.difference.title"), low=-reach, high=reach)
