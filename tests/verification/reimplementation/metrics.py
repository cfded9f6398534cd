"""Metrics (ODD 4.16): values at the end of a week."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from .execution import load
from .review import report
from .world import MODES, World

SINKS = (
    "attention",
    "fragmentation",
    "undirected",
    "stretch",
    "adaptive",
    "symbolic",
    "selective",
    "buck_passing",
    "overload",
    "idle",
)
SOURCES = {
    1: ("instruction", "renewal", "diffusion"),
    2: (),
    3: ("broadcast",),
    4: ("broadcast", "need", "horizontal", "diffusion"),
    5: ("broadcast", "participation", "spotlight", "downward"),
}


def ratio(part: float, whole: float) -> float:
    """Return a share; without a denominator NaN."""
    return part / whole if whole else math.nan


def mean(values: Iterable[float]) -> float:
    """Return a plain mean; of nothing NaN."""
    found = list(values)
    return math.fsum(found) / len(found) if found else math.nan


@dataclass
class History:
    """Values of earlier weeks that some metrics need."""

    effectiveness: list[float] = field(default_factory=list)
    breadth_4: float = math.nan


def measure(world: World, history: History) -> dict[str, float]:
    """Return every metric at the end of this week, to be called once in each week."""
    found = effects(world) | shares(world) | momentum(world)
    history.effectiveness.append(found["effectiveness"])
    found["persistence"] = persistence(world, history.effectiveness)
    if found["breadth"] >= 4 and math.isnan(history.breadth_4):
        history.breadth_4 = world.t + 1.0
    found["weeks_to_breadth_4"] = history.breadth_4
    return found


def effects(world: World) -> dict[str, float]:
    """Return the metrics of effect."""
    counties, domains, point = world.counties, world.domains, world.point
    weight = {u: u.persons for u in counties}
    cells = [(k, d) for k in world.communities for d in domains]
    sites = {d: [k.effect[d] for k in world.communities if k.covered(d)] for d in domains}
    chi = [sum(weight[u] * u.mean_effect[d] for u in counties) for d in domains]
    active = [(u, d) for u in counties for d in domains if d in u.city.active]
    mine = sorted(mean(u.mean_effect[d] for d in domains) for u in counties)
    n = len(mine)
    spread = sum((2 * q - n - 1) * v for q, v in enumerate(mine, start=1))
    proven = [(k, d) for k, d in cells if d in k.county.city.proven and d in k.matured]
    return {
        "effectiveness": ratio(
            sum(u.severity[d] * weight[u] * u.mean_effect[d] for u in counties for d in domains),
            sum(u.severity[d] * weight[u] for u in counties for d in domains),
        ),
        "core_effect": ratio(sum(weight[u] * u.mean_effect[point] for u in counties), sum(weight.values())),
        "site_effect": mean(e for d in domains for e in sites[d]),
        "pilot_effect": mean(k.effect[d] for k, d in cells if k.has_pilot(d)),
        "breadth": float(sum(mean(found) > 0.4 for found in sites.values())),
        "surface": sum(map(len, sites.values())) / len(cells),
        "focus": ratio(sum(x * x for x in chi), sum(chi) ** 2),
        "equity": 1.0 - ratio(spread, n * sum(mine)),
        "depth": ratio(sum(weight[u] * u.mean_effect[d] for u, d in active), sum(weight[u] for u, d in active)),
        "scale_up_gap": mean(k.matured[d] for k, d in proven if k.first_pilot[d])
        - mean(k.matured[d] for k, d in proven if not k.first_pilot[d]),
    }


def shares(world: World) -> dict[str, float]:
    """Return the metrics of cities, executors and citizens."""
    cities, citizens = world.cities, world.citizens
    modes = [mode for x in world.executors for mode in x.mode.values()]
    pairs = [d in m.joins for c in cities for m in c.departments for d in m.belongs if d in c.active]
    gaps = [report(world, pl, d) - pl.community.effect[d] for pl in world.places for d in world.domains if d in pl.open]
    found = {
        "participation": citizens.mean_of_cities(citizens.took_part),
        "trust": citizens.mean_of_cities(citizens.trust),
        "awareness": citizens.mean_of_cities(citizens.awareness),
        "agenda": mean(len(c.active) for c in cities),
        "proven": mean(len(c.proven) for c in cities),
        "co_operation": ratio(sum(pairs), len(pairs)),
        "town_load": mean(mean(load(world, x) for x in u.executors) for u in world.counties),
        "reporting_gap": mean(gaps),
    }
    found |= {name: ratio(modes.count(number), len(modes)) for number, name in enumerate(MODES)}
    return found | {f"level_{n}": mean(c.level[n] for c in cities) for n in range(1, 6)}


def momentum(world: World) -> dict[str, float]:
    """Return the metrics of the ledger."""

    def total(account: str, stage: int) -> float:
        return sum(c.total[account, stage] for c in world.cities)

    found = {"delivered": total("delivered", 5)}
    found |= {f"lost_{name}": sum(total(name, n) for n in range(1, 6)) for name in SINKS}
    for n in range(1, 6):
        account = "delivered" if n == 5 else "passed"
        entered = sum(total(name, n) for name in SOURCES[n]) + (total("passed", n - 1) if n > 1 else 0.0)
        found[f"passed_{n}"] = sum(c.booked[account, n] for c in world.cities)
        found[f"transmission_{n}"] = ratio(total(account, n), entered)
    return found


def persistence(world: World, effectiveness: list[float]) -> float:
    """Return effectiveness a year after authority ends, as a ratio to that at its end."""
    last = world.p["stages.authority.start"] + world.p["stages.authority.length"]
    if last == math.inf:
        return math.nan
    end = math.floor(last) - 1
    if end < 0 or world.t < end + 52 or not effectiveness[end]:
        return math.nan
    return effectiveness[end + 52] / effectiveness[end]
