"""Perception and choice of a leading group (ODD 4.4, first half), and the windows of its stages (4.1)."""

from __future__ import annotations

import math

from .world import NEVER, STAGES, City, Unit, World

Perceived = dict[Unit, dict[str, float]]


def window(world: World, city: City, stage: int) -> bool:
    """Return whether the window of a stage is open this week."""
    if city.origin == NEVER or world.t < city.origin:
        return False
    length = world.p[f"stages.{STAGES[stage - 1]}.length"]
    if world.p["stages.opening"] == "ready":
        start = city.opened[stage]
        return start != NEVER and start <= world.t < start + length
    first = world.p[f"stages.{STAGES[stage - 1]}.start"]
    return bool(first <= world.t - city.origin < first + length)


def voiced(unit: Unit) -> float:
    """Return N: active bodies in communities without a site of the county's severest domain, over its people."""
    d = unit.severest()
    own = [place.community for place in unit.places]
    return sum(k.bodies_active * k.persons for k in own if not k.covered(d)) / unit.persons


def perceive(world: World, city: City) -> Perceived:
    """Return the severities as the city sees them."""
    p = world.p
    error = p["scouting.scout_error"] * (1.0 - p["scouting.depth"] * city.level[3])
    seen = {u: {d: u.severity[d] + error * u.scouted[d] for d in world.domains} for u in city.units}
    for u in city.counties:
        seen[u][u.severest()] += p["bodies.voice"] * voiced(u)
    return seen


def claim(world: World, city: City, d: str) -> float:
    """Return the attention that a domain claims."""
    routine = [x.routine[d] for x in city.executors if d in x.mode]
    return 1.0 - world.p["agenda.save"] * sum(routine) / len(routine) if routine else 1.0


def attention(world: World, claims: float, reach: float) -> float:
    """Return the share of its authority that a group can give to each domain."""
    if reach == math.inf or claims <= 0:
        return 1.0
    if reach <= 0:
        return 0.0
    if world.p["agenda.attention"] == "kink":
        return min(1.0, reach / claims)
    return 1.0 / (1.0 + (claims / reach) ** 2)


def span(world: World, city: City) -> float:
    """Return M, the city's span of attention."""
    full = world.p["agenda.span"]
    if full == math.inf:
        return math.inf
    return float(full * world.intensity[2]) if window(world, city, 2) else 0.0


def value(world: World, city: City, seen: Perceived, d: str) -> float:
    """Return what a domain is worth to the group."""
    p = world.p
    lent = city.strength / (city.strength + p["agenda.g_half"]) if city.strength > 0 else 0.0
    count = max(1, int(len(city.units) / p["agenda.worst"]))
    worst = sorted((seen[u][d] for u in city.units), reverse=True)[:count]
    return float(lent * city.tau(d) * (p["agenda.credit"] + p["agenda.local"] * sum(worst) / count))


def choose(world: World, city: City, seen: Perceived, stay: set[str]) -> list[str]:
    """Return the domains that the group adds to those that stay in."""
    p = world.p
    built = world.intensity[2] * p["stages.authority.build"] if window(world, city, 2) else 0.0
    expected = built / (built + p["stages.authority.relax"]) if built > 0 else 0.0
    reach = p["agenda.optimism"] * span(world, city) if p["agenda.optimism"] > 0 else 0.0
    if expected == 0 or reach == 0:
        return []
    worth = {d: value(world, city, seen, d) for d in world.domains}
    claims = {d: claim(world, city, d) for d in world.domains}
    others = sorted((d for d in world.domains if d not in stay), key=lambda d: (-worth[d], d))
    best, taken = -math.inf, 0
    total = sum(worth[d] for d in world.domains if d in stay)
    claimed = sum(claims[d] for d in world.domains if d in stay)
    for q in range(len(others) + 1):
        if q:
            total += worth[others[q - 1]]
            claimed += claims[others[q - 1]]
        gained = total * expected * attention(world, claimed, reach) - p["agenda.cost"] * claimed
        if gained > best:
            best, taken = gained, q
    return others[:taken]
