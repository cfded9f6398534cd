"""City leadership groups: they scout, select pilots, draw up the plan, evaluate and drive roll-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.agents.institution import Institution
from simulation.agents.plans import PlanTask, plan_kinds
from simulation.compute import randomness
from simulation.compute.kernel import kernel
from simulation.scenario.modes import MODES, NO_MODE, SUBSTANTIVE
from simulation.scenario.windows import AUTHORITY, PUBLICITY, SETTLEMENT
from simulation.world.fixed import Flags, Floats, World, names_of
from simulation.world.parameters import Parameters
from simulation.world.sites import close_sites, open_sites
from simulation.world.state import NEVER, State

if TYPE_CHECKING:
    from simulation.agents.county import CountyPilot


@kernel
def start(g: World, s: State, c: int, week: int, new: Flags) -> None:
    """Let a city begin: all its units are engaged and get the point domain, marked in ``new`` (units × domains)."""
    s.origin[c] = week
    s.active[c, g.point] = True
    for u in range(g.city_unit[c], g.city_unit[c + 1]):
        s.engaged[u] = True
        new[u, g.point] = not s.has[u, g.point]


@kernel
def prove(p: Parameters, s: State, reported: Floats, true: Floats) -> None:
    """Declare domains proven for good if their sites report more than ``proven_at`` and have any true effect."""
    for c in range(s.proven.shape[0]):
        for d in range(s.proven.shape[1]):
            if reported[c, d] > p.evaluation.proven_at and true[c, d] > 0.0:
                s.proven[c, d] = True


@kernel
def roll_out(p: Parameters, g: World, s: State, week: int) -> None:
    """Let units that execute a proven domain substantively open further sites: x ← min(1, x + rollout·a₂)."""
    for u in range(s.has.shape[0]):
        c = g.unit_city[u]
        if s.plan_week[c] == NEVER:
            continue
        for d in range(s.has.shape[1]):
            if s.has[u, d] and s.proven[c, d] and s.mode[u, d] == SUBSTANTIVE:
                s.share[u, d] = min(1.0, s.share[u, d] + p.evaluation.rollout * s.level[c, AUTHORITY])
                open_sites(p, g, s, u, d, week)


@kernel
def plan_due(p: Parameters, s: State, c: int, week: int) -> bool:
    """Tell whether a city draws up its plan in this week: stage 4 opens, is worked, and there is no plan yet."""
    a, clock = p.activity, week - s.origin[c]
    if s.plan_week[c] != NEVER or s.origin[c] == NEVER or a.intensity[SETTLEMENT] == 0.0:
        return False
    return bool(a.start[SETTLEMENT] <= clock < a.start[SETTLEMENT] + a.length[SETTLEMENT])


class CityLeadershipGroup(Institution):
    """A city's leadership group (领导小组): runs the five activities, scouts, plans and evaluates."""

    tier = "cities"

    @property
    def units(self) -> list[CountyPilot]:
        """The city's counties and departments."""
        first, last = self.model.world.city_unit[self.index : self.index + 2]
        return self.model.units[first:last]

    @property
    def levels(self) -> NDArray[np.float64]:
        """The levels of the five activities, in [0, 1]; a view."""
        return self.state.level[self.index]

    @property
    def momentum(self) -> float:
        """Momentum in the city's five stocks, in instructions."""
        return float(self.model.stocks[self.index].sum())

    @property
    def planned(self) -> bool:
        """True if the plan has been drawn up."""
        return bool(self.state.plan_week[self.index] != NEVER)

    def plan_due(self, week: int) -> bool:
        """Return True if the plan is due in this week."""
        return bool(plan_due(self.model.parameters, self.state, self.index, week))

    def scout(self) -> NDArray[np.float64]:
        """Return severity as scouting shows it: the truth plus N(0, scout_error·(1 − depth·a₃)), (units, domains)."""
        model = self.model
        first, last = model.world.city_unit[self.index : self.index + 2]
        scouting = model.parameters.scouting
        error = scouting.scout_error * (1 - scouting.depth * self.levels[PUBLICITY])
        names = randomness.keys(model.seed, "scouting", names_of(model.hierarchy.units)[first:last])
        noise = randomness.normal(randomness.pair(names, model.domain_keys))
        return np.asarray(model.world.severity[first:last] + error * noise)

    def draw_up_plan(self, week: int, new: NDArray[np.bool_]) -> None:
        """Engage units, assign domains, close the sites of dropped domains, and mark new assignments in ``new``."""
        model, s = self.model, self.state
        first = int(model.world.city_unit[self.index])
        perceived = self.scout()
        names = [unit.name for unit in self.units]
        by_name = np.array(sorted(range(len(names)), key=names.__getitem__))
        worst_first = by_name[np.argsort(-perceived[by_name].sum(axis=1), kind="stable")]
        wanted = max(1, int(model.parameters.scouting.breadth * len(names) + 0.5))
        engaged = np.array(sorted(worst_first[:wanted], key=names.__getitem__))

        plan = np.zeros(perceived.shape, np.bool_)
        plan[engaged] = plan_kinds()[model.spec.plan.kind](self._task(perceived, engaged, names))

        s.plan_week[self.index] = week
        s.active[self.index] = plan.any(axis=0)
        s.domains[self.index] = max(1, int(plan.any(axis=0).sum()))
        ours = slice(first, first + len(names))
        s.engaged[ours] = False
        s.engaged[first + engaged] = True
        new[ours] = plan & ~s.has[ours]
        for row, d in np.argwhere(s.has[ours] & ~plan).tolist():
            close_sites(model.world, s, first + row, d)
            s.has[first + row, d] = False
            s.mode[first + row, d] = NO_MODE

    def _task(self, perceived: NDArray[np.float64], engaged: NDArray[np.int64], names: list[str]) -> PlanTask:
        model = self.model
        domains, point = tuple(model.spec.domains), model.world.point
        order = [point, *(column for column in range(len(domains)) if column != point)]
        limit = model.spec.plan.domains
        keys = randomness.keys(model.seed, "lot", randomness.name_keys(names[row] for row in engaged))
        return PlanTask(
            units=tuple(names[row] for row in engaged),
            domains=domains,
            kept=np.array(order if limit == "all" else order[:limit]),
            point=point,
            perceived=perceived[engaged],
            draws=randomness.uniform(randomness.pair(keys, model.domain_keys)),
            per_unit=model.spec.plan.per_county,
            table={unit: list(given) for unit, given in (model.spec.plan.table or {}).items()},
        )

    def report(self, domain: str) -> dict[str, float]:
        """Return the mean reported and true effect of a domain's sites, each in [0, 1]."""
        reported, true, _ = self.model.evaluation()
        column = self.model.domain_index(domain)
        return {"reported": float(reported[self.index, column]), "true": float(true[self.index, column])}

    def execution(self) -> dict[str, int]:
        """Return how many (unit, domain) pairs are executed in each mode."""
        modes = [mode for unit in self.units if (mode := [unit.mode(d) for d in unit.domains])]
        flat = [mode for row in modes for mode in row]
        return {mode: flat.count(mode) for mode in MODES}
