"""City leadership groups: they scout, select pilots, draw up the plan, evaluate and drive roll-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.agents.agenda import choose_agenda, perceive, value_of
from simulation.agents.department import gather
from simulation.agents.institution import Institution
from simulation.agents.plans import PlanTask, plan_kinds
from simulation.agents.town import take_up
from simulation.compute import randomness
from simulation.compute.kernel import kernel
from simulation.scenario.modes import MODES, NO_MODE, SUBSTANTIVE
from simulation.scenario.windows import AUTHORITY, SETTLEMENT, TREND
from simulation.world.fixed import Flags, Floats, World
from simulation.world.forms import let_through
from simulation.world.parameters import Parameters, Rows
from simulation.world.sites import close_sites, open_sites
from simulation.world.state import NEVER, State
from simulation.world.windows import working

if TYPE_CHECKING:
    from simulation.agents.county import CountyPilot
    from simulation.agents.department import Department


@kernel
def start(p: Parameters, g: World, s: State, c: int, week: int, new: Flags) -> None:
    """Let a city begin: all its units are engaged and get the domains named to it, marked in ``new`` (units × domains).

    A city that begins without a signal takes the point, and reads it as the instruction is worded.
    """
    s.origin[c] = week
    s.opened[c, TREND] = week
    if not s.named[c].any():
        s.named[c, g.point] = True
        s.wording[c] = p.instruction.wording
    for d in range(s.named.shape[1]):
        if s.named[c, d]:
            s.active[c, d] = True
            s.co_operation[c, d] = let_through(p.departments.conflict, 0, g.members[c, d])
            for u in range(g.city_unit[c], g.city_unit[c + 1]):
                s.engaged[u] = True
                new[u, d] = not s.has[u, d]


@kernel
def prove(rows: Rows, s: State, reported: Floats, true: Floats) -> None:
    """Declare domains proven for good if their sites report more than ``proven_at`` and have any true effect.

    Where proof must be kept, at two reviews in a row.
    """
    for c in range(s.proven.shape[0]):
        p = rows[s.city_row[c]]
        for d in range(s.proven.shape[1]):
            enough = reported[c, d] > p.evaluation.proven_at and true[c, d] > 0.0
            if enough and (p.evaluation.proof_kept == 0.0 or s.reported_enough[c, d]):
                s.proven[c, d] = True
            s.reported_enough[c, d] = enough


@kernel(inline="always")
def spreads(p: Parameters, proven: bool, reported_enough: bool) -> bool:
    """Tell whether a domain may spread: it is proven and, where proof must be kept, still reports enough."""
    return proven and (p.evaluation.proof_kept == 0.0 or reported_enough)


@kernel
def roll_out(rows: Rows, g: World, s: State, week: int) -> None:
    """Let units open further sites of a domain that spreads: x ← min(1, x + rollout·K·(share of substantive sites)).

    K is the departments' co-operation; where roll-out goes by authority, a₂ comes in beside it.
    """
    for u in range(s.has.shape[0]):
        c = g.unit_city[u]
        if s.plan_week[c] == NEVER:
            continue
        p, deciding = rows[s.unit_row[u]], rows[s.city_row[c]]
        for d in range(s.has.shape[1]):
            if not s.has[u, d] or not spreads(deciding, s.proven[c, d], s.reported_enough[c, d]):
                continue
            substantive = 0
            for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
                substantive += s.worked[x, d] * (s.mode[x, d] == SUBSTANTIVE)
            if substantive > 0:
                grown = p.evaluation.rollout * (substantive / s.sites[u, d]) * s.co_operation[c, d]
                if p.evaluation.by_authority > 0.0:
                    grown *= s.level[c, AUTHORITY]
                s.share[u, d] = min(1.0, s.share[u, d] + grown)
                open_sites(p, g, s, u, d, week)
    take_up(rows, g, s, week)


@kernel
def plan_due(p: Parameters, s: State, c: int, week: int) -> bool:
    """Tell whether a city draws up its plan in this week: stage 4 opens, is worked, and there is no plan yet."""
    if s.plan_week[c] != NEVER or p.activity.intensity[SETTLEMENT] == 0.0:
        return False
    return working(p, s.origin[c], s.opened[c, SETTLEMENT], SETTLEMENT, week)


class CityLeadershipGroup(Institution):
    """A city's leadership group (领导小组): runs the five activities, scouts, plans and evaluates."""

    tier = "cities"

    @property
    def parameter_row(self) -> int:
        """As ``city_row`` of the state has it."""
        return int(self.state.city_row[self.index])

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
        return bool(plan_due(self.parameters, self.state, self.index, week))

    def scout(self) -> NDArray[np.float64]:
        """Return severity as scouting shows it: the truth plus N(0, scout_error·(1 − depth·a₃)), (units, domains)."""
        model = self.model
        first, last = model.world.city_unit[self.index : self.index + 2]
        seen = np.zeros(model.world.severity.shape)
        perceive(self.parameters, model.world, self.state, self.index, seen)
        return seen[first:last]

    @property
    def agenda(self) -> list[str]:
        """Keys of the domains that the city has taken on, in file order."""
        active = self.state.active[self.index]
        return [name for name, flag in zip(self.model.spec.domains, active, strict=True) if flag]

    @property
    def attention(self) -> float:
        """Share of its authority that the leading group can give to each domain, in [0, 1]."""
        return float(self.state.attention[self.index])

    @property
    def departments(self) -> list[Department]:
        """The city's departments."""
        first, last = self.model.world.city_department[self.index : self.index + 2]
        return self.model.departments[first:last]

    @property
    def point(self) -> int:
        """Column of the domain that was named to the city (of several, the model's point or the first)."""
        named, point = self.state.named[self.index], self.model.world.point
        return point if named[point] or not named.any() else int(np.argmax(named))

    def worth(self) -> dict[str, float]:
        """Return what each domain is worth to the leading group now (dimensionless)."""
        model = self.model
        seen = np.zeros(model.world.severity.shape)
        perceive(self.parameters, model.world, self.state, self.index, seen)
        return {
            name: float(value_of(self.parameters, model.world, self.state, self.index, d, seen))
            for d, name in enumerate(model.spec.domains)
        }

    def _kept(self, week: int) -> NDArray[np.int64]:
        """Return the columns of the domains that the plan may use, the point first."""
        model, point, limit = self.model, self.point, self.spec.agenda.domains
        order = [point, *(column for column in range(len(model.spec.domains)) if column != point)]
        if limit != "chosen":
            return np.array(order if limit == "all" else order[:limit])
        seen, chosen = np.zeros(model.world.severity.shape), self.state.active[self.index].copy()
        perceive(self.parameters, model.world, self.state, self.index, seen)
        choose_agenda(self.parameters, model.world, self.state, self.index, week, seen, chosen)
        return np.array([column for column in order if chosen[column]])

    def draw_up_plan(self, week: int, new: NDArray[np.bool_]) -> None:
        """Engage units, assign domains, close the sites of dropped domains, and mark new assignments in ``new``."""
        model, s = self.model, self.state
        first = int(model.world.city_unit[self.index])
        perceived = self.scout()
        names = [unit.name for unit in self.units]
        by_name = np.array(sorted(range(len(names)), key=names.__getitem__))
        worst_first = by_name[np.argsort(-perceived[by_name].sum(axis=1), kind="stable")]
        wanted = max(1, int(self.parameters.scouting.breadth * len(names) + 0.5))
        engaged = np.array(sorted(worst_first[:wanted], key=names.__getitem__))

        plan = np.zeros(perceived.shape, np.bool_)
        plan[engaged] = plan_kinds()[self.spec.plan.kind](self._task(perceived, engaged, names, week))
        ours = slice(first, first + len(names))
        if self.parameters.plan.kept > 0.0:
            plan[:, self.point] |= s.has[ours, self.point]

        s.plan_week[self.index] = week
        s.active[self.index] = plan.any(axis=0)
        gather(self.parameters, model.world, s, self.index)
        s.engaged[ours] = False
        s.engaged[first + engaged] = True
        new[ours] = plan & ~s.has[ours]
        for row, d in np.argwhere(s.has[ours] & ~plan).tolist():
            close_sites(model.world, s, first + row, d)
            s.has[first + row, d] = False
            executors = slice(*model.world.unit_executor[first + row : first + row + 2])
            s.mode[executors, d] = NO_MODE

    def _task(
        self, perceived: NDArray[np.float64], engaged: NDArray[np.int64], names: list[str], week: int
    ) -> PlanTask:
        model = self.model
        keys = randomness.keys(model.seed, "lot", randomness.name_keys(names[row] for row in engaged))
        return PlanTask(
            units=tuple(names[row] for row in engaged),
            domains=tuple(model.spec.domains),
            kept=self._kept(week),
            point=self.point,
            perceived=perceived[engaged],
            draws=randomness.uniform(randomness.pair(keys, model.domain_keys)),
            per_unit=int(self.parameters.plan.per_county),
            table={unit: list(given) for unit, given in (self.spec.plan.table or {}).items()},
        )

    def report(self, domain: str) -> dict[str, float]:
        """Return the mean reported and true effect of a domain's sites, each in [0, 1]."""
        reported, true, _ = self.model.evaluation()
        column = self.model.domain_index(domain)
        return {"reported": float(reported[self.index, column]), "true": float(true[self.index, column])}

    def execution(self) -> dict[str, int]:
        """Return how many pairs of executor and domain are executed in each mode."""
        executors = self.model.world.unit_executor[self.model.world.city_unit[self.index : self.index + 2]]
        modes = self.state.mode[slice(*executors)]
        return {name: int((modes == mode).sum()) for mode, name in enumerate(MODES)}
