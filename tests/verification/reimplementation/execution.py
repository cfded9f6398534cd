"""Sites, modes, departments and routine (ODD 4.6 and 4.7)."""

from __future__ import annotations

import math
from collections.abc import Iterable

from . import draws
from .agenda import attention, claim, span
from .world import ADAPTIVE, MODES, SELECTIVE, SUBSTANTIVE, SYMBOLIC, City, Department, Executor, Place, Unit, World

PARTS = ("pressure", "need", "veiled", "reward", "caught")


def hill(world: World, q: float) -> float:
    """Return H, the strength with which a programme works."""
    if q <= 0:
        return 0.0
    h = world.p["execution.h"]
    return float(q**h / (q**h + world.p["execution.q_half"] ** h))


def sure(world: World, unit: Unit) -> float:
    """Return the gate that confidence opens."""
    base = world.p["transmission.base"]
    return float(base + (1.0 - base) * unit.confidence)


def oversight(world: World, unit: Unit, authority: float | None = None) -> float:
    """Return o, at the authority of the unit's own group unless another is given."""
    p = world.p
    if authority is None:
        authority = unit.group * unit.city.attention
    plain = p["execution.oversight"] * authority
    return float(plain + p["synergies.political_oversight"] * p["synergies.political"] * (1.0 - plain))


def pressure(world: World, x: Executor, d: str) -> float:
    """Return the pressure that an executor feels."""
    p, u = world.p, x.unit
    held = 1.0 - p["execution.lapse"] * (1.0 - u.group) * (1.0 - x.routine[d])
    tiers = (1.0 + p["transmission.escalation"]) ** x.tiers
    return float(hill(world, u.Q[d]) * sure(world, u) * held * p["transmission.relay"] * tiers)


def effort(world: World, x: Executor, d: str, mode: int) -> float:
    """Return the effort of a mode."""
    if mode == SELECTIVE:
        return 0.0
    plain = 1.0 if mode == SUBSTANTIVE else world.p[f"execution.modes.{MODES[mode]}.effort"]
    return float(plain * (1.0 - world.p["execution.routine_saves"] * x.routine[d]))


def output(world: World, mode: int | None) -> float:
    """Return the yield of a mode."""
    if mode == SUBSTANTIVE:
        return 1.0
    return float(world.p[f"execution.modes.{MODES[mode]}.yields"]) if mode in (ADAPTIVE, SYMBOLIC) else 0.0


def cover(world: World, x: Executor, d: str) -> float:
    """Return how far the domain's sites cover the executor's places."""
    return float((x.sites[d] / len(x.places)) ** world.p["execution.coverage"]) if x.sites[d] else 0.0


def load(world: World, x: Executor, without: str | None = None) -> float:
    """Return the load of an executor, or of its other domains."""
    return sum(effort(world, x, d, mode) * cover(world, x, d) for d, mode in x.mode.items() if d != without)


def works(x: Executor, d: str) -> bool:
    """Return whether an executor has an open site of a domain that its unit has."""
    return d in x.unit.has and x.sites[d] > 0


def example(x: Executor, d: str) -> float:
    """Return the share of an executor's peers that is substantive."""
    peers = [y for y in x.unit.executors if y is not x and works(y, d)]
    peers = peers or [y for y in x.unit.city.executors if y is not x and works(y, d)]
    return sum(y.mode.get(d) == SUBSTANTIVE for y in peers) / len(peers) if peers else 0.0


def utilities(world: World, x: Executor, d: str) -> list[float]:
    """Return V of the four modes."""
    p = world.p
    own = {name: {part: p.get(f"execution.modes.{name}.{part}", 0.0) for part in PARTS} for name in MODES}
    own["substantive"] |= {"pressure": 1.0, "need": 1.0}
    felt, o, phi = pressure(world, x, d), oversight(world, x.unit), example(x, d)
    others, covered = load(world, x, d), cover(world, x, d)
    found = []
    for mode, name in enumerate(MODES):
        row, work = own[name], effort(world, x, d, mode)
        value = p["execution.w_press"] * row["pressure"] * felt * (1.0 - row["veiled"] * o)
        value += p["execution.w_need"] * row["need"] * x.unit.severity[d] + row["reward"]
        value += p["execution.w_peer"] * phi if mode == SUBSTANTIVE else 0.0
        value -= p["execution.w_over"] * o * (row["caught"] + (felt if mode == SELECTIVE else 0.0))
        value -= p["execution.w_load"] * ((others + work * covered) / x.unit.capacity) ** 2
        found.append(value - p["execution.w_effort"] * work)
    return found


