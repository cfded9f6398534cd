"""One run on the page: a model, and the weekly numbers that the pictures draw."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from simulation.cases.panels import series
from simulation.cases.watching import look
from simulation.metrics import METRICS
from simulation.model import MomentumModel
from simulation.scenario import Scenario
from simulation.scenario.changes import Change
from simulation.schedule import Schedule
from simulation.world.in_force import in_force

if TYPE_CHECKING:
    from simulation.cases.case import Case

#: Metrics that describe one week by itself, so that each week only adds its own value.
WATCHED = (
    "effectiveness",
    "core_effect",
    "depth",
    "agenda",
    "site_effect",
    "surface",
    "breadth",
    "participation",
    "trust",
    "awareness",
    "reporting_gap",
    "symbolic",
)


class Track:
    """A model with its weekly series.

    Parameters
    ----------
    spec : Scenario
        The scenario that is run.
    seed : int
        At least 0.
    case : Case, optional
        The case whose scenario it is: then what its documents would have shown is watched too.

    Attributes
    ----------
    model : MomentumModel
        The model, at the end of its last week.
    series : dict of str to list of float
        One value per week for each metric of `WATCHED`; NaN where it is not defined.
    observed : dict of str to list of float
        One value per week for each measure of the case (`simulation.cases.panels.series`); empty without a case.
    """

    def __init__(self, spec: Scenario, seed: int, case: Case | None = None) -> None:
        self.case = case
        self.observed: dict[str, list[float]] = {}
        self.model = MomentumModel(spec, rng=seed)
        self.series: dict[str, list[float]] = {name: [] for name in WATCHED}
        self._held: tuple[list[Change], Scenario] | None = None

    @property
    def week(self) -> int:
        """Number of weeks that have been run."""
        return self.model.week

    @property
    def weeks(self) -> int:
        """Number of weeks in the scenario."""
        return self.model.spec.weeks

    def instructed(self, city: int) -> bool:
        """Tell whether a city received the instruction; all do where the scenario names none."""
        given = self.model.spec.instruction.cities
        return not given or self.model.hierarchy.cities[city] in given

    def cities(self) -> list[int]:
        """Return the indices of the cities, those that received the instruction first."""
        return sorted(range(len(self.model.hierarchy.cities)), key=lambda city: not self.instructed(city))

    def step(self, weeks: int = 1) -> None:
        """Run up to ``weeks`` further weeks, not beyond the scenario's end."""
        first = self.week
        for _ in range(min(weeks, self.weeks - first)):
            self.model.step()
            if self.case is not None:
                for measure, observed in series(self.case, look(self.model)).items():
                    self.observed.setdefault(measure, []).append(float(observed[0]))
        if self.week > first:
            outcome = self.model.outcome(weeks=slice(first, self.week))
            for name, values in self.series.items():
                values.extend(METRICS[name].compute(outcome).tolist())

    def branch(self, spec: Scenario) -> Track:
        """Return an independent track in the same week that goes on under a scenario with other changes from now on.

        Parameters
        ----------
        spec : Scenario
            Differs from this run's in changes by week alone, in the present week or later, after the scenario's own.

        Raises
        ------
        InputError
            When values that hold at the same time contradict each other.
        """
        schedule = Schedule(spec.changes)
        schedule.restore(self.model.schedule.to_data(), self.week)
        in_force(spec, schedule.holding(self.week), self.model.hierarchy)
        made = copy.copy(self)
        made.series = {name: list(values) for name, values in self.series.items()}
        made.observed = {name: list(values) for name, values in self.observed.items()}
        made._held = None
        made.model = self.model.branch()
        made.model.spec, made.model.schedule = spec, schedule
        return made

    @property
    def held(self) -> Scenario:
        """The scenario with the values that hold everywhere from the coming week on."""
        holding = [change for change in self.model.schedule.holding(self.week) if change.everywhere]
        if self._held is None or self._held[0] != holding:
            settings = {key: value for change in holding for key, value in change.set.items()}
            spec = self.model.spec
            self._held = (holding, spec.with_settings(settings) if settings else spec)
        return self._held[1]

    def now(self, metric: str) -> float:
        """Return a watched metric at the end of the last week, NaN before the first."""
        values = self.series[metric]
        return values[-1] if values else float("nan")
