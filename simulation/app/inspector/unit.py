"""A county or a department that executes: its domains, what most of its sites do, and the towns that do it."""

from __future__ import annotations

from html import escape

from simulation.agents.county import CountyPilot
from simulation.app.inspector import parts
from simulation.app.views.scene import Scene
from simulation.app.views.svg import number, percent

KIND = "unit"


def explain(scene: Scene, u: int) -> str:
    """Return the explanation of a unit, as HTML."""
    unit = scene.model.units[u]
    tier = scene.say("hierarchy.department" if unit.is_department else "hierarchy.county")
    engaged = scene.say("inspect.engaged" if unit.engaged else "inspect.not_engaged")
    city = int(scene.model.world.unit_city[u])
    ways = [parts.way(f"group:{city}", scene.place(scene.model.hierarchy.cities[city]))]
    ways += [
        parts.way(f"department:{other.index}", scene.say("inspect.as_department"))
        for other in scene.model.cities[city].departments
        if scene.model.world.department_unit[other.index] == u
    ]
    shown = [
        parts.heading(scene.place(unit.name), tier, engaged),
        parts.ways(*ways),
        parts.facts(
            [
                parts.load_fact(scene, unit.load, unit.capacity),
                parts.fact(scene.say("inspect.confidence"), percent(unit.confidence), unit.confidence),
                parts.fact(scene.say("inspect.momentum"), number(unit.momentum)),
                parts.fact(scene.say("inspect.effect"), percent(unit.effect), unit.effect),
                parts.fact(scene.say("inspect.own_group"), percent(unit.authority), unit.authority),
            ]
        ),
    ]
    towns = scene.towns(u)
    if towns:
        shown.append(parts.paragraph(scene.say("inspect.towns_note")))
        shown.append(_towns(scene, towns))
    if not unit.domains:
        shown.append(parts.paragraph(scene.say("inspect.nothing")))
    shown += [_domain(scene, unit, key) for key in unit.domains]
    if not towns and not unit.is_department:
        g = scene.model.world
        inside = g.place_community[g.unit_place[u] : g.unit_place[u + 1]]
        shown.append(parts.section(scene.say("inspect.communities"), str(len(inside))))
        shown.append(parts.communities(scene, inside))
    return "".join(shown)


def _towns(scene: Scene, towns: list[int]) -> str:
    rows = []
    for x in towns:
        town = scene.model.towns[x]
        ratio = town.load / town.capacity
        shown = f"{town.load:.1f} / {town.capacity:.1f}"
        label = f"{scene.say('inspect.load')} {shown}"
        rows.append(
            f'<tr><th scope="row">{parts.way(f"town:{x}", town.label(scene.lang))}</th><td>{len(town.domains)}</td>'
            f"<td>{parts.gauge(ratio, label, over=ratio > 1)}</td><td>{shown}</td></tr>"
        )
    heads = [scene.say("inspect.town"), scene.say("inspect.domains"), scene.say("inspect.load"), ""]
    return parts.table("cells", heads, rows)


def _domain(scene: Scene, unit: CountyPilot, key: str) -> str:
    s, j = scene.model.state, scene.model.domain_index(key)
    mode, utilities, pressure = unit.mode(key), unit.utilities(key), unit.pressure(key)
    severity = float(scene.model.world.severity[unit.index, j])
    values = [
        (scene.say("inspect.pressure"), pressure),
        (scene.say("inspect.severity"), severity),
        (scene.say("inspect.routine"), unit.routine(key)),
        (scene.say("inspect.domain_effect"), float(s.mean_effect[unit.index, j])),
    ]
    by_mode: dict[str, int] = {}
    for town in unit.towns:
        name = town.mode(key)
        if name is not None:
            by_mode[name] = by_mode.get(name, 0) + 1
    counted = " · ".join(f"{scene.word(f'mode.{name}')} {count}" for name, count in sorted(by_mode.items()))
    return "".join(
        [
            parts.section(scene.domain(j), scene.word(f"mode.{mode}") if mode else "–"),
            parts.paragraph(parts.because(scene, mode, utilities, unit.load / unit.capacity, pressure)),
            f"<p>{escape(scene.say('inspect.by_towns', modes=counted))}</p>" if scene.towns(unit.index) else "",
            parts.modes(scene, unit, utilities, mode),
            parts.facts(
                [parts.fact(name, percent(value)) for name, value in values]
                + [parts.fact(scene.say("inspect.sites"), str(int(s.sites[unit.index, j])))]
            ),
        ]
    )