def choose_modes(world: World, pairs: Iterable[tuple[Executor, str]]) -> None:
    """Let executors draw modes, all at once."""
    picked = []
    for x, d in pairs:
        values = utilities(world, x, d)
        weights = [math.exp((v - max(values)) / world.p["execution.noise"]) for v in values]
        u = draws.uniform(draws.week(draws.pair(draws.key(world.seed, "mode", x.name), d), world.t))
        running, mode = 0.0, SELECTIVE
        for number, weight in enumerate(weights):
            running += weight / sum(weights)
            if running > u:
                mode = number
                break
        picked.append((x, d, mode))
    for x, d, mode in picked:
        x.mode[d] = mode


def take_up(world: World) -> None:
    """Let every executor with an open site, and without a mode, draw one."""
    choose_modes(world, [(x, d) for x in world.executors for d in world.domains if works(x, d) and d not in x.mode])


def open_site(world: World, place: Place, d: str, pilot: bool) -> None:
    """Open a site, if it is not open."""
    if d in place.open:
        return
    k = place.community
    if not k.covered(d):
        k.site_since[d] = world.t
        k.first_pilot[d] = pilot
    place.open.add(d)
    if pilot:
        place.pilot.add(d)
    place.executor.sites[d] += 1
    place.unit.sites[d] += 1


def open_sites(world: World, unit: Unit, d: str) -> None:
    """Open sites up to the share of places that the unit works."""
    count = max(1, int(unit.share[d] * len(unit.places) + 0.5))
    for place in unit.places:
        if place.rank[d] < count:
            open_site(world, place, d, place.rank[d] < world.pilots(unit))


def begin(world: World, pairs: list[tuple[Unit, str]]) -> None:
    """Begin new pairs of unit and domain, all together."""
    for unit, d in pairs:
        unit.has[d] = world.t
        unit.share[d] = world.p["plan.pilot_share"]
        open_sites(world, unit, d)
    take_up(world)


def drop(unit: Unit, d: str) -> None:
    """Take a domain from a unit: its assignment, its open sites and its executors' modes end."""
    del unit.has[d]
    unit.sites[d] = 0
    for x in unit.executors:
        x.mode.pop(d, None)
        x.sites[d] = 0
    for place in unit.places:
        place.open.discard(d)
        place.pilot.discard(d)


def analyse(world: World) -> None:
    """Divide attention, reconsider modes, let departments decide (ODD 4.6)."""
    for city in world.cities:
        claims = sum(claim(world, city, d) for d in world.domains if d in city.active)
        city.attention = attention(world, claims, span(world, city))
    pairs = []
    for x in world.executors:
        for d in world.domains:
            if d in x.mode and x.unit.has[d] < world.t:
                own = draws.pair(draws.key(world.seed, "revise", x.name), d)
                if draws.uniform(draws.week(own, world.t)) < world.p["execution.revise"]:
                    pairs.append((x, d))
    choose_modes(world, pairs)
    for city in world.cities:
        joins = [
            {d for d in m.belongs if d in city.active and co_operates(world, city, m, d)} for m in city.departments
        ]
        for m, joined in zip(city.departments, joins, strict=True):
            m.joins = joined
        count_co_operation(world, city)


def co_operates(world: World, city: City, m: Department, d: str) -> bool:
    """Return whether a department co-operates in an active domain that it belongs to."""
    if m.unit is not None and d in m.unit.has:
        return True
    p = world.p
    others = [n for n in city.members(d) if n is not m]
    phi = sum(d in n.joins for n in others) / len(others) if others else 0.5
    busy = (len(m.joins - {d}) + 1) / p["departments.capacity"]
    psi = p["departments.w_authority"] * city.level[2] * city.attention - p["departments.turf"]
    psi += p["departments.w_lead"] * (d in m.leads) + p["departments.w_join"] * (2.0 * phi - 1.0)
    psi = (psi - p["departments.w_busy"] * busy**2) / p["departments.noise"]
    u = draws.uniform(draws.week(draws.pair(draws.key(world.seed, "join", m.name), d), world.t))
    return u * (1.0 + math.exp(min(-psi, 700.0))) < 1.0


def count_co_operation(world: World, city: City) -> None:
    """Set K of every domain by the departments' present decisions."""
    for d in world.domains:
        members = city.members(d)
        joined = sum(d in m.joins for m in members) / len(members) if members else 1.0
        city.co_operation[d] = 1.0 - world.p["departments.conflict"] * (1.0 - joined)


def move_routine(world: World) -> None:
    """Let routine grow under substantive execution, and be lost elsewhere."""
    gained, lost = world.p["execution.routine"], world.p["execution.unlearn"]
    for x in world.executors:
        for d in world.domains:
            r = x.routine[d]
            if x.mode.get(d) == SUBSTANTIVE:
                x.routine[d] = r + gained * x.unit.city.level[4] * (1.0 - r)
            elif r:
                x.routine[d] = r - lost * r
