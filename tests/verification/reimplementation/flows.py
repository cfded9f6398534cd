"""The five stages (ODD 4.2, 4.3, 4.5, 4.8) and what they book (4.15)."""

from __future__ import annotations

import math

from .execution import hill, load, output, sure
from .world import MODES, SUBSTANTIVE, City, Executor, Unit, World


def flow(world: World) -> None:
    """Move momentum through all stages; every change rests on the stocks before this step."""
    for city in world.cities:
        brought = {u: execute(world, u) for u in city.units}
        for u in city.units:
            deliver(world, u, brought[u])
        passed_2 = city.A * world.p["stages.authority.convert"] * city.gate[2]
        engaged = [u for u in city.units if u.engaged]
        if not engaged:
            passed_2 = 0.0
        publicity(world, city, engaged, passed_2)
        trend_and_authority(world, city, passed_2)


def trend_and_authority(world: World, city: City, passed_2: float) -> None:
    """Move S and A (4.2)."""
    p, booked = world.p, city.booked
    passed_1 = p["stages.trend.convert"] * city.gate[1] * city.S
    offered = p["stages.authority.convert"] * city.A
    fragmented = 0.0
    if city.active:
        mean = sum(city.co_operation[d] for d in world.domains if d in city.active) / len(city.active)
        fragmented = (offered - offered * city.gate[2]) * (1.0 - mean)
    faded_1, faded_2 = p["stages.trend.fade"] * city.S, p["stages.authority.fade"] * city.A
    booked["passed", 1] += passed_1
    booked["attention", 1] += faded_1
    booked["passed", 2] += passed_2
    booked["fragmentation", 2] += fragmented
    booked["attention", 2] += faded_2
    city.S += -passed_1 - faded_1
    city.A += passed_1 - passed_2 - fragmented - faded_2


def publicity(world: World, city: City, engaged: list[Unit], passed_2: float) -> None:
    """Move B (4.3) and Q (4.5) of the city's units."""
    p, booked = world.p, city.booked
    heard = passed_2 * len(engaged) ** -p["transmission.rivalry_units"] if engaged else 0.0
    booked["broadcast", 3] += heard * len(engaged) - passed_2
    for u in city.units:
        passed_3 = p["stages.publicity.convert"] * city.gate[3] * u.B
        faded = p["stages.publicity.fade"] * u.B
        booked["passed", 3] += passed_3
        booked["attention", 3] += faded
        settle(world, u, passed_3)
        u.B += (heard if u.engaged else 0.0) - passed_3 - faded


def mean_routine(u: Unit, d: str) -> float:
    """Return the routine of a unit's executors, by open sites."""
    if not u.sites[d]:
        return 0.0
    return sum(x.sites[d] * x.routine[d] for x in u.executors) / u.sites[d]


def demand(world: World, u: Unit, d: str) -> float:
    """Return what a programme would draw from the local problem."""
    p, q = world.p, u.Q[d]
    if q <= 0 or not u.sites[d]:
        return 0.0
    held = 1.0 - p["execution.lapse"] * (1.0 - u.group) * (1.0 - mean_routine(u, d))
    pressed = hill(world, q) * sure(world, u) * held
    out = sum(x.sites[d] * output(world, x.mode.get(d)) for x in u.executors) / u.sites[d]
    open_need = p["execution.unlock"] * u.severity[d] * (1.0 - u.mean_effect[d])
    fuel = (q / p["execution.q_ref"]) ** p["execution.fuel"]
    return float(open_need * pressed * out * fuel * u.city.co_operation[d])


