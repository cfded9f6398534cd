"""The hierarchy: province, city, units, towns, communities; momentum flows down, effects light up."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulation.agents.town import all_loads
from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    INK,
    MOMENTUM,
    MUTED,
    PANEL,
    RULE,
    WARN,
    Drawing,
    effect_colour,
    fit,
    number,
    on_effect,
    percent,
    saturating,
    shrunk,
    wrap,
)

Floats = NDArray[np.float64]
PLACE, PAIRED = 20, True
#: Height that the towns of a county take, under its box.
TOWNS = 46.0
#: Height that the key to towns and communities takes, at the bottom.
LEGEND = 28.0


def draw(scene: Scene) -> str:
    """Draw the city in focus with its province above and its units and communities below."""
    return _rows(scene) if scene.narrow else _tree(scene)


def _tree(scene: Scene) -> str:
    model, city = scene.model, scene.chosen_city
    cities = len(model.hierarchy.cities)
    room = TOWNS if any(scene.towns(u) for u in scene.units()) else 0.0
    d = Drawing(
        560, 400 + room + (LEGEND if room else 0) + (26 if cities > 1 else 0), scene.say("view.hierarchy.title")
    )
    loads, lift = all_loads(model), 0.0
    province = model.hierarchy.provinces[model.hierarchy.city_province[city]]
    _box(d, 205, 6, 150, 36, scene.place(province), scene.say("hierarchy.province"), None)
    if cities > 1:
        lift = 26.0
        _cities(d, scene, 50)
    s = model.state
    upper = float(s.S[city] + s.A[city])
    down = float(model.record.booked[: model.week, city, :2].sum()) if model.week else 0.0
    _link(d, 280, 42, 280, 74 + lift, down if s.S[city] > 1e-6 else 0.0, 0.5)
    _city(d, scene, 190, 76 + lift, 180, 42, upper)
    units = list(scene.units())
    pitch = 548 / len(units)
    for place, u in enumerate(units):
        x = 6 + place * pitch
        w = pitch - 6
        _link(d, 280, 118 + lift, x + w / 2, 168 + lift, float(s.B[u]), 0.3)
        _unit(d, scene, u, x, 168 + lift, w, loads)
        _towns(d, scene, u, x, 271 + lift, w, TOWNS - 4, loads)
        _communities(d, scene, u, x, 273 + lift + room, w, 122)
    if room:
        _legend(d, scene, 410 + lift + room)
    return d.svg()


def _rows(scene: Scene) -> str:
    model, city = scene.model, scene.chosen_city
    units = list(scene.units())
    loads, towns = all_loads(model), any(scene.towns(u) for u in units)
    d = Drawing(360, 116 + 58 * len(units) + (LEGEND if towns else 0), scene.say("view.hierarchy.title"))
    province = model.hierarchy.provinces[model.hierarchy.city_province[city]]
    s = model.state
    _box(d, 90, 4, 180, 34, scene.place(province), scene.say("hierarchy.province"), None)
    _link(d, 180, 38, 180, 60, float(s.S[city]), 0.5)
    _city(d, scene, 90, 60, 180, 38, float(s.S[city] + s.A[city]))
    d.line(12, 80, 90, 80, stroke=RULE, stroke_width=2)
    d.line(12, 80, 12, 116 + 58 * len(units) - 38, stroke=RULE, stroke_width=2)
    for place, u in enumerate(units):
        y = 110 + 58.0 * place
        _link(d, 12, y + 24, 30, y + 24, float(s.B[u]), 0.3)
        _unit(d, scene, u, 30, y, 108, loads, height=50)
        _towns(d, scene, u, 146, y, 62, 50, loads)
        _communities(d, scene, u, 214 if towns else 146, y, 142 if towns else 210, 50)
    if towns:
        _legend(d, scene, 122 + 58.0 * len(units))
    return d.svg()


def _cities(d: Drawing, scene: Scene, y: float) -> None:
    model = scene.model
    count = len(model.hierarchy.cities)
    pitch = 548 / count
    for c, name in enumerate(model.hierarchy.cities):
        first, last = model.ground.city_unit[c : c + 2]
        effect = float(model.state.mean_effect[first:last].mean())
        x = 6 + c * pitch
        label = scene.place(name)
        d.target(f"city:{c}", f"{label} · {percent(effect)}", on=c == scene.chosen_city)
        d.rect(x, y, pitch - 3, 18, rx=3, fill=effect_colour(effect), stroke=INK if c == scene.chosen_city else RULE)
        d.text(x + pitch / 2 - 1, y + 13, fit(label, 9, pitch - 4), 9, anchor="middle", fill=on_effect(effect))
        d.end()


def _city(d: Drawing, scene: Scene, x: float, y: float, w: float, h: float, momentum: float) -> None:
    city, state = scene.chosen_city, scene.model.state
    name = scene.place(scene.model.hierarchy.cities[city])
    taken, attention = int(state.active[city].sum()), percent(float(state.attention[city]))
    label = scene.say("hierarchy.city_label", name=name, n=taken, all=state.active.shape[1], attention=attention)
    d.target(f"group:{city}", label, on=scene.picked == f"group:{city}")
    _box(d, x, y, w, h, name, scene.say("hierarchy.city"), momentum)
    d.end()


def _box(d: Drawing, x: float, y: float, w: float, h: float, name: str, tier: str, momentum: float | None) -> None:
    d.rect(x, y, w, h, rx=6, fill="#ffffff", stroke=INK, stroke_width=1.4)
    d.text(x + w / 2, y + 16, fit(name, 13.5, w - 10), 13.5, anchor="middle", font_weight=700)
    if momentum is None:
        d.text(x + w / 2, y + 29, tier, 10.5, anchor="middle", fill=MUTED)
        return
    d.text(x + 10, y + 31, tier, 10.5, fill=MUTED)
    d.text(x + w - 10, y + 31, "◆ " + number(momentum), 11.5, anchor="end", fill=MOMENTUM, font_weight=700)
    d.rect(x + 1, y + h - 5, (w - 2) * saturating(momentum, 0.5), 4, fill=MOMENTUM)


def _link(d: Drawing, x1: float, y1: float, x2: float, y2: float, momentum: float, half: float) -> None:
    d.line(x1, y1, x2, y2, stroke=RULE, stroke_width=1.5)
    thick = 1 + 7 * saturating(momentum, half) if momentum > 1e-4 else 0.0
    d.line(x1, y1, x2, y2, class_="flow", stroke=MOMENTUM, stroke_width=thick)


def _unit(d: Drawing, scene: Scene, u: int, x: float, y: float, w: float, loads: Floats, height: float = 97) -> None:
    model, s = scene.model, scene.model.state
    name = scene.place(model.hierarchy.units[u])
    weight = model.ground.severity[u]
    effect = float((s.mean_effect[u] * weight).sum() / max(weight.sum(), 1e-12))
    momentum = float(s.B[u] + s.Q[u].sum())
    department = bool(model.ground.is_department[u])
    tier = scene.say("hierarchy.department" if department else "hierarchy.county")
    mine = loads[model.world.unit_executor[u] : model.world.unit_executor[u + 1]]
    load = float(mine.mean()) / float(model.parameters.execution.capacity)
    label = scene.say(
        "hierarchy.unit_label", name=name, effect=percent(effect), momentum=number(momentum), load=percent(load)
    )
    d.target(f"unit:{u}", label, on=scene.picked == f"unit:{u}")
    d.rect(x, y, w, height, rx=18 if department else 6, fill=effect_colour(effect), stroke=INK, stroke_width=1.2)
    d.rect(
        x + 5,
        y + height - 9,
        (w - 10) * saturating(momentum, 0.5),
        5,
        fill=MOMENTUM,
        stroke="#ffffff",
        stroke_width=0.5,
    )
    ink = on_effect(effect)
    if height > 60:
        size = shrunk(name.split(" "), 11.5, w - 4, 9.5)
        for row, line in enumerate(wrap(name, size, w - 2, lines=3)):
            d.text(x + w / 2, y + 16 + 12 * row, line, size, anchor="middle", fill=ink, font_weight=700)
        d.text(x + w / 2, y + 52, tier, shrunk([tier], 9.5, w - 5, 7), anchor="middle", fill=ink)
        d.text(x + w / 2, y + 67, percent(effect), 12.5, anchor="middle", fill=ink)
        d.text(x + w / 2, y + 82, "◆ " + number(momentum), 10, anchor="middle", fill=ink)
    else:
        d.text(x + 8, y + 17, fit(name, 12, w - 14), 12, fill=ink, font_weight=700)
        d.text(x + 8, y + 34, percent(effect), 12, fill=ink)
        d.text(x + w - 8, y + 34, "◆ " + number(momentum), 11, anchor="end", fill=ink)
    d.end()


def _towns(d: Drawing, scene: Scene, u: int, x: float, y: float, w: float, h: float, loads: Floats) -> None:
    """Draw a county's towns, each filled as far as its load; a sign tells that one carries more than it can."""
    towns, model = scene.towns(u), scene.model
    if not towns:
        return
    columns = math.ceil(math.sqrt(len(towns) * w / h))
    side = min(w / columns, h / math.ceil(len(towns) / columns), 15.0)
    for place, town in enumerate(towns):
        left, top = x + (place % columns) * side + 1, y + (place // columns) * side + 1
        load = float(loads[town]) / float(model.parameters.execution.capacity)
        name, many = model.towns[town].label(scene.lang), len(model.towns[town].domains)
        label = scene.say("hierarchy.town_label", name=name, load=percent(load), domains=many)
        d.target(f"town:{town}", label, on=scene.picked == f"town:{town}")
        full = (side - 2) * min(load, 1.0)
        d.rect(left, top, side - 2, side - 2, fill="#ffffff", stroke=INK if many else RULE, stroke_width=1)
        d.rect(left, top + side - 2 - full, side - 2, full, fill=WARN if load > 1 else MUTED)
        if load > 1:
            d.text(left + side / 2 - 1, top + side - 4, "!", 9.5, anchor="middle", fill="#ffffff", font_weight=700)
        d.end()


def _legend(d: Drawing, scene: Scene, y: float) -> None:
    for row, key in enumerate(("towns", "communities")):
        legend = scene.say(f"hierarchy.{key}")
        d.text(6, y + 13 * row, legend, shrunk([legend], 10.5, d.width - 12), fill=MUTED)


def _communities(d: Drawing, scene: Scene, u: int, x: float, y: float, w: float, h: float) -> None:
    model, g, s = scene.model, scene.model.ground, scene.model.state
    if g.is_department[u]:
        for row, line in enumerate(wrap(scene.say("hierarchy.everywhere"), 10, w, lines=4)):
            d.text(x + w / 2, y + 12 + 13 * row, line, 10, anchor="middle", fill=MUTED)
        return
    inside = g.place_community[g.unit_place[u] : g.unit_place[u + 1]]
    columns = max(1, math.ceil(math.sqrt(len(inside) * w / h)))
    rows = math.ceil(len(inside) / columns)
    side = min(w / columns, h / rows, 17.0)
    names = model.hierarchy.communities
    mean = s.effect[inside].mean(axis=1)
    sites = s.covered[inside].sum(axis=1)
    d.rect(x - 1, y - 2, w + 2, rows * side + 3, rx=3, fill=PANEL)
    for place, k in enumerate(inside):
        cx, cy = x + (place % columns) * side, y + (place // columns) * side
        name = scene.place(names[model.sample.communities[k]])
        label = scene.say("hierarchy.community_label", name=name, effect=percent(mean[place]), sites=int(sites[place]))
        d.target(f"community:{k}", label, on=scene.picked == f"community:{k}")
        many = int(sites[place])
        d.rect(
            cx + 1,
            cy + 1,
            side - 2,
            side - 2,
            rx=2,
            fill=effect_colour(float(np.clip(mean[place], 0, 1))),
            stroke=INK if many else RULE,
            stroke_width=1.6 if many else 0.8,
        )
        if many and side > 9:
            d.text(cx + side / 2, cy + side / 2 + 3.4, str(many), 9.5, anchor="middle", fill=on_effect(mean[place]))
        d.end()
