"""The execution of a domain by an executor: effort and load of each mode, its utility, and the choice between them.

Executors are the towns and subdistricts of a county, or the staff of a unit that works without towns.

The modes themselves, with their numbers, stand in `simulation.scenario.modes`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.compute.kernel import kernel
from simulation.scenario.modes import MODES, SUBSTANTIVE
from simulation.world.fixed import Floats, Ints, World
from simulation.world.forms import opened, response, unheld
from simulation.world.parameters import Parameters, Rows
from simulation.world.state import State

Utilities = NDArray[np.float64]


@kernel(inline="always")
def effort(p: Parameters, mode: int, routine: float) -> float:
    """Return the effort e·(1 − routine_saves·r) of executing a domain in a mode, 0 without one."""
    return p.modes.effort[mode] * (1.0 - p.execution.routine_saves * routine) if mode >= 0 else 0.0


@kernel(inline="always")
def coverage(p: Parameters, sites: int, places: int) -> float:
    """Return how far a domain loads an executor: (open sites ÷ communities)^coverage; 1 per domain at exponent 0."""
    if sites == 0:
        return 0.0
    if p.execution.coverage == 1.0:
        return sites / places
    return (sites / places) ** p.execution.coverage


@kernel
def loads(rows: Rows, g: World, s: State, out: Floats) -> None:
    """Write every executor's load into ``out``: the sum of its domains' efforts in their present modes, by coverage."""
    mode, routine, worked, unit_row = s.mode, s.routine, s.worked, s.unit_row
    places, executor_unit = g.executor_places, g.executor_unit
    for x in range(mode.shape[0]):
        p = rows[unit_row[executor_unit[x]]]
        load = 0.0
        for d in range(mode.shape[1]):
            if mode[x, d] >= 0:
                load += effort(p, mode[x, d], routine[x, d]) * coverage(p, worked[x, d], places[x])
        out[x] = load


@kernel(inline="always")
def mean_load(load: Floats, first: int, last: int) -> float:
    """Return the mean load of a unit's executors, ``first`` to before ``last``."""
    total = 0.0
    for x in range(first, last):
        total += load[x]
    return total / (last - first)


@kernel
def mean_routines(s: State, executor_unit: Ints, out: Floats) -> None:
    """Write the mean routine over each unit's open sites in a domain into ``out`` (units, domains), 0 without one."""
    out[:] = 0.0
    worked, sites, routine = s.worked, s.sites, s.routine
    for x in range(worked.shape[0]):
        u = executor_unit[x]
        for d in range(worked.shape[1]):
            if worked[x, d] > 0:
                out[u, d] += worked[x, d] / sites[u, d] * routine[x, d]


@kernel(inline="always")
def oversight_of(p: Parameters, authority: float) -> float:
    """Return o, oversight times the authority that watches a domain; political synergy closes part of its gap to 1."""
    o = p.execution.oversight * authority
    return o + p.synergies.political_oversight * p.synergies.political * (1.0 - o)


@kernel(inline="always")
def perceived_pressure(p: Parameters, stock: float, confidence: float, authority: float, routine: float) -> float:
    """Return the perceived pressure Π = H(Q)·gconf·(1 − lapse·(1 − a₂)·(1 − r)) on a unit in a domain, in [0, 1].

    Parameters are the domain's momentum Q at the unit, its cadres' confidence, the level a₂ of authority and the
    domain's routine r. What has not become routine needs authority behind it: 人走政息. Source: H and gconf are
    Bu 2022, §4.2-4.3, forms assumed; the last factor is an assumption that lets a campaign's gain come back (Karplus &
    Wu, PNAS).
    """
    left = 1.0 - p.execution.lapse * unheld(authority, routine)
    ignited = response(stock, p.execution.q_half, p.execution.h)
    return ignited * opened(confidence, p.transmission.gate_base) * left


@kernel(inline="always")
def passed_down(p: Parameters, pressure: float, tier: int) -> float:
    """Return the pressure that an executor ``tier`` tiers below the city perceives: Π·relay·(1 + escalation)^tier."""
    felt = pressure * p.transmission.relay
    if p.transmission.escalation > 0.0:
        felt *= (1.0 + p.transmission.escalation) ** tier
    return felt


@kernel
def pressure_on(p: Parameters, g: World, s: State, x: int, d: int) -> float:
    """Return the pressure that executor ``x`` perceives in domain ``d`` as things stand."""
    u = g.executor_unit[x]
    pressure = perceived_pressure(p, s.Q[u, d], s.confidence[u], s.group[u], s.routine[x, d])
    return passed_down(p, pressure, g.executor_tier[x])


