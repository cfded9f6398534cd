"""The review (ODD 4.11)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import draws
from .agenda import choose, perceive, voiced
from .execution import begin, load, open_site, open_sites, oversight, pressure, take_up
from .world import ADAPTIVE, NEVER, SUBSTANTIVE, SYMBOLIC, City, Place, Unit, World


@dataclass(eq=False)
class Reports:
    """R and E of one city by domain, and the domains that spread."""

    reported: dict[str, float]
    true: dict[str, float]
    spread: set[str]


def report(world: World, place: Place, d: str) -> float:
    """Return what the executor of an open site reports."""
    p, x, e = world.p, place.executor, place.community.effect[d]
    if x.mode.get(d) not in (ADAPTIVE, SYMBOLIC):
        return e
    more = p["evaluation.inflate"] * (1.0 - oversight(world, x.unit))
    if p["evaluation.collude"] > 0:
        more = min(1.0, more * (1.0 + p["evaluation.collude"] * pressure(world, x, d)))
    return e + more * (1.0 - e)


def read_reports(world: World, city: City) -> Reports:
    """Return the mean reported and true effect of each domain's sites."""
    reports = Reports({}, {}, set())
    for d in world.domains:
        sites = [place for u in city.units for place in u.places if d in place.open]
        count = max(1, len(sites))
        reports.reported[d] = sum(report(world, place, d) for place in sites) / count
        reports.true[d] = sum(place.community.effect[d] for place in sites) / count
    return reports


def hold_review(world: World) -> None:
    """Hold the review of all cities."""
    read = {city: read_reports(world, city) for city in world.cities}
    for city, reports in read.items():
        prove(world, city, reports)
        renew(world, city, reports)
    for city, reports in read.items():
        if city.plan_week != NEVER:
            roll_out(world, city, reports)
    take_up(world)
    new: list[tuple[Unit, str]] = []
    for city, reports in read.items():
        if city.plan_week != NEVER:
            before = {u: set(u.has) for u in city.units}
            added = extend_agenda(world, city)
            new += added + adopt(world, city, reports, before)
    begin(world, new)
    if world.p["leverage.downward"] > 0:
        open_from_below(world)
    follow_neighbours(world, read)


def prove(world: World, city: City, reports: Reports) -> None:
    """Step 1: which domains are proven, and which spread."""
    enough = {d for d in world.domains if reports.reported[d] > world.p["evaluation.proven_at"] and reports.true[d] > 0}
    if world.p["evaluation.proof"] == "once":
        city.proven |= enough
        reports.spread = set(city.proven)
    else:
        city.proven |= enough & city.reported_enough
        reports.spread = city.proven & enough
    city.reported_enough = enough


def renew(world: World, city: City, reports: Reports) -> None:
    """Step 2: better reports renew momentum."""
    if not city.active:
        return
    mean = sum(reports.reported[d] for d in world.domains if d in city.active) / len(city.active)
    amount = world.p["instruction.renewal"] * max(0.0, mean - city.best) * city.strength
    city.S += amount
    city.booked["renewal", 1] += amount
    city.best = max(city.best, mean)


def roll_out(world: World, city: City, reports: Reports) -> None:
    """Step 3: units open further sites of domains that spread."""
    for u in city.units:
        for d in world.domains:
            if d not in u.has or d not in reports.spread:
                continue
            good = sum(x.sites[d] for x in u.executors if x.mode.get(d) == SUBSTANTIVE)
            if not good:
                continue
            growth = world.p["evaluation.rollout"] * city.co_operation[d] * good / u.sites[d]
            if world.p["evaluation.rollout_with"] == "authority":
                growth *= city.level[2]
            u.share[d] = min(1.0, u.share[d] + growth)
            open_sites(world, u, d)


def ignite(world: World, u: Unit, d: str) -> None:
    """Give a domain that enters later its first momentum."""
    amount = world.p["diffusion.ignite"] * world.p["execution.q_half"]
    u.Q[d] += amount
    u.city.booked["diffusion", 4] += amount


