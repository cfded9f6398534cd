"""Participation: how many citizens take part, how much they know, and how far they trust."""

from __future__ import annotations

from simulation.app.views.chart import Line, draw_lines
from simulation.app.views.fanned import draw_fans
from simulation.app.views.scene import Scene
from simulation.app.views.svg import EFFECT, MOMENTUM, MUTED, SECOND

PLACE, PAIRED = 70, False
WAITS = True


def draw(scene: Scene) -> str:
    """Draw participation, awareness and trust; with a second run, participation and trust of both."""
    if scene.fans[0] is not None:
        return draw_fans(scene, "participation", label=scene.say("view.participation.title"))
    a = scene.track.series
    if scene.other is None:
        lines = [
            Line(scene.word("metric.participation"), a["participation"], EFFECT, "disc"),
            Line(scene.word("metric.awareness"), a["awareness"], MOMENTUM, "triangle", "7 4"),
            Line(scene.word("metric.trust"), a["trust"], SECOND, "square", "2 3"),
        ]
    else:
        b = scene.other.series
        lines = [
            Line(f"{scene.word('metric.participation')} A", a["participation"], EFFECT, "disc"),
            Line(f"{scene.word('metric.participation')} B", b["participation"], SECOND, "square", "7 4"),
            Line(f"{scene.word('metric.trust')} A", a["trust"], MOMENTUM, "triangle"),
            Line(f"{scene.word('metric.trust')} B", b["trust"], MUTED, "diamond", "2 3"),
        ]
    return draw_lines(scene, lines, label=scene.say("view.participation.title"))
