"""Towns and subdistricts: they carry out what their county is given, and decide how (上面千条线，下面一根针).

A town that has sites of a domain chooses a mode of execution for it, by logit on what each mode would bring: pressure
passed down to it, the county's need and its peers' example, against load, effort and the risk of being found out
(`agents.modes`). A department, or a county without towns, decides through a staff of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.agents.institution import Institution
from simulation.agents.modes import (
    choose,
    count_in_cities,
    count_peers,
    coverage,
    effort,
    loads,
    no_utilities,
    oversight_of,
    passed_down,
    perceived_pressure,
    pressure_on,
    prospects,
    share_of_peers,
    utilities,
)
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.scenario.modes import MODES, NO_MODE, SUBSTANTIVE
from simulation.world.fixed import Flags, World
from simulation.world.parameters import Rows
from simulation.world.sites import open_sites
from simulation.world.state import State

if TYPE_CHECKING:
    from simulation.agents.county import CountyPilot
    from simulation.model import MomentumModel


@kernel
def begin(rows: Rows, g: World, s: State, new: Flags, week: int) -> None:
    """Give units the domains marked in ``new`` (shape units × domains): sites open, and modes are chosen."""
    for u in range(new.shape[0]):
        p = rows[s.unit_row[u]]
        for d in range(new.shape[1]):
            if new[u, d]:
                s.has[u, d] = True
                s.since[u, d] = week
                s.share[u, d] = p.plan.pilot_share
                open_sites(p, g, s, u, d, week)
    take_up(rows, g, s, week)


@kernel
def take_up(rows: Rows, g: World, s: State, week: int) -> None:
    """Let every executor that has sites of a domain of its unit, and no mode yet, choose one.

    All decide at once, each as if the other domains that are new to it took no effort.
    """
    having, substantive = np.zeros(s.has.shape, np.int64), np.zeros(s.has.shape, np.int64)
    count_peers(g, s, having, substantive)
    values, load = no_utilities(), np.empty(len(s.mode))
    loads(rows, g, s, load)
    chosen = s.mode.copy()
    for x in range(s.mode.shape[0]):
        u = g.executor_unit[x]
        p = rows[s.unit_row[u]]
        for d in range(s.mode.shape[1]):
            if s.mode[x, d] == NO_MODE and s.has[u, d] and s.worked[x, d] > 0:
                prospects(p, g, s, x, d, load[x], having, substantive, values)
                chosen[x, d] = choose(values, p.execution.noise, week_uniform1(g.mode_key[x, d], week))
    s.mode[:] = chosen


@kernel
def reconsider(rows: Rows, g: World, s: State, week: int) -> None:
    """At the monthly analysis let each executor rethink each domain's mode with probability ``revise``.

    All decide simultaneously, and look at the modes that everybody had before. A domain that was assigned this week
    keeps its mode, because it has just been decided.
    """
    having, substantive = np.zeros(s.has.shape, np.int64), np.zeros(s.has.shape, np.int64)
    everywhere, alike = np.zeros(s.proven.shape, np.int64), np.zeros(s.proven.shape, np.int64)
    count_peers(g, s, having, substantive)
    count_in_cities(g.city_unit, having, everywhere)
    count_in_cities(g.city_unit, substantive, alike)
    values, load = no_utilities(), np.empty(len(s.mode))
    loads(rows, g, s, load)
    mode, since, routine, worked, stock = s.mode, s.since, s.routine, s.worked, s.Q
    executor_unit, revise_key, severity, unit_row = g.executor_unit, g.revise_key, g.severity, s.unit_row
    chosen = mode.copy()
    for x in range(mode.shape[0]):
        u = executor_unit[x]
        c = g.unit_city[u]
        p = rows[unit_row[u]]
        oversight = oversight_of(p, s.group[u] * s.attention[c])
        for d in range(mode.shape[1]):
            if mode[x, d] == NO_MODE or since[u, d] >= week:
                continue
            if week_uniform1(revise_key[x, d], week) >= p.execution.revise:
                continue
            r = routine[x, d]
            like = mode[x, d] == SUBSTANTIVE
            peers = share_of_peers(having[u, d], substantive[u, d], everywhere[c, d], alike[c, d], like)
            covered = coverage(p, worked[x, d], g.executor_places[x])
            elsewhere = load[x] - effort(p, mode[x, d], r) * covered
            pressure = perceived_pressure(p, stock[u, d], s.confidence[u], s.group[u], r)
            felt = passed_down(p, pressure, g.executor_tier[x])
            utilities(p, felt, oversight, severity[u, d], peers, elsewhere, r, covered, values)
            chosen[x, d] = choose(values, p.execution.noise, week_uniform1(g.mode_key[x, d], week))
    s.mode[:] = chosen


def all_loads(model: MomentumModel) -> NDArray[np.float64]:
    """Return every executor's load, in the order of the executors."""
    load = np.empty(len(model.world.executor_unit))
    loads(model.numbers, model.world, model.state, load)
    return load


