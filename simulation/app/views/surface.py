"""Point to surface (以点拓面): the point in the middle, the other domains around it, growing as sites open."""

from __future__ import annotations

import math

from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    EFFECT,
    INK,
    MUTED,
    RULE,
    Drawing,
    effect_colour,
    on_effect,
    percent,
    wrap,
)

PLACE, PAIRED = 50, True


def draw(scene: Scene) -> str:
    """Draw a disc a domain: its area is the share of communities with a site, its shade the effect there."""
    model, s, g = scene.model, scene.model.state, scene.model.ground
    city = scene.chosen_city
    inside = g.community_city == city
    width = 360.0 if scene.narrow else 560.0
    d = Drawing(width, 360, scene.say("view.surface.title"))
    domains = len(model.spec.domains)
    others = [j for j in range(domains) if j != g.point]
    x0, y0 = width / 2, 172.0
    reach_x, reach_y = (width / 2 - 62, 118.0)
    places = {g.point: (x0, y0)}
    for order, j in enumerate(others):
        angle = -math.pi / 2 + 2 * math.pi * (order + 0.5) / max(len(others), 1)
        places[j] = (x0 + reach_x * math.cos(angle), y0 + reach_y * math.sin(angle))
    full = 40.0 if scene.narrow else 50.0
    for j in others:
        x, y = places[j]
        live = bool(s.covered[inside, j].any())
        d.line(x0, y0, x, y, stroke=EFFECT if live else RULE, stroke_width=2.5 if live else 1, stroke_dasharray=None if live else "3 4")
    for j, (x, y) in places.items():
        covered = s.covered[inside, j]
        share = float(covered.mean()) if len(covered) else 0.0
        effect = float(s.effect[inside, j][covered].mean()) if covered.any() else 0.0
        proven = bool(s.proven[city, j])
        _disc(d, scene, j, x, y, full, share, effect, proven)
    d.text(6, 352, scene.say("surface.key"), 11, fill=MUTED)
    return d.svg()


def _disc(
    d: Drawing, scene: Scene, j: int, x: float, y: float, full: float, share: float, effect: float, proven: bool
) -> None:
    radius = full * math.sqrt(share)
    name = scene.domain(j)
    title = scene.say("surface.label", domain=name, share=percent(share), effect=percent(effect))
    d.begin(title=title)
    d.add("circle", cx=x, cy=y, r=full, fill="#ffffff", stroke=RULE, stroke_dasharray="2 3")
    d.add("circle", cx=x, cy=y, r=radius, fill=effect_colour(effect), stroke=INK, stroke_width=1.4 if share else 0)
    if proven:
        d.add("circle", cx=x, cy=y, r=radius + 3, fill="none", stroke=INK, stroke_width=2)
    ink = on_effect(effect) if radius > 20 else INK
    d.text(x, y + 1, percent(share) if share else "", 13, anchor="middle", fill=ink, font_weight=700)
    if effect:
        d.text(x, y + 15, ("✓ " if proven else "") + percent(effect), 10.5, anchor="middle", fill=ink)
    star = "● " if j == scene.model.ground.point else ""
    lines = wrap(star + name, 11, 2 * full + 22)
    for row, line in enumerate(lines):
        d.text(x, y - full - 4 - 12 * (len(lines) - 1 - row), line, 11, anchor="middle", font_weight=700 if star else 400)
    d.end()
