"""A community: its citizens, its sites, and the bodies that take part in it."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from simulation.app.inspector import parts
from simulation.app.views.scene import Scene
from simulation.app.views.svg import percent
from simulation.world.fixed import BODIES

KIND = "community"


def explain(scene: Scene, k: int) -> str:
    """Return the explanation of a community, as HTML."""
    model, s, g = scene.model, scene.model.state, scene.model.world
    name = model.hierarchy.communities[model.sample.communities[k]]
    u = int(g.community_county[k])
    citizens = model.citizens
    here = np.asarray(citizens.get("community")) == k
    trust = float(np.mean(citizens.get("trust")[here])) if here.any() else math.nan
    aware = float(np.mean(citizens.get("awareness")[here])) if here.any() else math.nan
    platforms = float(s.platforms[k])
    ways = [parts.way(f"unit:{u}", scene.place(model.hierarchy.units[u]))]
    ways += [
        parts.way(f"town:{x}", model.towns[x].label(scene.lang)) for x in scene.towns(u) if x == _executor(scene, u, k)
    ]
    shown = [
        parts.heading(scene.place(name), scene.say("inspect.community")),
        parts.ways(*ways),
        parts.facts(
            [
                parts.fact(scene.say("inspect.citizens"), str(int(here.sum()))),
                parts.fact(scene.say("inspect.platforms"), percent(platforms), platforms),
                parts.fact(scene.word("metric.trust"), percent(trust), trust),
                parts.fact(scene.word("metric.awareness"), percent(aware), aware),
            ]
        ),
        _domains(scene, k),
        parts.paragraph(scene.say("inspect.part_note")),
    ]
    if not s.covered[k].any():
        shown.append(parts.paragraph(scene.say("inspect.no_site")))
    if len(model.bodies):
        shown += [
            parts.section(scene.say("inspect.bodies"), scene.say("inspect.active_now", n=int(s.stirs[k].sum()))),
            _bodies(scene, k),
            parts.paragraph(scene.say("inspect.bodies_note")),
        ]
    return "".join(shown)


def _executor(scene: Scene, u: int, k: int) -> int:
    g = scene.model.world
    first, last = g.unit_place[u : u + 2]
    place = first + int(np.flatnonzero(g.place_community[first:last] == k)[0])
    return int(g.place_executor[place])


def _domains(scene: Scene, k: int) -> str:
    s, rows = scene.model.state, []
    for j in range(len(scene.model.spec.domains)):
        since = scene.say("inspect.week", week=int(s.site_since[k, j])) if s.covered[k, j] else "–"
        effect, part = float(s.effect[k, j]), float(s.participation[k, j])
        rows.append(
            f'<tr><th scope="row">{escape(scene.domain(j))}</th><td>{escape(since)}</td>'
            f"<td>{parts.gauge(effect, percent(effect))}{percent(effect)}</td><td>{percent(part)}</td></tr>"
        )
    heads = ["inspect.domain", "inspect.site_since", "inspect.effect_short", "inspect.takes_part"]
    return parts.table("cells", [scene.say(head) for head in heads], rows)


def _bodies(scene: Scene, k: int) -> str:
    rows = []
    for kind, name in enumerate(BODIES):
        body = scene.model.bodies[len(BODIES) * k + kind]
        state = scene.say(
            "inspect.absent" if not body.present else "inspect.active" if body.active else "inspect.still"
        )
        sign = "–" if not body.present else "●" if body.active else "○"
        chance = percent(body.chance()) if body.present else "–"
        rows.append(
            f'<tr class="{"now" if body.active else ""}"><td>{sign}</td>'
            f'<th scope="row">{escape(scene.say(f"body.{name}"))}</th><td>{escape(state)}</td><td>{chance}</td></tr>'
        )
    heads = ["", scene.say("inspect.body"), scene.say("inspect.state"), scene.say("inspect.chance_active")]
    return parts.table("cells", heads, rows)
