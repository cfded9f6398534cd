"""Point to surface (以点拓面): the point in the middle, the other domains around it, growing as sites open."""

from __future__ import annotations

import math
from typing import Any

from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    EFFECT,
    INK,
    MUTED,
    NARROW,
    RULE,
    SMALLEST,
    WIDE,
    Drawing,
    effect_colour,
    percent,
    wrap,
)

PLACE, PAIRED = 50, True
CITY = True
WAITS = True


def draw(scene: Scene) -> str:
    """Draw one disc per domain: its area is the share of communities with a site, its shade the effect there."""
    model, s, g = scene.model, scene.model.state, scene.model.ground
    inside = g.community_city == scene.chosen_city
    width, height = (NARROW, 500.0) if scene.narrow else (WIDE, 440.0)
    d = Drawing(width, height, scene.say("view.surface.title"))
    domains = len(model.spec.domains)
    others = [j for j in range(domains) if j != g.point]
    full = 28.0 if scene.narrow else 32.0
    x0, y0 = width / 2, height / 2 - 4
    reach_x, reach_y = width / 2 - 64, height / 2 - 76
    places = {g.point: (x0, y0)}
    for order, j in enumerate(others):
        angle = -math.pi / 2 + 2 * math.pi * (order + 0.5) / max(len(others), 1)
        places[j] = (x0 + reach_x * math.cos(angle), y0 + reach_y * math.sin(angle))
    for j in others:
        x, y = places[j]
        live = bool(s.covered[inside, j].any())
        look = {"stroke": EFFECT, "stroke_width": 2.5} if live else {"stroke": RULE, "stroke_dasharray": "3 4"}
        d.line(x0, y0, x, y, **look)
    for j, (x, y) in places.items():
        covered = s.covered[inside, j]
        share = float(covered.mean()) if len(covered) else 0.0
        effect = float(s.effect[inside, j][covered].mean()) if covered.any() else 0.0
        _disc(d, scene, j, x, y, full, share, effect)
    d.text(6, height - 6, scene.say("surface.key"), fill=MUTED)
    return d.svg()


def _disc(d: Drawing, scene: Scene, j: int, x: float, y: float, full: float, share: float, effect: float) -> None:
    radius = full * math.sqrt(share)
    proven = bool(scene.model.state.proven[scene.chosen_city, j])
    name = scene.domain(j)
    point = j == scene.model.ground.point
    d.begin(title=scene.say("surface.label", domain=name, share=percent(share), effect=percent(effect)))
    d.add("circle", cx=x, cy=y, r=full, fill="#ffffff", fill_opacity=0.6, stroke=RULE, stroke_dasharray="2 3")
    d.add("circle", cx=x, cy=y, r=radius, fill=effect_colour(effect), stroke=INK, stroke_width=1.4 if share else 0)
    if proven:
        d.add("circle", cx=x, cy=y, r=radius + 3.5, fill="none", stroke=INK, stroke_width=2)
    lines = wrap(("● " if point else "") + name, SMALLEST, 2 * full + 50)
    below = f"{percent(share)} · {'✓ ' if proven else ''}{percent(effect)}" if share else ""
    halo: dict[str, Any] = {"stroke": "#ffffff", "stroke_width": 3.5, "paint_order": "stroke"}
    for row, line in enumerate(lines):
        up = 14 * (len(lines) - 1 - row)
        d.text(x, y - full - 6 - up, line, anchor="middle", font_weight=700 if point else 400, **halo)
    d.text(x, y + full + 15, below, anchor="middle", font_weight=700, **halo)
    d.end()
