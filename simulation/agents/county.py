"""County pilots: counties and municipal departments decide how to execute what they are given.

A unit chooses among four modes of execution for each domain it has, by logit on what the mode would bring: pressure
from above, its own need, its peers' example, against load, effort and the risk of being found out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from simulation.agents.view import Row
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.world.forms import opened, response, unheld
from simulation.world.sites import open_sites

if TYPE_CHECKING:
    from simulation.model import MomentumModel

SUBSTANTIVE, ADAPTIVE, SYMBOLIC, SELECTIVE = range(4)
MODES = ("substantive", "adaptive", "symbolic", "selective")
# What a mode costs and what it yields, as shares of the whole; selective execution drops the domain. Assumption.
MODE_EFFORT = np.array([1.0, 0.6, 0.15, 0.0])
MODE_YIELD = np.array([1.0, 0.6, 0.1, 0.0])
REVIEW_EVERY = 4


@kernel(inline="always")
def effort(mode: int, routine: float) -> float:
    """Return the effort e·(1 − .7·r) of executing a domain in a mode; routine saves up to 70 %."""
    return MODE_EFFORT[mode] * (1.0 - 0.7 * routine) if mode >= 0 else 0.0


@kernel(inline="always")
def unit_load(s: Any, u: int) -> float:
    """Return a unit's load: the sum of its domains' efforts in their present modes."""
    load = 0.0
    for d in range(s.Q.shape[1]):
        if s.has[u, d]:
            load += effort(s.mode[u, d], s.routine[u, d])
    return load


@kernel(inline="always")
def oversight_of(p: Any, authority: float) -> float:
    """Return o: front-line oversight times the level of authority, raised by the political synergy."""
    o = p[0].oversight * authority
    return o + 0.3 * p[0].political * (1.0 - o)


@kernel(inline="always")
def pressure_on(p: Any, g: Any, s: Any, u: int, d: int) -> float:
    """Return the perceived pressure Π = H(Q)·gconf·(1 − lapse·(1 − a₂)·(1 − r)) on a unit in a domain, in [0, 1].

    What has not become routine (r) needs authority (a₂) behind it: 人走政息. Source: H and gconf are Bu 2022, §4.2-4.3,
    forms assumed; the last factor is an assumption that lets a campaign's gain come back (Karplus & Wu, PNAS).
    """
    q = p[0]
    left = 1.0 - q.lapse * unheld(s.level[g.unit_city[u], 1], s.routine[u, d])
    return response(s.Q[u, d], q.q_half, q.h) * opened(s.confidence[u], q.gate_base) * left


@kernel
def utilities(
    p: Any,
    pressure: float,
    oversight: float,
    severity: float,
    peers: float,
    load: float,
    routine: float,
    out: Any,
) -> None:
    """Write the utility of the four modes into ``out``, shape (4,).

    Parameters are the perceived pressure Π (`pressure_on`), oversight o, severity, share of peers that execute the
    domain substantively (all in [0, 1]), the load of the unit's other domains and this domain's routine. Source: the
    four modes are Bu 2022, §1; the form and the weights are assumptions.
    """
    q = p[0]
    out[SUBSTANTIVE] = q.w_press * pressure + q.w_need * severity + q.w_peer * peers
    caught = 0.3 * q.w_over * oversight
    out[ADAPTIVE] = 0.8 * q.w_press * pressure + 0.6 * q.w_need * severity - caught
    out[SYMBOLIC] = 0.9 * q.w_press * pressure * (1.0 - oversight) + 0.4 - caught
    out[SELECTIVE] = 0.5 - q.w_over * oversight * pressure
    for mode in range(4):
        own = effort(mode, routine)
        out[mode] -= q.w_load * ((load + own) / q.capacity) ** 2 + q.w_effort * own


@kernel
def choose(values: Any, noise: float, draw: float) -> int:
    """Return the mode that a uniform draw picks by logit: P(m) ∝ exp(utility of m / noise)."""
    top = values.max()
    total = 0.0
    for mode in range(4):
        total += np.exp((values[mode] - top) / noise)
    reached = 0.0
    for mode in range(3):
        reached += np.exp((values[mode] - top) / noise) / total
        if draw < reached:
            return mode
    return 3


@kernel(inline="always")
def prospects(p: Any, g: Any, s: Any, u: int, d: int, load: float, out: Any) -> None:
    """Write what the four modes would bring unit ``u`` in domain ``d`` into ``out``, given its present load."""
    c = g.unit_city[u]
    having, substantive = 0, 0
    for other in range(g.city_unit[c], g.city_unit[c + 1]):
        if other != u and s.has[other, d]:
            having += 1
            substantive += s.mode[other, d] == SUBSTANTIVE
    peers = substantive / having if having > 0 else 0.0
    elsewhere = load - (effort(s.mode[u, d], s.routine[u, d]) if s.has[u, d] else 0.0)
    pressure = pressure_on(p, g, s, u, d)
    oversight = oversight_of(p, s.level[c, 1])
    utilities(p, pressure, oversight, g.severity[u, d], peers, elsewhere, s.routine[u, d], out)


@kernel
def begin(p: Any, g: Any, s: Any, new: Any, week: int) -> None:
    """Give units the domains marked in ``new`` (shape units × domains): sites open, and modes are chosen.

    All new domains are decided at once, each with the other new ones at effort 0.
    """
    values = np.empty(4)
    chosen = np.full(new.shape, -1, np.int8)
    for u in range(new.shape[0]):
        for d in range(new.shape[1]):
            if new[u, d]:
                s.has[u, d] = True
                s.mode[u, d] = -1
                s.since[u, d] = week
                s.share[u, d] = p[0].pilot_share
                open_sites(p, g, s, u, d, week)
    for u in range(new.shape[0]):
        for d in range(new.shape[1]):
            if new[u, d]:
                prospects(p, g, s, u, d, unit_load(s, u), values)
                chosen[u, d] = choose(values, p[0].noise, week_uniform1(g.mode_key[u, d], week))
    for u in range(new.shape[0]):
        for d in range(new.shape[1]):
            if new[u, d]:
                s.mode[u, d] = chosen[u, d]


@kernel
def reconsider(p: Any, g: Any, s: Any, week: int) -> None:
    """At the monthly analysis let each unit rethink each domain's mode with probability ``revise``.

    All decide simultaneously, on everybody's last modes. A domain assigned this week has just been decided.
    """
    values = np.empty(4)
    chosen = s.mode.copy()
    for u in range(s.mode.shape[0]):
        load = unit_load(s, u)
        for d in range(s.mode.shape[1]):
            if s.has[u, d] and s.since[u, d] < week and week_uniform1(g.revise_key[u, d], week) < p[0].revise:
                prospects(p, g, s, u, d, load, values)
                chosen[u, d] = choose(values, p[0].noise, week_uniform1(g.mode_key[u, d], week))
    s.mode[:] = chosen


class CountyPilot(Row, mesa.Agent):
    """A county or municipal department ("unit"): decides how to execute each domain, and whether to adopt.

    Attributes are views on the model's arrays; ``index`` is the unit's row.
    """

    def __init__(self, model: MomentumModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.name = model.hierarchy.units[index]

    @property
    def is_department(self) -> bool:
        """Whether this is a municipal department, whose jurisdiction is every community of the city."""
        return bool(self.model.ground.is_department[self.index])

    @property
    def domains(self) -> list[str]:
        """Keys of the domains that the unit has."""
        return [name for name, has in zip(self.model.spec.domains, self.state.has[self.index], strict=True) if has]

    @property
    def load(self) -> float:
        """Sum of the efforts of its domains; above the capacity, quality falls."""
        return float(unit_load(self.state, self.index))

    @property
    def capacity(self) -> float:
        """What the unit can carry, in domains executed substantively, after meetings."""
        return float(self.model.parameters[0]["capacity"])

    @property
    def confidence(self) -> float:
        """Cadres' confidence, in [0, 1]."""
        return float(self.state.confidence[self.index])

    @property
    def engaged(self) -> bool:
        """Whether scouting engaged the unit."""
        return bool(self.state.engaged[self.index])

    @property
    def momentum(self) -> float:
        """Momentum settled with the unit, in instructions."""
        return float(self.state.Q[self.index].sum())

    @property
    def effect(self) -> float:
        """Mean effect over the unit's communities and all domains, in [0, 1]."""
        return float(self.state.mean_effect[self.index].mean())

    def mode(self, domain: str) -> str | None:
        """Return the name of the present mode in a domain, None when the unit does not have it."""
        column = self.model.domain_index(domain)
        return MODES[self.state.mode[self.index, column]] if self.state.has[self.index, column] else None

    def utilities(self, domain: str) -> dict[str, float]:
        """Return what each mode would bring the unit in a domain now (dimensionless utilities)."""
        values = np.empty(4)
        model, column = self.model, self.model.domain_index(domain)
        prospects(model.parameters, model.ground, self.state, self.index, column, self.load, values)
        return dict(zip(MODES, map(float, values), strict=True))

    def pressure(self, domain: str) -> float:
        """Return the perceived pressure Π in a domain, in [0, 1]: what is left of it as authority stands now."""
        model, column = self.model, self.model.domain_index(domain)
        return float(pressure_on(model.parameters, model.ground, self.state, self.index, column))
