"""The model: one week, step by step, and the data that it needs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, cast

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation import interventions, metrics, record, steps
from simulation.agents import institutions, reporting
from simulation.agents.bodies import Body, BodySet
from simulation.agents.citizens import Citizen, CitizenSet
from simulation.agents.city import CityLeadershipGroup
from simulation.agents.county import CountyPilot
from simulation.agents.department import Department
from simulation.agents.province import ProvincialLeader
from simulation.agents.town import TownGovernment
from simulation.citizens.population import Population
from simulation.citizens.rules import RULES
from simulation.citizens.settling import settle
from simulation.citizens.week import run_week
from simulation.compute import randomness
from simulation.ledger import balance as ledger
from simulation.places.hierarchy import load_hierarchy, sample
from simulation.record import Record
from simulation.scenario import load_scenario
from simulation.scenario.windows import STAGES
from simulation.schedule import Schedule
from simulation.world import departments
from simulation.world.executors import executor_names
from simulation.world.fixed import World, build_world
from simulation.world.in_force import InForce, in_force, with_room
from simulation.world.parameters import Parameters
from simulation.world.signals import signals_of
from simulation.world.state import State, build_state

if TYPE_CHECKING:
    import networkx

    from simulation.places.hierarchy import Hierarchy, Sample
    from simulation.scenario import Scenario

PARALLEL_ABOVE = 200_000


class MomentumModel(mesa.Model):
    """Political momentum turning into governance, week by week; an ordinary Mesa model.

    Parameters
    ----------
    spec : str, Path, dict or Scenario
        A shipped scenario's name, a file, a dict, or a loaded scenario.
    rng : int
        The seed; 0 is a seed. A numpy generator draws the seed.
    network : networkx.Graph, optional
        The network of contacts, with nodes 0 … citizens − 1, instead of the scenario's network.
    thresholds : array, optional
        One threshold per citizen, for the threshold rule, instead of drawn ones.
    threads : int
        Threads for the citizens' week, used only above 200,000 citizens. Results do not depend on their number.

    Attributes
    ----------
    spec : Scenario
        The resolved scenario. (``scenario`` is Mesa's own.)
    schedule, held : Schedule, InForce
        The scenario's changes, which have begun and which wait; the parameters in force, and where.
    authority_ends : array, shape (cities,)
        Week in which stage 2 closes by the calendar, or has closed; infinite if it never does.
    months : list of tuple of int
        Weeks between monthly analyses: from which week on, how many.
    hierarchy : Hierarchy
        All places by name; ``hierarchy.graph`` is a networkx.DiGraph.
    parameters, world, state : Parameters, World, State
        What compiled code reads and writes: numbers (an element of ``numbers``), fixed arrays, arrays that change.
    stocks, before : array, shape (cities, 5)
        Momentum in each stage's stock at the end of the last week and of the one before, in instructions.
    marked : array of bool, shape (units, domains)
        Room in which rules mark domains that begin.
    given : dict
        ``network`` and ``thresholds`` as they were given.
    record : Record
        Weekly series, `week` rows of it written.
    graph : networkx.DiGraph
        The tree on which the agents stand: `hierarchy.graph`, with the departments under their cities.
    provinces, cities, units, towns, departments : list
        The institutional agents, one list per kind (`simulation.agents.institutions`), in the hierarchy's order.
    citizens : CitizenSet
        All citizens.
    bodies : BodySet
        All bodies that may take part; empty where they are only a share.
    """

    provinces: list[ProvincialLeader]
    cities: list[CityLeadershipGroup]
    units: list[CountyPilot]
    towns: list[TownGovernment]
    departments: list[Department]

    def __init__(
        self,
        spec: Any = "zhaoqing",
        *,
        rng: Any = None,
        network: networkx.Graph | None = None,
        thresholds: NDArray[np.float64] | None = None,
        threads: int = 1,
        **mesa_options: Any,
    ) -> None:
        if isinstance(rng, np.integer):
            rng = int(rng)  # Mesa hands the seed to random.Random, which knows no numpy numbers
        super().__init__(rng=rng, **mesa_options)
        self.seed = rng if isinstance(rng, int) else int(self._seed)
        self.spec: Scenario = load_scenario(spec)
        self.threads = threads
        self.given = {"network": network, "thresholds": thresholds}
        self.week = 0
        self.hierarchy: Hierarchy = load_hierarchy(self.spec)
        self.sample: Sample = sample(self.hierarchy, self.spec.structure.citizens, self.spec.structure.communities)
        self.schedule = Schedule(self.spec.changes)
        self.world: World = build_world(self.spec, self.hierarchy, self.sample, self.seed, self.spec.weeks)
        self.held: InForce = in_force(self.spec, (), self.hierarchy)
        self.signals = signals_of(self.spec)
        self.months = [(0, self.spec.execution.analysis_every)]
        self.authority_ends = np.full(len(self.hierarchy.cities), self.spec.stages.authority.end)
        self.department_keys = departments.used(self.spec)
        self.department_names = departments.names(self.spec, self.hierarchy)
        self.executors: tuple[str, ...] = executor_names(self.world, self.hierarchy, self.sample)
        self.state: State = build_state(self.world)
        self.state.unit_row[:] = self.held.unit_row
        self.record: Record = record.empty_record(self.world, self.spec.weeks)
        self.stocks = np.zeros((len(self.hierarchy.cities), len(STAGES)))
        self.before = np.zeros_like(self.stocks)
        self.marked = np.zeros(self.state.has.shape, np.bool_)
        self.domain_keys = randomness.name_keys(self.spec.domains)
        self.population: Population = settle(
            self.spec, self.hierarchy, self.sample, self.world, self.seed, network=network, thresholds=thresholds
        )
        self._rule = RULES[self.spec.citizens.rule]
        self._handle = steps.Handle()
        self._ahead = 0
        for kind in institutions():
            setattr(self, kind.tier, [kind(self, index) for index in range(len(kind.names(self)))])
        self.citizens = CitizenSet(self)
        self.bodies = BodySet(self)

    def step(self) -> None:
        """One week.

        0. Changes that begin or end take hold.
        1. Instructions: leaders may be replaced; provincial leaders write theirs; cities begin.
        2. Stage levels: the five activities rise or relax, and set the gates.
        3. The plan, in the week in which stage 4 opens.
        4. Monthly analysis: attention is divided; towns choose modes of execution, departments whether to co-operate.
        5. Flows: all five stages convert, from the stocks at the start of the week; then confidence.
        6. Effect and routine.
        7. Citizens look, decide and learn.
        8. Review, each quarter: proof, renewal, roll-out, agenda, adoption, leverage downward, neighbouring cities.

        Then the ledger is checked and the week is recorded. `steps.weeks` runs the same steps for many weeks at once.
        """
        if self._ahead > 0:  # computed before Mesa's clock came to it, see `compute_ahead`
            self._ahead -= 1
            return
        # 0
        if self.schedule.turns(self.week):
            interventions.take_hold(self)
        self._make_room(self.week)
        week, handle = self.week, self._handle.of(self)
        steps.open_week(handle)

        # 1
        steps.replace_leaders(handle, week)
        self._instruct(handle, week)
        # 2
        steps.raise_levels(handle, week)
        # 3
        self._plan(handle, week)
        # 4
        steps.analyse(handle, week)
        # 5
        steps.flow(handle)
        # 6
        steps.settle_in(handle)
        # 7
        self._citizens_week(handle, week)
        # 8
        steps.review(handle, self.population.seen, self.population.seen_next, self._rule, week)

        self._close_week(steps.close_week(handle, week))

    def compute(self, weeks: int) -> None:
        """Run so many weeks, in one compiled call between any two decisions that need Python.

        The model is the same as after as many calls of `step`, and Mesa's clock too. Events that Mesa's schedule holds
        between are seen only at the end. A class that has a `step` of its own is stepped.

        Raises
        ------
        ValueError
            When ``weeks`` is not a whole number of at least 0.
        """
        if isinstance(weeks, bool) or not isinstance(weeks, (int, np.integer)) or weeks < 0:
            raise ValueError(f"weeks must be a whole number of at least 0, not {weeks!r}")
        if type(self).step is not MomentumModel.step:
            for _ in range(weeks):
                self.step()
            return
        try:
            self.compute_ahead(int(weeks))
        finally:
            self.catch_up()

    def compute_ahead(self, weeks: int) -> None:
        """Do what `compute` does, and leave Mesa's clock behind until `catch_up`: a sweep never looks at it."""
        last = self.week + weeks
        while self.week < last:
            before, ahead = self.week, self._ahead
            try:
                if self._in_parallel or not self._compute_to(last):
                    self._ahead = 0
                    MomentumModel.step(self)  # past Mesa, whose clock follows later
            finally:
                self._ahead = ahead + self.week - before

    def catch_up(self) -> None:
        """Let Mesa's clock pass over the weeks that `compute_ahead` has run."""
        if self._ahead > 0:
            self.run_for(self._ahead)

    def _compute_to(self, last: int) -> bool:
        """Run weeks until ``last`` or the next decision that needs Python; return whether any was run."""
        week = self.week
        if self.schedule:
            if self.schedule.turns(week):
                return False
            last = min(last, interventions.next_stop(self))
        for signal in self.signals:
            if signal.week == week:
                return False
            if signal.week > week:
                last = min(last, signal.week)
                break
        self._make_room(last - 1)
        people = self.population
        run = steps.weeks(self._handle.of(self), people.seen, people.seen_next, self._rule, week, last)
        balanced = run >= 0
        run = run if balanced else -run
        if run % 2:
            people.turn()
        if run > 0:
            self.week += run - 1
            self._close_week(balanced)
        return run > 0

    @property
    def _in_parallel(self) -> bool:
        return self.threads > 1 and len(self.population) > PARALLEL_ABOVE

    def _close_week(self, balanced: bool) -> None:
        if not balanced:
            cities = self.hierarchy.cities
            ledger.explain(self.before, self.state.booked, self.stocks, week=self.week, cities=cities)
        interventions.ask(self)
        self.week += 1
        self.running = self.week < self.spec.weeks

    def change(self, values: Mapping[str, Any], **where: Any) -> None:
        """Change parameters from the coming week on; `spec` then holds the change, and a new run of it does the same.

        ``values`` maps dotted keys to values; for ``where`` (length, cities, units, title) see `Scenario.with_change`.

        Raises
        ------
        InputError
            A parameter that cannot change, a value out of range, no such place; the model is then as it was.
        """
        interventions.add(self, self.spec.with_change(self.week, values, **where))

    def branch(self) -> Self:
        """Return an independent model in the same state: both go on alike until they are told to differ.

        What never changes is shared; citizens, records, Mesa's clock and data collectors are copied.
        """
        return interventions.twin(self)

    def _citizens_week(self, handle: Any, week: int) -> None:
        population = self.population
        if self._in_parallel:
            rule = self.spec.citizens.rule
            run_week(self.numbers, self.world, self.state, population, rule, week, threads=self.threads)
            steps.bodies_week(handle, week)
        else:
            steps.citizens_week(handle, population.seen, population.seen_next, self._rule, week)
            population.turn()

    def _make_room(self, week: int) -> None:
        """Grow the record and the chance events when a run goes on past its planned end."""
        if week < len(self.record.level):
            return
        room = 2 * week
        self.record = record.extended(self.record, room)
        self.world = with_room(self.world, self.held, self.hierarchy, self.seed, room)

    def _instruct(self, handle: Any, week: int) -> None:
        s = self.state
        for signal in self.signals:
            if signal.week == week:
                for leader in self.provinces:
                    leader.issue(signal)
        starting = s.origin == week
        if np.count_nonzero(starting):
            self.marked[:] = False
            for c in np.flatnonzero(starting).tolist():
                steps.start(handle, c, week)
            steps.begin(handle, week)

    def _plan(self, handle: Any, week: int) -> None:
        due = [group for group in self.cities if steps.plan_due(handle, group.index, week)]
        if not due:
            return
        self.marked[:] = False
        for group in due:
            group.draw_up_plan(week, self.marked)
        steps.survey_sites(handle)
        steps.begin(handle, week)

    def evaluation(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """Return mean reported effect, mean true effect and number of open sites, each (cities, domains)."""
        shape = self.state.proven.shape
        reported, true, sites = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int64)
        reporting.evaluate(self.numbers, self.world, self.state, reported, true, sites)
        return reported, true, sites

    @property
    def numbers(self) -> NDArray[np.void]:
        """The numbers in force, as compiled rules read them: one record per row of `held`."""
        return self.held.numbers

    @property
    def parameters(self) -> Parameters:
        """The numbers in force wherever no change is limited to some places."""
        return cast("Parameters", self.numbers[0])

    @property
    def ground(self) -> World:
        """The fixed arrays, under the letter that rules give them; the same as `world`."""
        return self.world

    @functools.cached_property
    def graph(self) -> networkx.DiGraph:
        """The tree of places and departments, from parent to child; each institutional agent but staff has a node."""
        return departments.placed(self.hierarchy.graph, self.spec, self.hierarchy)

    def domain_index(self, domain: str) -> int:
        """Return the column of a domain; raises KeyError naming the domains there are."""
        names = list(self.spec.domains)
        if domain not in names:
            raise KeyError(f"no domain '{domain}'; domains are {', '.join(names)}")
        return names.index(domain)

    def outcome(self, city_index: int | None = None, *, weeks: slice | None = None) -> metrics.Outcome:
        """Return the record so far, for metrics: of all cities or of one."""
        written = record.part(self.record, slice(0, self.week) if weeks is None else weeks)
        ends = self.authority_ends if city_index is None else self.authority_ends[city_index]
        return metrics.Outcome.of(written, self.world, float(np.max(ends)), city_index)

    def metric(self, name: str) -> float:
        """Return a metric at the end of the last week, NaN before the first."""
        if self.week == 0:
            return float("nan")
        return float(metrics.METRICS[name].compute(self.outcome())[-1])

    @property
    def effectiveness(self) -> float:
        """Governance effectiveness (治理效能) at the end of the last week, in [0, 1]."""
        return 0.0 if self.week == 0 else self.metric("effectiveness")

    @property
    def agent_types(self) -> list[type]:
        """All kinds of agent, citizens and bodies included."""
        return [*super().agent_types, Citizen, *([Body] if len(self.bodies) else [])]

    @property
    def agents_by_type(self) -> dict[type, Any]:
        """Agents by kind; citizens as a `CitizenSet`, bodies as a `BodySet`."""
        known = dict(cast("dict[type, Any]", super().agents_by_type))
        if "bodies" in self.__dict__:
            known[Citizen] = self.citizens
            if len(self.bodies):
                known[Body] = self.bodies
        return known
