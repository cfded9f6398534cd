"""The execution of a domain by a unit: effort and load of each mode, its utility, and the choice between them.

The modes themselves, with their numbers, stand in `simulation.scenario.modes`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.compute.kernel import kernel
from simulation.scenario.modes import MODES, SUBSTANTIVE
from simulation.scenario.windows import AUTHORITY
from simulation.world.fixed import World
from simulation.world.forms import opened, response, unheld
from simulation.world.parameters import Parameters
from simulation.world.state import State

Utilities = NDArray[np.float64]


@kernel(inline="always")
def effort(p: Parameters, mode: int, routine: float) -> float:
    """Return the effort e·(1 − routine_saves·r) of executing a domain in a mode, 0 without one."""
    return p.modes.effort[mode] * (1.0 - p.execution.routine_saves * routine) if mode >= 0 else 0.0


@kernel(inline="always")
def unit_load(p: Parameters, s: State, u: int) -> float:
    """Return a unit's load: the sum of its domains' efforts in their present modes."""
    load = 0.0
    for d in range(s.Q.shape[1]):
        if s.has[u, d]:
            load += effort(p, s.mode[u, d], s.routine[u, d])
    return load


@kernel(inline="always")
def oversight_of(p: Parameters, authority: float) -> float:
    """Return o, front-line oversight times the level of authority; political synergy closes part of its gap to 1."""
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


@kernel
def pressure_on(p: Parameters, g: World, s: State, u: int, d: int) -> float:
    """Return the `perceived_pressure` on unit ``u`` in domain ``d`` as things stand."""
    authority = s.level[g.unit_city[u], AUTHORITY]
    return perceived_pressure(p, s.Q[u, d], s.confidence[u], authority, s.routine[u, d])


@kernel
def utilities(
    p: Parameters,
    pressure: float,
    oversight: float,
    severity: float,
    peers: float,
    load: float,
    routine: float,
    out: Utilities,
) -> None:
    """Write the utility of every mode into ``out``, shape (modes,).

    Parameters are the perceived pressure Π (`pressure_on`), oversight o, severity, share of peers that execute the
    domain substantively (all in [0, 1]), the load of the unit's other domains and this domain's routine. Form and
    source: `simulation.scenario.modes`.
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
        out[mode] -= e.w_load * ((load + own) / e.capacity) ** 2 + e.w_effort * own


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


@kernel(inline="always")
def prospects(p: Parameters, g: World, s: State, u: int, d: int, load: float, out: Utilities) -> None:
    """Write what every mode would bring unit ``u`` in domain ``d`` into ``out``, given its present load."""
    c = g.unit_city[u]
    having, substantive = 0, 0
    for other in range(g.city_unit[c], g.city_unit[c + 1]):
        if other != u and s.has[other, d]:
            having += 1
            substantive += s.mode[other, d] == SUBSTANTIVE
    peers = substantive / having if having > 0 else 0.0
    elsewhere = load - (effort(p, s.mode[u, d], s.routine[u, d]) if s.has[u, d] else 0.0)
    pressure = perceived_pressure(p, s.Q[u, d], s.confidence[u], s.level[c, AUTHORITY], s.routine[u, d])
    oversight = oversight_of(p, s.level[c, AUTHORITY])
    utilities(p, pressure, oversight, g.severity[u, d], peers, elsewhere, s.routine[u, d], out)


@kernel(inline="always")
def no_utilities() -> Utilities:
    """Return room for one utility per mode."""
    return np.empty(len(MODES))