@kernel
def utilities(
    p: Parameters,
    pressure: float,
    oversight: float,
    severity: float,
    peers: float,
    load: float,
    routine: float,
    covered: float,
    out: Utilities,
) -> None:
    """Write the utility of every mode into ``out``, shape (modes,).

    Parameters are the perceived pressure Π (`pressure_on`), oversight o, severity, share of peers that execute the
    domain substantively (all in [0, 1]), the load of the executor's other domains, this domain's routine and its
    coverage. Form and source: `simulation.scenario.modes`.
    """
    e, m = p.execution, p.modes
    for mode in range(len(out)):
        own = effort(p, mode, routine)
        out[mode] = (
            m.pressure[mode] * e.w_press * pressure * (1.0 - m.veiled[mode] * oversight)
            + m.need[mode] * e.w_need * severity
            + m.peers[mode] * e.w_peer * peers
            + m.reward[mode]
            - m.caught[mode] * e.w_over * oversight
            - m.refused[mode] * e.w_over * oversight * pressure
        )
        out[mode] -= e.w_load * ((load + own * covered) / e.capacity) ** 2 + e.w_effort * own


@kernel
def choose(values: Utilities, noise: float, draw: float) -> int:
    """Return the mode that a uniform draw picks by logit: P(m) ∝ exp(utility of m / noise)."""
    top = values.max()
    total = 0.0
    for mode in range(len(values)):
        total += np.exp((values[mode] - top) / noise)
    reached = 0.0
    for mode in range(len(values) - 1):
        reached += np.exp((values[mode] - top) / noise) / total
        if draw < reached:
            return mode
    return len(values) - 1


@kernel
def count_peers(g: World, s: State, having: Ints, substantive: Ints) -> None:
    """Count each unit's executors that have a domain, and those that execute it substantively, (units, domains)."""
    having[:] = 0
    substantive[:] = 0
    executor_unit, worked, mode, has = g.executor_unit, s.worked, s.mode, s.has
    for x in range(mode.shape[0]):
        u = executor_unit[x]
        for d in range(mode.shape[1]):
            if has[u, d] and worked[x, d] > 0:
                having[u, d] += 1
                substantive[u, d] += mode[x, d] == SUBSTANTIVE


@kernel(inline="always")
def share_of_peers(having: int, substantive: int, city_having: int, city_substantive: int, like: bool) -> float:
    """Return the share of an executor's peers that execute a domain substantively, for one that has the domain itself.

    Peers are the other executors of its unit that have the domain; where there is none, those of the whole city; 0
    without any. Numbers are those of `count_peers`, itself included; ``like`` tells whether it is substantive itself.
    """
    own = 1 if like else 0
    if having > 1:
        return (substantive - own) / (having - 1)
    return (city_substantive - own) / (city_having - 1) if city_having > 1 else 0.0


@kernel
def count_in_cities(city_unit: Ints, by_unit: Ints, out: Ints) -> None:
    """Sum numbers of shape (units, domains) over each city's units into ``out``, shape (cities, domains)."""
    out[:] = 0
    for c in range(out.shape[0]):
        for u in range(city_unit[c], city_unit[c + 1]):
            for d in range(out.shape[1]):
                out[c, d] += by_unit[u, d]


@kernel
def prospects(
    p: Parameters, g: World, s: State, x: int, d: int, load: float, having: Ints, substantive: Ints, out: Utilities
) -> None:
    """Write what every mode would bring executor ``x`` in domain ``d`` into ``out``, given its present load.

    Peers are the other executors of its unit that have the domain; where there is none, those of the whole city.
    ``having`` and ``substantive`` are those of `count_peers`.
    """
    u = g.executor_unit[x]
    c = g.unit_city[u]
    mode, routine, worked = s.mode[x, d], s.routine[x, d], s.worked[x, d]
    mine = 1 if s.has[u, d] and worked > 0 else 0
    mine_too = 1 if mine > 0 and mode == SUBSTANTIVE else 0
    others = having[u, d] - mine
    like = substantive[u, d] - mine_too
    if others == 0:
        others, like = -mine, -mine_too
        for other in range(g.city_unit[c], g.city_unit[c + 1]):
            others += having[other, d]
            like += substantive[other, d]
    peers = like / others if others > 0 else 0.0
    covered = coverage(p, worked, g.executor_places[x])
    elsewhere = load
    if mode >= 0:
        elsewhere -= effort(p, mode, routine) * covered
    oversight = oversight_of(p, s.group[u] * s.attention[c])
    pressure = perceived_pressure(p, s.Q[u, d], s.confidence[u], s.group[u], routine)
    felt = passed_down(p, pressure, g.executor_tier[x])
    utilities(p, felt, oversight, g.severity[u, d], peers, elsewhere, routine, covered, out)


@kernel(inline="always")
def no_utilities() -> Utilities:
    """Return room for one utility per mode."""
    return np.empty(len(MODES))
