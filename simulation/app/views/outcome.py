"""The outcome per week: governance effectiveness, the effect at the point, and the effect at the sites."""

from __future__ import annotations

from simulation.app.views.chart import Line, draw_lines
from simulation.app.views.fanned import draw_fans
from simulation.app.views.scene import Scene
from simulation.app.views.svg import EFFECT, MOMENTUM, MUTED, SECOND

PLACE, PAIRED = 30, False
WAITS = True


def draw(scene: Scene) -> str:
    """Draw effectiveness, effect at the point and at sites; with a second run, effectiveness of both."""
    if scene.fans[0] is not None:
        return draw_fans(scene, "effectiveness", label=scene.say("view.outcome.title"))
    a = scene.track.series
    lines = [Line(scene.word("metric.effectiveness"), a["effectiveness"], EFFECT, "disc")]
    if scene.other is not None:
        lines[0] = Line(f"{scene.word('metric.effectiveness')} A", a["effectiveness"], EFFECT, "disc")
        b = scene.other.series
        lines.append(Line(f"{scene.word('metric.effectiveness')} B", b["effectiveness"], SECOND, "square", "7 4"))
        lines.append(Line(f"{scene.word('metric.core_effect')} A", a["core_effect"], MOMENTUM, "triangle"))
        lines.append(Line(f"{scene.word('metric.core_effect')} B", b["core_effect"], MUTED, "diamond", "2 3"))
    else:
        lines.append(Line(scene.word("metric.core_effect"), a["core_effect"], MOMENTUM, "triangle", "7 4"))
        lines.append(Line(scene.word("metric.site_effect"), a["site_effect"], SECOND, "square", "2 3"))
    return draw_lines(scene, lines, label=scene.say("view.outcome.title"))
