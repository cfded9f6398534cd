"""A municipal department: the domains in which it co-operates, and those in which it passes the buck."""

from __future__ import annotations

from simulation.agents.department import Department, circumstances
from simulation.app.inspector import parts
from simulation.app.views.scene import Scene
from simulation.app.views.svg import percent
from simulation.scenario.windows import AUTHORITY

KIND = "department"


def explain(scene: Scene, m: int) -> str:
    """Return the explanation of a department, as HTML."""
    model = scene.model
    department = model.departments[m]
    city, unit = department.city, int(model.world.department_unit[m])
    active = [key for key in department.domains if key in city.agenda]
    ways = [parts.way(f"group:{city.index}", scene.place(city.name))]
    if unit >= 0:
        ways.append(parts.way(f"unit:{unit}", scene.say("inspect.as_unit")))
    joined = len(department.joined) / len(active) if active else 0.0
    authority = float(model.state.level[city.index, AUTHORITY]) * city.attention
    shown = [
        parts.heading(department.label(scene.lang), scene.say("hierarchy.department")),
        parts.ways(*ways),
        parts.facts(
            [
                parts.fact(scene.say("inspect.joins"), f"{len(department.joined)} / {len(active)}", joined),
                parts.fact(scene.say("inspect.group_authority"), percent(authority), authority),
            ]
        ),
    ]
    shown += [_domain(scene, department, key, active=key in active) for key in department.domains]
    return "".join(shown)


def _domain(scene: Scene, department: Department, key: str, *, active: bool) -> str:
    j = scene.model.domain_index(key)
    joins = key in department.joined
    state = scene.say(("inspect.join" if joins else "inspect.pass") if active else "inspect.off_agenda")
    role = scene.say("inspect.leads" if key in department.leads else "inspect.supports")
    head = parts.section(f"{scene.domain(j)} ({role})", state)
    if not active:
        return head
    peers, busy = circumstances(scene.model.world, scene.model.state, department.index, j)
    through = float(scene.model.state.co_operation[department.city.index, j])
    chance, utilities = department.chance(key), department.utilities(key)
    entries = [
        (scene.say("inspect.join"), utilities["join"], chance, joins),
        (scene.say("inspect.pass"), utilities["pass"], 1.0 - chance, not joins),
    ]
    return "".join(
        [
            head,
            parts.paragraph(because(scene, department, key)),
            parts.choices(scene, scene.say("inspect.decision"), entries),
            parts.facts(
                [
                    parts.fact(scene.say("inspect.peers"), percent(peers)),
                    parts.fact(scene.say("inspect.busy"), str(busy)),
                    parts.fact(scene.say("inspect.through"), percent(through), through),
                ]
            ),
        ]
    )


def because(scene: Scene, department: Department, key: str) -> str:
    """Return one sentence on what weighs most for a department in a domain now."""
    model, j = scene.model, scene.model.domain_index(key)
    p = department.parameters.departments
    unit = int(model.world.department_unit[department.index])
    if unit >= 0 and model.state.has[unit, j]:
        return scene.say("because.executes")
    joins, likely = key in department.joined, department.chance(key) >= 0.5
    if joins != likely:
        return scene.say("because.earlier", best=scene.say("inspect.join" if likely else "inspect.pass"))
    peers, busy = circumstances(model.world, model.state, department.index, j)
    city = department.city
    authority = float(model.state.level[city.index, AUTHORITY]) * city.attention
    pull = {
        "authority": p.w_authority * authority,
        "lead": p.w_lead * (key in department.leads),
        "example": p.w_join * (2.0 * peers - 1.0),
    }
    if likely:
        return scene.say(f"because.{max(pull, key=pull.__getitem__)}")
    push = {
        "turf": p.turf,
        "busy": p.w_busy * ((busy + 1.0) / p.capacity) ** 2,
        "alone": -pull["example"],
    }
    return scene.say(f"because.{max(push, key=push.__getitem__)}")