class TownGovernment(Institution):
    """A town or subdistrict with simulated communities (乡镇街道), or the staff of a unit that works without towns.

    It decides how to execute each domain that has sites in its communities. Attributes are views on the model's arrays;
    ``index`` is the executor's row.
    """

    tier = "towns"

    @classmethod
    def names(cls, model: MomentumModel) -> Sequence[str]:
        """Return the names of all executors: of the town, or of the unit whose staff it is."""
        return model.executors

    @property
    def county(self) -> CountyPilot:
        """The county or department to which it belongs."""
        return self.model.units[self.model.world.executor_unit[self.index]]

    @property
    def parameter_row(self) -> int:
        """Its unit's."""
        return self.county.parameter_row

    @property
    def is_staff(self) -> bool:
        """True for the staff of a department, or of a county without towns."""
        return bool(self.model.world.executor_tier[self.index] == 1)

    @property
    def domains(self) -> list[str]:
        """Keys of the domains that it executes, in whatever mode."""
        modes = self.state.mode[self.index]
        return [name for name, mode in zip(self.model.spec.domains, modes, strict=True) if mode != NO_MODE]

    @property
    def places(self) -> int:
        """Number of simulated communities for which it works."""
        return int(self.model.world.executor_places[self.index])

    @property
    def load(self) -> float:
        """Sum of its domains' efforts, by coverage; above the capacity, quality falls."""
        return float(all_loads(self.model)[self.index])

    @property
    def capacity(self) -> float:
        """Load that it can carry at full quality, after meetings."""
        return float(self.parameters.execution.capacity)

    def sites(self, domain: str) -> int:
        """Return the number of its open sites in a domain."""
        return int(self.state.worked[self.index, self.model.domain_index(domain)])

    def coverage(self, domain: str) -> float:
        """Return how far a domain loads it, in [0, 1] (see `agents.modes.coverage`)."""
        return float(coverage(self.parameters, self.sites(domain), self.places))

    def routine(self, domain: str) -> float:
        """Return its routine in a domain, in [0, 1]."""
        return float(self.state.routine[self.index, self.model.domain_index(domain)])

    def effort(self, domain: str) -> float:
        """Return the effort of a domain in its present mode, before coverage; 0 without one."""
        column = self.model.domain_index(domain)
        mode, routine = self.state.mode[self.index, column], self.state.routine[self.index, column]
        return float(effort(self.parameters, mode, routine))

    def mode(self, domain: str) -> str | None:
        """Return the name of the present mode in a domain, None when there is no site of it."""
        mode = self.state.mode[self.index, self.model.domain_index(domain)]
        return None if mode == NO_MODE else MODES[mode]

    def utilities(self, domain: str) -> dict[str, float]:
        """Return the utility that each mode would have in a domain now (dimensionless)."""
        model, s = self.model, self.state
        having, substantive = np.zeros(s.has.shape, np.int64), np.zeros(s.has.shape, np.int64)
        count_peers(model.world, s, having, substantive)
        values, column = no_utilities(), model.domain_index(domain)
        prospects(self.parameters, model.world, s, self.index, column, self.load, having, substantive, values)
        return dict(zip(MODES, map(float, values), strict=True))

    def pressure(self, domain: str) -> float:
        """Return the pressure that it perceives in a domain, at least 0 (at most 1 without escalation)."""
        model, column = self.model, self.model.domain_index(domain)
        return float(pressure_on(self.parameters, model.world, self.state, self.index, column))
