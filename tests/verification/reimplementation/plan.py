"""The plan (ODD 4.4, second half)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from . import draws
from .agenda import Perceived, choose, perceive, window
from .execution import begin, count_co_operation, drop
from .world import NEVER, City, Unit, World

Assigned = dict[Unit, list[str]]


def make_plans(world: World) -> None:
    """Draw up the plan in each city in which it is due."""
    new: list[tuple[Unit, str]] = []
    planned = False
    for city in world.cities:
        if city.plan_week == NEVER and world.intensity[4] > 0 and window(world, city, 4):
            planned = True
            new += draw_up(world, city)
    if planned:
        settle_sites(world)
        begin(world, new)


def settle_sites(world: World) -> None:
    """Find anew which communities have a site, and which sites are pilot sites."""
    for place in world.places:
        pilots = world.pilots(place.unit)
        place.pilot = {d for d in place.open if place.rank[d] < pilots and d in place.unit.has}
    for k in world.communities:
        for d in list(k.site_since):
            if not k.covered(d):
                del k.site_since[d], k.first_pilot[d]
                k.matured.pop(d, None)


def draw_up(world: World, city: City) -> list[tuple[Unit, str]]:
    """Draw up the plan of one city, and return the pairs of unit and domain that begin."""
    p = world.p
    seen = perceive(world, city)
    count = max(1, int(p["scouting.breadth"] * len(city.units) + 0.5))
    by_need = sorted(city.units, key=lambda u: (-sum(seen[u].values()), u.name))
    engaged = sorted(by_need[:count], key=lambda u: u.name)
    kept = keep(world, city, seen)
    assigned = KINDS[p["plan.kind"]](world, city, seen, engaged, kept)
    point = city.point(world)
    for unit in city.units:
        if p["plan.keep_point"] and point in unit.has and point not in assigned.setdefault(unit, []):
            assigned[unit].append(point)
    city.active = {d for given in assigned.values() for d in given}
    count_co_operation(world, city)
    city.plan_week = world.t
    new = []
    for unit in city.units:
        given = assigned.get(unit, [])
        for d in [d for d in unit.has if d not in given]:
            drop(unit, d)
        new += [(unit, d) for d in given if d not in unit.has]
        unit.engaged = unit in engaged
    return new


def keep(world: World, city: City, seen: Perceived) -> list[str]:
    """Return the domains that the plan keeps, the city's point first."""
    wanted = world.p["agenda.domains"]
    point = city.point(world)
    order = [point] + [d for d in world.domains if d != point]
    if wanted == "all":
        return order
    if wanted == "chosen":
        taken = city.active | set(choose(world, city, seen, city.active))
        return [d for d in order if d in taken]
    return order[:wanted]


def division(world: World, city: City, seen: Perceived, engaged: list[Unit], kept: list[str]) -> Assigned:
    """Assign domains one to one, in rounds, so that the sum of perceived severity is largest."""
    assigned: Assigned = {u: [] for u in engaged}
    left = list(engaged)
    while left:
        rows, columns = linear_sum_assignment(np.array([[-seen[u][d] for d in kept] for u in left]))
        for row, column in zip(rows, columns, strict=True):
            assigned[left[row]].append(kept[column])
        left = [u for u in left if not assigned[u]]
    fill_up(world, assigned, kept, seen)
    return assigned


def fill_up(world: World, assigned: Assigned, kept: list[str], score: Perceived) -> None:
    """Give each unit further domains, in the order of their scores."""
    for unit, given in assigned.items():
        while len(given) < min(world.p["plan.per_county"], len(kept)):
            given.append(max((d for d in kept if d not in given), key=score[unit].__getitem__))


def uniform(world: World, city: City, seen: Perceived, engaged: list[Unit], kept: list[str]) -> Assigned:
    """Give every engaged unit every kept domain."""
    return {u: list(kept) for u in engaged}


def point_only(world: World, city: City, seen: Perceived, engaged: list[Unit], kept: list[str]) -> Assigned:
    """Give every engaged unit the point."""
    return {u: [city.point(world)] for u in engaged}


def random(world: World, city: City, seen: Perceived, engaged: list[Unit], kept: list[str]) -> Assigned:
    """Assign kept domains by lot."""
    lot = {
        u: {d: draws.uniform(draws.pair(draws.key(world.seed, "lot", u.name), d)) for d in world.domains}
        for u in engaged
    }
    point = city.point(world)
    units = sorted(engaged, key=lambda u: lot[u][point])
    order = sorted(kept, key=lambda d: lot[units[0]][d])
    given = {u: [order[j % len(order)]] for j, u in enumerate(units)}
    fill_up(world, given, kept, lot)
    return given


def table(world: World, city: City, seen: Perceived, engaged: list[Unit], kept: list[str]) -> Assigned:
    """Assign what the table names, among engaged units and kept domains."""
    named = world.p["plan.table"] or {}
    return {u: [d for d in kept if d in named.get(u.name, ())] for u in engaged}


KINDS = {"division": division, "uniform": uniform, "point": point_only, "random": random, "table": table}
