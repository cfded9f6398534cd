"""A town or subdistrict, or a staff: how it executes each domain that has sites in its communities."""

from __future__ import annotations

from simulation.agents.town import TownGovernment
from simulation.app.inspector import parts
from simulation.app.views.scene import Scene
from simulation.app.views.svg import percent

KIND = "town"


def explain(scene: Scene, x: int) -> str:
    """Return the explanation of an executor, as HTML."""
    town = scene.model.towns[x]
    county = town.county
    tier = scene.say("inspect.staff" if town.is_staff else "inspect.town")
    shown = [
        parts.heading(town.label(scene.lang), tier),
        parts.ways(parts.way(f"unit:{county.index}", scene.place(county.name))),
        parts.facts(
            [
                parts.load_fact(scene, town.load, town.capacity),
                parts.fact(scene.say("inspect.communities"), str(town.places)),
            ]
        ),
    ]
    if not town.domains:
        shown.append(parts.paragraph(scene.say("inspect.no_site_of_it")))
    shown += [_domain(scene, town, key) for key in town.domains]
    g = scene.model.world
    first, last = g.unit_place[county.index : county.index + 2]
    shown.append(parts.section(scene.say("inspect.communities"), str(town.places)))
    shown.append(
        parts.communities(scene, (int(g.place_community[p]) for p in range(first, last) if g.place_executor[p] == x))
    )
    return "".join(shown)


def _domain(scene: Scene, town: TownGovernment, key: str) -> str:
    j = scene.model.domain_index(key)
    mode, utilities, pressure = town.mode(key), town.utilities(key), town.pressure(key)
    severity = float(scene.model.world.severity[town.county.index, j])
    covered = town.coverage(key)
    return "".join(
        [
            parts.section(scene.domain(j), scene.word(f"mode.{mode}")),
            parts.paragraph(parts.because(scene, mode, utilities, town.load / town.capacity, pressure)),
            parts.modes(scene, town, utilities, mode),
            parts.facts(
                [
                    parts.fact(scene.say("inspect.pressure"), percent(pressure)),
                    parts.fact(scene.say("inspect.severity"), percent(severity)),
                    parts.fact(scene.say("inspect.routine"), percent(town.routine(key))),
                    parts.fact(scene.say("inspect.sites"), f"{town.sites(key)} / {town.places}"),
                    parts.fact(scene.say("inspect.coverage"), percent(covered), covered),
                    parts.fact(scene.say("inspect.load_here"), f"{town.effort(key) * covered:.2f}"),
                ]
            ),
        ]
    )
