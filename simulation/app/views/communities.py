"""The communities of a unit: large enough to be chosen one by one where they are few, a texture where they are many."""

from __future__ import annotations

import math

import numpy as np

from simulation.app.views.scene import Scene
from simulation.app.views.svg import INK, MUTED, PANEL, RULE, SMALLEST, Drawing, effect_colour, on_effect, percent, wrap

#: Communities of a unit that are drawn one by one. More of them would be too small to be hit by a finger.
FEW = 24
#: Shades of a texture.
SHADES = 12


def single(scene: Scene) -> bool:
    """Tell whether the communities of the city that is drawn are few enough to be chosen one by one."""
    ground = scene.model.ground
    counties = [u for u in scene.units() if not ground.is_department[u]]
    return all(int(ground.unit_place[u + 1] - ground.unit_place[u]) <= FEW for u in counties)


def draw_communities(d: Drawing, scene: Scene, u: int, x: float, y: float, w: float, h: float) -> None:
    """Draw the communities in which a unit works; a department works everywhere, and says so."""
    g = scene.model.ground
    if g.is_department[u]:
        for row, line in enumerate(wrap(scene.say("hierarchy.everywhere"), SMALLEST, w)):
            d.text(x + w / 2, y + 14 + 15 * row, line, anchor="middle", fill=MUTED)
        return
    inside = g.place_community[g.unit_place[u] : g.unit_place[u + 1]]
    columns = max(1, math.ceil(math.sqrt(len(inside) * w / h)))
    rows = math.ceil(len(inside) / columns)
    side = min(w / columns, h / rows, 18.0)
    d.rect(x - 1, y - 1, w + 2, h + 1, rx=3, fill=PANEL)
    spots = [(x + (place % columns) * side, y + (place // columns) * side) for place in range(len(inside))]
    if single(scene):
        for k, (left, top) in zip(inside, spots, strict=True):
            _community(d, scene, int(k), left, top, side)
    else:
        _texture(d, scene, inside, spots, side)


def _community(d: Drawing, scene: Scene, k: int, x: float, y: float, side: float) -> None:
    model, s = scene.model, scene.model.state
    effect, many = float(np.clip(s.effect[k].mean(), 0, 1)), int(s.covered[k].sum())
    name = scene.place(model.hierarchy.communities[model.sample.communities[k]])
    label = scene.say("hierarchy.community_label", name=name, effect=percent(effect), sites=many)
    look = {"stroke": INK, "stroke_width": 1.6} if many else {"stroke": RULE, "stroke_width": 0.8}
    d.target(f"community:{k}", label, on=scene.picked == f"community:{k}")
    d.rect(x + 1, y + 1, side - 2, side - 2, rx=2, fill=effect_colour(effect), **look)
    if many and side > 13:
        d.text(x + side / 2, y + side / 2 + 4.4, str(many), anchor="middle", fill=on_effect(effect))
    d.end()


def _texture(d: Drawing, scene: Scene, inside: np.ndarray, spots: list[tuple[float, float]], side: float) -> None:
    """Draw one path per shade, and one around the communities with sites: few bytes, however many communities."""
    s = scene.model.state
    shade = np.clip(s.effect[inside].mean(axis=1), 0, 1).round(6) * SHADES
    sites = s.covered[inside].any(axis=1)
    size = max(side - 1.5, 1.0)
    squares = [f"M{left + 0.75:.4g} {top + 0.75:.4g}h{size:.3g}v{size:.3g}h-{size:.3g}z" for left, top in spots]
    for level in np.unique(shade.round()):
        path = "".join(square for square, value in zip(squares, shade.round(), strict=True) if value == level)
        d.add("path", d=path, fill=effect_colour(float(level) / SHADES), stroke=RULE, stroke_width=0.6)
    framed = "".join(square for square, has in zip(squares, sites, strict=True) if has)
    if framed:
        d.add("path", d=framed, fill="none", stroke=INK, stroke_width=1)
