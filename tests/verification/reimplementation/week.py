"""One week (ODD 1.3), with signals, turnover, levels, effect and bodies."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from . import draws
from .agenda import window
from .execution import analyse, begin, move_routine
from .flows import flow, move_confidence
from .plan import make_plans
from .review import hold_review
from .world import KINDS, NEVER, STAGES, Community, Unit, World, zeros


def step(world: World, t: int) -> None:
    """Run week t."""
    world.t = t
    for city in world.cities:
        city.booked = defaultdict(float)
    replace_leaders(world)
    send_signals(world)
    begin_cities(world)
    move_levels(world)
    make_plans(world)
    if t % world.p["execution.analysis_every"] == 0:
        analyse(world)
    for k in world.communities:
        k.push = zeros()
    flow(world)
    move_confidence(world)
    move_effect(world)
    move_routine(world)
    world.citizens.take_part()
    move_bodies(world)
    if t > 0 and t % world.p["evaluation.review_every"] == 0:
        hold_review(world)
    keep_effects(world)
    for city in world.cities:
        for account, amount in city.booked.items():
            city.total[account] += amount


def replace_leaders(world: World) -> None:
    """Replace leaders (4.13)."""
    p, seed = world.p, world.seed
    chance = 1.0 - math.exp(-p["turnover.rate"] / 52.0)
    for u in world.units:
        if draws.uniform(draws.week(draws.key(seed, "unit turnover", u.name), world.t)) < chance:
            u.confidence *= p["turnover.confidence_kept"]
            for x in u.executors:
                for d in x.routine:
                    x.routine[d] *= p["turnover.routine_kept"]
    for city in world.cities:
        if draws.uniform(draws.week(draws.key(seed, "city turnover", city.name), world.t)) < chance:
            city.level[1] *= p["turnover.level_kept"]
            city.level[2] *= p["turnover.level_kept"]


def signals(world: World) -> Iterator[tuple[float, str, float, list[str]]]:
    """Yield strength, domain, wording and cities of the signals of the week (4.12)."""
    p = world.p
    if p["instruction.week"] == world.t and (p["instruction.intensity"] != 0 or not p["signals"]):
        cities = p["instruction.cities"] or []
        yield p["instruction.intensity"], world.point, p["instruction.wording"], cities
    for signal in p["signals"]:
        if signal["week"] == world.t:
            yield listed(world, signal)


def listed(world: World, signal: dict[str, Any]) -> tuple[float, str, float, list[str]]:
    """Return a listed signal, with what it leaves out."""
    p, strength, wording = world.p, signal.get("intensity"), signal.get("wording")
    if strength is None:
        strength = p[f"issuers.{signal['issuer']}"] * p[f"channels.{signal['channel']}"]
    wording = p["instruction.wording"] if wording is None else wording
    return strength, signal.get("domain") or world.point, wording, signal.get("cities") or []


def send_signals(world: World) -> None:
    """Let the signals of the week reach the cities."""
    for strength, d, wording, cities in signals(world):
        for city in world.cities:
            if cities and city.name not in cities:
                continue
            city.S += strength
            city.strength += strength
            city.booked["instruction", 1] += strength
            city.named.add(d)
            city.wording = max(city.wording, wording)
            if city.origin == NEVER:
                city.origin = world.t


def begin_cities(world: World) -> None:
    """Let the cities begin whose clock starts this week."""
    pairs: list[tuple[Unit, str]] = []
    for city in world.cities:
        if city.origin != world.t:
            continue
        if not city.named:
            city.named.add(world.point)
            city.wording = world.p["instruction.wording"]
        city.opened[1] = world.t
        for d in world.domains:
            if d in city.named:
                city.active.add(d)
                city.co_operation[d] = world.fresh_co_operation(city, d)
        for u in city.units:
            u.engaged = True
            pairs += [(u, d) for d in world.domains if d in city.named]
    if pairs:
        begin(world, pairs)


def move_levels(world: World) -> None:
    """Move levels, gates and the units' own groups (4.1)."""
    p = world.p
    build, relax = ([0.0] + [p[f"stages.{s}.{name}"] for s in STAGES] for name in ("build", "relax"))
    base, interlock = p["transmission.base"], p["transmission.interlock"]
    for city in world.cities:
        own = draws.week(draws.key(world.seed, "rivals", city.name), world.t)
        city.arrivals.append(draws.poisson(draws.uniform(own), p["rivals.rate"] / 52.0))
        rivals = sum(city.arrivals[-p["rivals.length"] :])
        old = list(city.level)
        for n in range(1, 6):
            activity = world.intensity[n] / (1.0 + rivals) if window(world, city, n) else 0.0
            up = build[n] * activity * (1.0 - interlock + interlock * old[n - 1]) * (1.0 - old[n])
            city.level[n] = old[n] + up - relax[n] * old[n]
            city.gate[n] = base + (1.0 - base) * city.level[n]
        begun = city.origin != NEVER and city.origin <= world.t
        for n in range(2, 6):
            if begun and city.level[n - 1] >= p["stages.ready_at"] and city.opened[n] == NEVER:
                city.opened[n] = world.t + 1
        for u in city.units:
            if p["transmission.follow"] == 1:
                u.group = u.zeal * city.level[2]
            else:
                u.group += p["transmission.follow"] * (u.zeal * city.level[2] - u.group)


