"""The hierarchy: province, city, units, towns, communities; momentum flows down, effects light up."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulation.agents.town import all_loads
from simulation.app.views.communities import draw_communities, single
from simulation.app.views.scene import Scene
from simulation.app.views.svg import (
    INK,
    MOMENTUM,
    MUTED,
    NARROW,
    RULE,
    SMALLEST,
    WARN,
    WIDE,
    Drawing,
    effect_colour,
    fit,
    number,
    on_effect,
    percent,
    saturating,
    wrap,
)

Floats = NDArray[np.float64]
PLACE, PAIRED = 20, True
CITY = True
#: Distance from one unit to the next, from one city of a list to the next, and from line to line of a text.
ROW, CITY_ROW, LINE = 42.0, 21.0, 15.0


def draw(scene: Scene) -> str:
    """Draw the province and the city in focus above, its units below each other with their towns and communities."""
    model, units, cities = scene.model, list(scene.units()), scene.track.cities()
    width = NARROW if scene.narrow else WIDE
    upper = 122.0 if scene.narrow else 136.0
    columns = 2 if scene.narrow else 3
    key = _key(scene, width if len(cities) > 1 else width - upper - 16)
    listed = CITY_ROW * math.ceil(len(cities) / columns) if len(cities) > 1 else LINE * len(key)
    top = max(112.0, 14 + listed)
    below = LINE * len(key) + 8 if len(cities) > 1 else 0.0
    d = Drawing(width, top + ROW * len(units) + below, scene.say("view.hierarchy.title"))
    city, s = scene.chosen_city, model.state
    province = model.hierarchy.provinces[model.hierarchy.city_province[city]]
    _box(d, 4, 4, upper, 38, scene.place(province), scene.say("hierarchy.province"), None)
    down = float(model.record.booked[: model.week, city, :2].sum()) if model.week else 0.0
    _link(d, 4 + upper / 2, 42, 4 + upper / 2, 60, down if s.S[city] > 1e-6 else 0.0, 0.5)
    _city(d, scene, 4, 60, upper, 42, float(s.S[city] + s.A[city]))
    d.line(12, 102, 12, top + ROW * (len(units) - 1) + 18, stroke=RULE, stroke_width=2)
    if len(cities) > 1:
        _cities(d, scene, cities, upper + 12, width - upper - 14, columns)
    loads = all_loads(model)
    towns = any(scene.towns(u) for u in units)
    box = 138.0 if scene.narrow else 150.0
    for place, u in enumerate(units):
        y = top + ROW * place
        _link(d, 12, y + 18, 24, y + 18, float(s.B[u]), 0.3)
        _unit(d, scene, u, 24, y, box, loads)
        _towns(d, scene, u, 32 + box, y, 60, ROW - 6, loads)
        left = 32 + box + (66 if towns else 0)
        draw_communities(d, scene, u, left, y, width - left - 4, ROW - 6)
    x, y = (4.0, top + ROW * len(units) + 14) if len(cities) > 1 else (upper + 16, 17.0)
    for place, line in enumerate(key):
        d.text(x, y + LINE * place, line, fill=MUTED)
    return d.svg()


def _key(scene: Scene, room: float) -> list[str]:
    """Return the key to the signs that are drawn, in lines that fit."""
    said = []
    if len(scene.track.cities()) > 1:
        said.append("hierarchy.cities")
    if any(scene.towns(u) for u in scene.units()):
        said.append("hierarchy.towns")
    said.append("hierarchy.communities" if single(scene) else "hierarchy.many")
    return [line for key in said for line in wrap(scene.say(key), SMALLEST, room, lines=4)]


def _cities(d: Drawing, scene: Scene, cities: list[int], x: float, width: float, columns: int) -> None:
    """List the cities in columns, those that received the instruction first."""
    model = scene.model
    pitch, rows = width / columns, math.ceil(len(cities) / columns)
    for place, c in enumerate(cities):
        first, last = model.ground.city_unit[c : c + 2]
        effect = float(model.state.mean_effect[first:last].mean())
        left, top = x + pitch * (place // rows), 4 + CITY_ROW * (place % rows)
        label, given, on = scene.place(model.hierarchy.cities[c]), scene.track.instructed(c), c == scene.chosen_city
        said = f"{label} · {percent(effect)}" + (f" · {scene.say('hierarchy.instructed')}" if given else "")
        ink = on_effect(effect)
        d.target(f"city:{c}", said, on=on)
        look = {"stroke": INK, "stroke_width": 2.2} if on else {"stroke": RULE}
        d.rect(left + 1, top, pitch - 4, CITY_ROW - 3, rx=3, fill=effect_colour(effect), **look)
        if given:
            d.rect(left + 1, top, 4, CITY_ROW - 3, fill=MOMENTUM)
        share = percent(effect)
        d.text(left + pitch - 6, top + 13.5, share, anchor="end", fill=ink)
        room = pitch - 18 - 7.5 * len(share)
        d.text(left + 8, top + 13.5, fit(label, SMALLEST, room), fill=ink, font_weight=700 if on else 400)
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
    d.text(x + w / 2, y + 17, fit(name, 13.5, w - 10), 13.5, anchor="middle", font_weight=700)
    if momentum is None:
        d.text(x + w / 2, y + 32, tier, anchor="middle", fill=MUTED)
        return
    d.text(x + 8, y + 32, tier, fill=MUTED)
    d.text(x + w - 8, y + 32, "◆ " + number(momentum), anchor="end", fill=MOMENTUM, font_weight=700)
    d.rect(x + 1, y + h - 5, (w - 2) * saturating(momentum, 0.5), 4, fill=MOMENTUM)


def _link(d: Drawing, x1: float, y1: float, x2: float, y2: float, momentum: float, half: float) -> None:
    d.line(x1, y1, x2, y2, stroke=RULE, stroke_width=1.5)
    thick = 1 + 7 * saturating(momentum, half) if momentum > 1e-4 else 0.0
    d.line(x1, y1, x2, y2, class_="flow", stroke=MOMENTUM, stroke_width=thick)


def _unit(d: Drawing, scene: Scene, u: int, x: float, y: float, w: float, loads: Floats) -> None:
    """Draw a county, or with round ends a department: its effect as shade, its momentum as number and bar."""
    model, s, h = scene.model, scene.model.state, ROW - 5
    name = scene.place(model.hierarchy.units[u])
    weight = model.ground.severity[u]
    effect = float((s.mean_effect[u] * weight).sum() / max(weight.sum(), 1e-12))
    momentum = float(s.B[u] + s.Q[u].sum())
    mine = loads[model.world.unit_executor[u] : model.world.unit_executor[u + 1]]
    load = float(mine.mean()) / model.units[u].capacity
    label = scene.say(
        "hierarchy.unit_label", name=name, effect=percent(effect), momentum=number(momentum), load=percent(load)
    )
    ink = on_effect(effect)
    rounding = 16 if model.ground.is_department[u] else 5
    d.target(f"unit:{u}", label, on=scene.picked == f"unit:{u}")
    d.rect(x, y, w, h, rx=rounding, fill=effect_colour(effect), stroke=INK, stroke_width=1.2)
    full = (w - 20) * saturating(momentum, 0.5)
    d.rect(x + 10, y + h - 5, full, 4, fill=MOMENTUM, stroke="#ffffff", stroke_width=0.5)
    d.text(x + 8, y + 14, fit(name, SMALLEST, w - 12), fill=ink, font_weight=700)
    d.text(x + 10, y + 29, percent(effect), fill=ink)
    d.text(x + w - 10, y + 29, "◆ " + number(momentum), anchor="end", fill=ink)
    d.end()


def _towns(d: Drawing, scene: Scene, u: int, x: float, y: float, w: float, h: float, loads: Floats) -> None:
    """Draw a county's towns, each filled as far as its load; a sign tells that one carries more than it can."""
    towns, model = scene.towns(u), scene.model
    if not towns:
        return
    columns = math.ceil(math.sqrt(len(towns) * w / h))
    side = min(w / columns, h / math.ceil(len(towns) / columns), 16.0)
    for place, town in enumerate(towns):
        left, top = x + (place % columns) * side + 1, y + (place // columns) * side + 1
        load = float(loads[town]) / model.towns[town].capacity
        name, many = model.towns[town].label(scene.lang), len(model.towns[town].domains)
        label = scene.say("hierarchy.town_label", name=name, load=percent(load), domains=many)
        d.target(f"town:{town}", label, on=scene.picked == f"town:{town}")
        full = (side - 2) * min(load, 1.0)
        d.rect(left, top, side - 2, side - 2, fill="#ffffff", stroke=INK if many else RULE, stroke_width=1)
        d.rect(left, top + side - 2 - full, side - 2, full, fill=WARN if load > 1 else MUTED)
        if load > 1:
            middle = left + side / 2 - 1
            sign = f"M{middle:.4g} {top + 1.5:.4g}v{max(side - 8, 2):.4g}m0 2v2"
            d.add("path", d=sign, class_="over", stroke="#ffffff", stroke_width=2.2, fill="none")
        d.end()
