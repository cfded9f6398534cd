"""County pilots: counties and municipal departments decide how to execute the domains that they are given.

A unit chooses a mode of execution for each domain that it has, by logit on what each mode would bring: pressure from
above, its own need and its peers' example, against load, effort and the risk of being found out (`agents.modes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.agents.institution import Institution
from simulation.agents.modes import choose, no_utilities, pressure_on, prospects, unit_load
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.scenario.modes import MODES, NO_MODE
from simulation.world.fixed import Flags, World
from simulation.world.parameters import Parameters
from simulation.world.sites import open_sites
from simulation.world.state import State

if TYPE_CHECKING:
    pass


@kernel
def begin(p: Parameters, g: World, s: State, new: Flags, week: int) -> None:
    """Give units the domains marked in ``new`` (shape units × domains): sites open, and modes are chosen.

    All new domains are decided at once, each as if the other new ones took no effort.
    """
    values = no_utilities()
    chosen = np.full(new.shape, NO_MODE, np.int8)
    for u in range(new.shape[0]):
        for d in range(new.shape[1]):
            if new[u, d]:
                s.has[u, d] = True
                s.mode[u, d] = NO_MODE
                s.since[u, d] = week
                s.share[u, d] = p.plan.pilot_share
                open_sites(p, g, s, u, d, week)
    for u in range(new.shape[0]):
        for d in range(new.shape[1]):
            if new[u, d]:
                prospects(p, g, s, u, d, unit_load(p, s, u), values)
                chosen[u, d] = choose(values, p.execution.noise, week_uniform1(g.mode_key[u, d], week))
    for u in range(new.shape[0]):
        for d in range(new.shape[1]):
            if new[u, d]:
                s.mode[u, d] = chosen[u, d]


@kernel
def reconsider(p: Parameters, g: World, s: State, week: int) -> None:
    """At the monthly analysis let each unit rethink each domain's mode with probability ``revise``.

    All units decide simultaneously, and look at the modes that everybody had before. A domain that was assigned this
    week keeps its mode, because it has just been decided.
    """
    values = no_utilities()
    chosen = s.mode.copy()
    for u in range(s.mode.shape[0]):
        load = unit_load(p, s, u)
        for d in range(s.mode.shape[1]):
            if s.has[u, d] and s.since[u, d] < week and week_uniform1(g.revise_key[u, d], week) < p.execution.revise:
                prospects(p, g, s, u, d, load, values)
                chosen[u, d] = choose(values, p.execution.noise, week_uniform1(g.mode_key[u, d], week))
    s.mode[:] = chosen


class CountyPilot(Institution):
    """A county or municipal department ("unit"): decides how to execute each domain, and whether to adopt.

    Attributes are views on the model's arrays; ``index`` is the unit's row.
    """

    tier = "units"

    @property
    def is_department(self) -> bool:
        """True for a municipal department, whose jurisdiction is every community of the city."""
        return bool(self.model.world.is_department[self.index])

    @property
    def domains(self) -> list[str]:
        """Keys of the domains that the unit has."""
        return [name for name, has in zip(self.model.spec.domains, self.state.has[self.index], strict=True) if has]

    @property
    def load(self) -> float:
        """Sum of the efforts of its domains; above the capacity, quality falls."""
        return float(unit_load(self.model.parameters, self.state, self.index))

    @property
    def capacity(self) -> float:
        """Number of domains that the unit can execute substantively, after meetings."""
        return float(self.model.parameters.execution.capacity)

    @property
    def confidence(self) -> float:
        """Cadres' confidence, in [0, 1]."""
        return float(self.state.confidence[self.index])

    @property
    def engaged(self) -> bool:
        """True if scouting engaged the unit."""
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
        """Return the utility that each mode would have for the unit in a domain now (dimensionless)."""
        values = no_utilities()
        model, column = self.model, self.model.domain_index(domain)
        prospects(model.parameters, model.world, self.state, self.index, column, self.load, values)
        return dict(zip(MODES, map(float, values), strict=True))

    def pressure(self, domain: str) -> float:
        """Return the perceived pressure Π in a domain, in [0, 1], at the present level of authority."""
        model, column = self.model, self.model.domain_index(domain)
        return float(pressure_on(model.parameters, model.world, self.state, self.index, column))