def move_effect(world: World) -> None:
    """Move the effect in every community, then the units' means (4.9)."""
    p = world.p
    for k in world.communities:
        k.before = {d: k.effect[d] for d in world.domains}
        for d in world.domains:
            e, push = k.effect[d], k.push[d]
            if not e and not push:
                continue
            held = max((place.executor.routine[d] for place in k.places if d in place.open), default=0.0)
            gained = (1.0 - e) * (1.0 - math.exp(-p["effect.gain"] * push))
            lost = p["effect.wear"] * (1.0 - p["effect.routine_protects"] * held)
            lost += p["effect.rebound"] * (1.0 - k.county.group) * (1.0 - held)
            k.effect[d] = e + gained - lost * e
    for u in world.units:
        persons = u.persons
        for d in world.domains:
            u.mean_effect[d] = sum(pl.community.persons * pl.community.effect[d] for pl in u.places) / persons


def move_bodies(world: World) -> None:
    """Let bodies arise and become active (4.14)."""
    p = world.p
    for k in world.communities:
        worked = [d for d in world.domains if k.covered(d)]
        found = p["bodies.found"] * k.county.city.level[5] * len(worked) / len(world.domains)
        if p["bodies.rule"] == "share":
            k.platforms += found * (1.0 - k.platforms)
            continue
        seen = sum(k.before[d] for d in worked) / len(worked) if worked else 0.0
        theta = p["bodies.b0"] + p["bodies.b_effect"] * seen + p["bodies.b_trust"] * k.trust
        theta += p["bodies.b_coverage"] * p["citizens.coverage"]
        active = 0
        for kind in KINDS:
            u = draws.uniform(draws.week(body_key(world, k, kind), world.t))
            if kind in k.bodies:
                active += u * (1.0 + math.exp(-theta)) < 1.0
            elif u < found:
                k.bodies.add(kind)
        k.platforms, k.bodies_active = len(k.bodies) / len(KINDS), active / len(KINDS)


def body_key(world: World, k: Community, kind: str) -> int:
    """Return the key of the weekly draws of a body."""
    return draws.key(world.seed, "body week", draws.pair(draws.named(k.name), kind))


def keep_effects(world: World) -> None:
    """Keep the effect of sites that are a year old (4.16)."""
    for k in world.communities:
        plan_week = k.county.city.plan_week
        if plan_week == NEVER:
            continue
        for d, since in k.site_since.items():
            if world.t == max(since, plan_week) + 52 and k.covered(d):
                k.matured[d] = k.effect[d]
