"""County pilots: counties and municipal departments, which are given domains and lead their towns' work.

A unit holds the settled momentum of its domains, its cadres' confidence and a leading group of its own. Its towns
decide how a domain is executed; where it has none its own staff decides (`agents.town`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.agents.institution import Institution
from simulation.agents.modes import mean_routines
from simulation.compute.kernel import kernel
from simulation.scenario.modes import MODES, NO_MODE
from simulation.world.fixed import World
from simulation.world.state import State

if TYPE_CHECKING:
    from simulation.agents.town import TownGovernment


@kernel
def leading_modes(g: World, s: State, leading: NDArray[np.int8]) -> None:
    """Write the mode in which most of a unit's sites in a domain are executed (the first of equals), else -1.

    ``leading`` has shape (units, domains).
    """
    sites = np.zeros(len(MODES), np.int64)
    for u in range(leading.shape[0]):
        for d in range(leading.shape[1]):
            leading[u, d] = NO_MODE
            if not s.has[u, d]:
                continue
            sites[:] = 0
            for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
                if s.mode[x, d] != NO_MODE:
                    sites[s.mode[x, d]] += s.worked[x, d]
            most = 0
            for mode in range(len(sites)):
                if sites[mode] > most:
                    most = sites[mode]
                    leading[u, d] = mode


class CountyPilot(Institution):
    """A county or municipal department ("unit"): works its domains through its towns, and decides whether to adopt.

    Attributes are views on the model's arrays; ``index`` is the unit's row.
    """

    tier = "units"

    @property
    def parameter_row(self) -> int:
        """As ``unit_row`` of the state has it."""
        return int(self.state.unit_row[self.index])

    @property
    def is_department(self) -> bool:
        """True for a municipal department, whose jurisdiction is every community of the city."""
        return bool(self.model.world.is_department[self.index])

    @property
    def towns(self) -> list[TownGovernment]:
        """Those who execute its domains: its towns with simulated communities, or its own staff."""
        first, last = self.model.world.unit_executor[self.index : self.index + 2]
        return self.model.towns[first:last]

    @property
    def domains(self) -> list[str]:
        """Keys of the domains that the unit has."""
        return [name for name, has in zip(self.model.spec.domains, self.state.has[self.index], strict=True) if has]

    @property
    def load(self) -> float:
        """Mean load of those who execute its domains; above the capacity, quality falls."""
        return float(np.mean([town.load for town in self.towns]))

    @property
    def capacity(self) -> float:
        """Load that each of them can carry at full quality, after meetings."""
        return float(self.parameters.execution.capacity)

    @property
    def confidence(self) -> float:
        """Cadres' confidence, in [0, 1]."""
        return float(self.state.confidence[self.index])

    @property
    def authority(self) -> float:
        """Level of its own leading group, in [0, 1]."""
        return float(self.state.group[self.index])

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
        """Return the mode in which most of its sites in a domain are executed, None when the unit does not have it."""
        leading = np.empty(self.state.has.shape, np.int8)
        leading_modes(self.model.world, self.state, leading)
        mode = leading[self.index, self.model.domain_index(domain)]
        return None if mode == NO_MODE else MODES[mode]

    def routine(self, domain: str) -> float:
        """Return the mean routine over its sites in a domain, in [0, 1]."""
        routines = np.empty(self.state.has.shape)
        mean_routines(self.state, self.model.world.executor_unit, routines)
        return float(routines[self.index, self.model.domain_index(domain)])

    def utilities(self, domain: str) -> dict[str, float]:
        """Return the mean utility that each mode would have for its executors in a domain now (dimensionless).

        The mean is over those that have the domain; over all where none has.
        """
        mine = [town for town in self.towns if town.sites(domain) > 0] or self.towns
        found = [town.utilities(domain) for town in mine]
        return {mode: float(np.mean([each[mode] for each in found])) for mode in MODES}

    def pressure(self, domain: str) -> float:
        """Return the mean pressure that its executors perceive in a domain, at the present level of authority."""
        mine = [town for town in self.towns if town.sites(domain) > 0] or self.towns
        return float(np.mean([town.pressure(domain) for town in mine]))