def settle(world: World, u: Unit, passed_3: float) -> None:
    """Move Q of a unit (4.5)."""
    p, city, booked = world.p, u.city, u.city.booked
    convert, fade = p["stages.settlement.convert"], p["stages.settlement.fade"]
    n = len(u.has)
    heard = passed_3 * n ** -p["transmission.rivalry_domains"] if n else 0.0
    if n:
        booked["broadcast", 4] += n * heard - passed_3
    else:
        booked["undirected", 4] += passed_3
    wanted = {d: demand(world, u, d) for d in world.domains if d in u.has}
    budget, asked = p["execution.budget"], sum(wanted.values())
    granted = 1.0 if budget == math.inf else budget / (budget + asked)
    for d in world.domains:
        q = u.Q[d]
        booked["attention", 4] += fade * q
        change = -(convert + fade) * q
        if d in u.has:
            directed = heard * city.gate[4]
            need = wanted[d] * granted
            experts = p["leverage.expert_help"] * p["leverage.horizontal"] * hill(world, q)
            booked["undirected", 4] += heard - directed
            booked["stretch", 4] += directed * (1.0 - city.tau(d))
            booked["need", 4] += need
            booked["horizontal", 4] += experts
            change += directed * city.tau(d) + need + experts
        else:
            booked["undirected", 4] += convert * q
        u.Q[d] = q + change


def execute(world: World, u: Unit) -> dict[tuple[Executor, str], float]:
    """Return F4, what each executor brings to its sites, and book what is lost on the way."""
    p, booked = world.p, u.city.booked
    convert, brought = p["stages.settlement.convert"], {}
    for x in u.executors:
        carried = load(world, x)
        quality = min(1.0, u.capacity / carried) if carried > 0 else 1.0
        for d in world.domains:
            if d not in u.has or not x.sites[d]:
                continue
            part, mode = convert * u.Q[d] * x.sites[d] / u.sites[d], x.mode.get(d)
            done = part * output(world, mode)
            k = u.city.co_operation[d]
            if mode not in (None, SUBSTANTIVE):
                booked[MODES[mode], 4] += part - done
            booked["buck_passing", 4] += done * quality * (1.0 - k)
            booked["overload", 4] += done * (1.0 - quality)
            booked["passed", 4] += done * quality * k
            brought[x, d] = done * quality * k
    return brought


def deliver(world: World, u: Unit, brought: dict[tuple[Executor, str], float]) -> None:
    """Move L of a unit's places (4.8); what is delivered raises the effect of the week (4.9)."""
    p, city, booked = world.p, u.city, u.city.booked
    convert, fade, alone = p["stages.leverage.convert"], p["stages.leverage.fade"], p["effect.alone"]
    first = world.pilots(u)
    for (x, d), amount in brought.items():
        booked["broadcast", 5] += x.sites[d] * inflow(world, u, x, d, amount) - amount
    for place in u.places:
        k, x = place.community, place.executor
        for d in world.domains:
            stock, is_open = place.L[d], d in place.open
            if not stock and not is_open:
                continue
            taking = k.participation[d]
            gained = 0.0
            if is_open and (x, d) in brought:
                plain = inflow(world, u, x, d, brought[x, d])
                lit = p["execution.spotlight"] * p["scouting.strength"] * plain
                extra = lit if place.rank[d] < first and d not in city.proven else 0.0
                together = taking
                if p["bodies.rule"] == "kinds":
                    together += p["bodies.w_bodies"] * (k.bodies_active - taking)
                joined = p["effect.coproduce"] * together * (plain + extra)
                booked["spotlight", 5] += extra
                booked["participation", 5] += joined
                gained = plain + extra + joined
            delivered = convert * stock * (alone + (1.0 - alone) * taking)
            booked["delivered", 5] += delivered
            booked["idle", 5] += fade * stock
            place.L[d] = stock + gained - delivered - fade * stock
            k.push[d] += first * delivered


def inflow(world: World, u: Unit, x: Executor, d: str, amount: float) -> float:
    """Return what each site of an executor receives."""
    first = world.pilots(u)
    dilution = (first / u.sites[d]) ** world.p["transmission.rivalry_sites"]
    return float(amount * u.sites[d] / x.sites[d] / first * dilution)


def move_confidence(world: World) -> None:
    """Move cadres' confidence (4.3)."""
    p = world.p
    for u in world.units:
        kappa, change = u.confidence, 0.0
        if u.engaged:
            change = p["transmission.assure"] * u.city.level[3] * p["scouting.strength"] * (1.0 - kappa)
        u.confidence = kappa + change - p["transmission.doubt"] * (1.0 - u.group) * kappa
