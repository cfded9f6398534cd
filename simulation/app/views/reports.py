"""True against reported effect: the reports of the sites, and the effect that is there."""

from __future__ import annotations

import numpy as np

from simulation.app.views.chart import Line, draw_lines
from simulation.app.views.scene import Scene
from simulation.app.views.svg import EFFECT, WARN

PLACE, PAIRED = 80, False
WAITS = True


def means(scene: Scene) -> tuple[list[float], list[float]]:
    """Return the weekly mean reported and true effect over open sites, NaN without any."""
    record, week = scene.model.record, scene.model.week
    sites = record.reports[:week].sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        reported = np.where(sites > 0, record.reported[:week].sum(axis=(1, 2)) / sites, np.nan)
        true = np.where(sites > 0, record.true[:week].sum(axis=(1, 2)) / sites, np.nan)
    return reported.tolist(), true.tolist()


def draw(scene: Scene) -> str:
    """Draw both, and shade the effect that is reported but not there."""
    reported, true = means(scene)
    a, b = (" A", " B") if scene.other is not None else ("", "")
    lines = [
        Line(scene.say("reports.reported") + a, reported, WARN, "diamond", "7 4"),
        Line(scene.say("reports.true") + a, true, EFFECT, "disc"),
    ]
    if scene.other is not None:
        second = Scene(scene.other, lang=scene.lang)
        reported_b, true_b = means(second)
        lines.append(Line(scene.say("reports.reported") + b, reported_b, WARN, "triangle", "2 3"))
        lines.append(Line(scene.say("reports.true") + b, true_b, EFFECT, "square", "4 2"))
    return draw_lines(scene, lines, label=scene.say("view.reports.title"), between=(0, 1), high=1.0)
