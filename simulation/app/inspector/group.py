"""A city's leading group: what is on its agenda, what each domain is worth to it, and how far its attention reaches."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from simulation.agents.agenda import span_of
from simulation.app.inspector import parts
from simulation.app.views.scene import Scene
from simulation.app.views.svg import number, percent
from simulation.scenario.windows import AUTHORITY

KIND = "group"


def explain(scene: Scene, c: int) -> str:
    """Return the explanation of a leading group, as HTML."""
    model, s = scene.model, scene.model.state
    city = model.cities[c]
    span = float(span_of(city.parameters, s, c, max(model.week - 1, 0)))
    agenda, level = len(city.agenda), float(s.level[c, AUTHORITY])
    shown = [
        parts.heading(scene.place(city.name), scene.say("inspect.group"), scene.say(_state(city.planned))),
        parts.facts(
            [
                parts.fact(
                    scene.say("inspect.agenda"),
                    f"{agenda} / {len(model.spec.domains)}",
                    agenda / len(model.spec.domains),
                ),
                parts.fact(scene.say("inspect.span"), "∞" if math.isinf(span) else f"{span:.1f}"),
                parts.fact(scene.say("inspect.authority"), percent(level), level),
                parts.fact(scene.say("inspect.attention"), percent(city.attention), city.attention),
                parts.fact(scene.say("inspect.signals"), number(float(s.strength[c]))),
            ]
        ),
        parts.paragraph(scene.say(_rule(scene))),
        _domains(scene, c),
    ]
    if city.departments:
        shown += [parts.paragraph(scene.say("inspect.departments_note")), _departments(scene, c)]
    return "".join(shown)


def _state(planned: bool) -> str:
    return "inspect.planned" if planned else "inspect.not_planned"


def _rule(scene: Scene) -> str:
    if scene.model.spec.plan.kind == "point":
        return "because.agenda_point"
    return "because.agenda" if scene.model.spec.agenda.domains == "chosen" else "because.agenda_given"


def _domains(scene: Scene, c: int) -> str:
    model, s = scene.model, scene.model.state
    worth = scene.model.cities[c].worth()
    most = max(worth.values()) or 1.0
    rows = []
    for j, key in sorted(enumerate(model.spec.domains), key=lambda entry: -worth[entry[1]]):
        taken, through = bool(s.active[c, j]), float(s.co_operation[c, j])
        since = np.flatnonzero(model.record.active[: model.week, c, j])
        week = scene.say("inspect.week", week=int(since[0])) if taken and len(since) else "–"
        label = f"{scene.domain(j)} {worth[key]:.2f}"
        rows.append(
            f'<tr class="{"now" if taken else ""}"><td>{"●" if taken else "○"}</td>'
            f'<th scope="row">{escape(scene.domain(j))}</th>'
            f"<td>{parts.gauge(worth[key] / most, label)}{worth[key]:.2f}</td><td>{escape(week)}</td>"
            f"<td>{percent(through) if taken else '–'}</td></tr>"
        )
    heads = ["", "inspect.domain", "inspect.worth", "inspect.since", "inspect.through_short"]
    return parts.table("cells", [scene.say(head) if head else "" for head in heads], rows)


def _departments(scene: Scene, c: int) -> str:
    city, rows = scene.model.cities[c], []
    for department in city.departments:
        active = sum(key in city.agenda for key in department.domains)
        joined = len(department.joined)
        label = f"{scene.say('inspect.joins')} {joined} / {active}"
        rows.append(
            f'<tr><th scope="row">{parts.way(f"department:{department.index}", department.label(scene.lang))}</th>'
            f"<td>{parts.gauge(joined / active if active else 0.0, label)}</td><td>{joined} / {active}</td></tr>"
        )
    heads = [scene.say("expansion.departments"), scene.say("inspect.joins"), ""]
    return parts.table("cells", heads, rows)
