"""A metric of one or two runs among its values under other seeds."""

from __future__ import annotations

from simulation.app.views.chart import Fan, Line, draw_lines
from simulation.app.views.scene import Scene
from simulation.app.views.svg import EFFECT, SECOND


def draw_fans(scene: Scene, metric: str, *, label: str) -> str:
    """Draw the bands and the median of each run that has them, and its line under the seed that is shown."""
    lines: list[Line] = []
    fans: list[Fan] = []
    looks = ((EFFECT, "disc", None), (SECOND, "square", "7 4"))
    for side, track, spread, (colour, shape, dash) in zip(
        scene.names, (scene.track, scene.other), scene.fans, looks, strict=True
    ):
        if track is None:
            continue
        side = f" {side}" if scene.other is not None else ""
        name = scene.say("fan.seed", name=scene.word(f"metric.{metric}") + side, seed=track.model.seed)
        lines.append(Line(name, track.series[metric], colour, shape, dash))
        if spread is not None:
            fans.append(Fan(side, spread.quantiles[metric], colour))
    return draw_lines(scene, lines, label=label, fans=fans)