def extend_agenda(world: World, city: City) -> list[tuple[Unit, str]]:
    """Step 4: further domains enter."""
    p = world.p
    if p["agenda.domains"] != "chosen" or p["plan.kind"] == "point":
        return []
    seen = perceive(world, city)
    chosen = choose(world, city, seen, city.active)
    new: list[tuple[Unit, str]] = []
    given = {u: len(u.has) for u in city.units}
    for d in world.domains:
        if d not in chosen:
            continue
        city.active.add(d)
        city.co_operation[d] = world.fresh_co_operation(city, d)
        score = {u: seen[u][d] - p["agenda.crowd"] * given[u] for u in city.units if u.engaged and d not in u.has}
        takers = list(score)
        if p["plan.kind"] != "uniform" and takers:
            takers = [max(takers, key=score.__getitem__)]
        for u in takers:
            given[u] += 1
            new.append((u, d))
            ignite(world, u, d)
    return new


def motive(world: World, reported: float, o: float, followed: float, s: float, effect: float) -> float:
    """Return the probability of adopting."""
    p = world.p
    value = p["diffusion.learn"] * reported + p["diffusion.coerce"] * o + p["diffusion.follow"] * followed
    value += p["diffusion.salient"] * s + p["diffusion.compete"] * max(0.0, reported - effect)
    return min(max(p["diffusion.adopt"] * value, 0.0), 1.0)


def adopt(world: World, city: City, reports: Reports, before: dict[Unit, set[str]]) -> list[tuple[Unit, str]]:
    """Step 5: counties adopt domains that spread."""
    p = world.p
    new: list[tuple[Unit, str]] = []
    for u in city.counties:
        count = len(u.executors)
        carried = sum(load(world, x) for x in u.executors) / count
        for d in world.domains:
            if d not in reports.spread or d in before[u]:
                continue
            if (carried + p["diffusion.adds"]) / u.capacity > p["diffusion.room"]:
                continue
            others = [v for v in city.units if v is not u]
            followed = sum(d in before[v] for v in others) / len(others) if others else 0.0
            s = u.severity[d]
            if d == u.severest():
                s = min(1.0, s + p["bodies.voice"] * voiced(u))
            chance = motive(world, reports.reported[d], oversight(world, u), followed, s, u.mean_effect[d])
            draw = draws.uniform(draws.week(draws.pair(draws.key(world.seed, "adopt", u.name), d), world.t))
            if draw < chance:
                routine = sum(x.routine[d] for x in u.executors) / count
                carried += p["diffusion.adds"] * (1.0 - p["execution.routine_saves"] * routine)
                u.engaged = True
                ignite(world, u, d)
                new.append((u, d))
    return new


def open_from_below(world: World) -> None:
    """Step 6: communities open sites unasked."""
    p = world.p
    expected = world.citizens.expected()
    able: list[tuple[Place, str]] = []
    for k, shares in zip(world.communities, expected, strict=True):
        d = k.county.severest()
        if k.covered(d) or shares[d] <= p["leverage.downward_at"]:
            continue
        if draws.uniform(draws.week(draws.key(world.seed, "downward", k.name), world.t)) < p["leverage.downward"]:
            able.append((next(place for place in k.places if place.unit is k.county), d))
    for place, d in able:
        open_site(world, place, d, False)
        amount = p["diffusion.ignite"] * p["execution.q_half"] / world.pilots(place.unit)
        place.L[d] += amount
        place.unit.city.booked["downward", 5] += amount
    take_up(world)


def follow_neighbours(world: World, read: dict[City, Reports]) -> None:
    """Step 7: cities start their clock when they see what a neighbour has proven."""
    p, point = world.p, world.point
    started = {city for city in world.cities if city.origin != NEVER and city.origin < world.t}
    for city in world.cities:
        if city.origin != NEVER:
            continue
        others = [c for c in world.cities if c.province == city.province and c is not city]
        proven = [read[c].reported[d] for c in others for d in world.domains if d in c.proven]
        if not proven:
            continue
        reported = sum(proven) / len(proven)
        followed = sum(c in started for c in others) / len(others)
        s = math.fsum(u.severity[point] for u in city.units) / len(city.units)
        effect = math.fsum(u.mean_effect[point] for u in city.units) / len(city.units)
        chance = motive(world, reported, oversight(world, city.units[0], 1.0), followed, s, effect)
        draw = draws.uniform(draws.week(draws.key(world.seed, "neighbour", city.name), world.t))
        if draw < chance:
            city.S += p["diffusion.ignite"]
            city.booked["diffusion", 1] += p["diffusion.ignite"]
            city.origin = world.t + 1
