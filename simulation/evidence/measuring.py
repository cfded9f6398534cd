"""Measuring findings in the model: the settings of the runs, and the quantities that a run gives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.evidence.ensemble import Ensemble
from simulation.experiments.running.task import ModelTask, warm_model
from simulation.files.errors import InputError, nearest, told
from simulation.metrics import METRICS, WEEKS_AFTER, Outcome, summary

if TYPE_CHECKING:
    from simulation.evidence.targets import Target
    from simulation.scenario import Scenario


def trials(outcome: Outcome) -> float:
    """Count a city's trials: domains that have a pilot site at the end; mean over cities."""
    return float((outcome.record.piloted[-1] > 0).sum(axis=1).mean())


def rolled_out(outcome: Outcome) -> float:
    """Count the trials that were rolled out: domains with sites beyond their pilots at the end; mean over cities.

    Only a proven domain gets them, by roll-out or adoption, unless communities open sites unasked.
    """
    record = outcome.record
    return float(((record.piloted[-1] > 0) & (record.covered[-1] > record.piloted[-1])).sum(axis=1).mean())


def reported_sum(outcome: Outcome) -> float:
    """Sum the reported effect of all open sites at the end; mean over cities."""
    return float(outcome.record.reported[-1].sum(axis=1).mean())


def true_sum(outcome: Outcome) -> float:
    """Sum the true effect of all open sites at the end; mean over cities."""
    return float(outcome.record.true[-1].sum(axis=1).mean())


_KEPT_CITIES = 400
"""Drawn cities that a setting keeps: vectors are measured on the same ones."""

FACTS: dict[str, Callable[[Outcome], float]] = {
    "trials": trials,
    "rolled_out": rolled_out,
    "reported_sum": reported_sum,
    "true_sum": true_sum,
}
"""Names that an expression may use besides the metrics."""


def metric_names() -> list[str]:
    """Return the metrics that an expression may name."""
    return list(METRICS)


class Setting:
    """A place of measurement: one scenario, or cities drawn from an ensemble.

    Free parameters override the scenario, the draws of an ensemble override these, and ``values`` override everything:
    they describe the situation that the finding is about.

    Parameters
    ----------
    name : str
        Key in the target file.
    scenario : str, Path, dict or Scenario
        The scenario that runs, or the base of the ensemble.
    values : mapping
        Dotted keys that the setting fixes.
    draws : mapping, optional
        Changes to the ordinary distributions (see ``Ensemble``); None for a single scenario.
    key : str
        Named in errors.
    """

    def __init__(
        self,
        name: str,
        scenario: Any = "zhaoqing",
        values: Mapping[str, Any] | None = None,
        draws: Mapping[str, Any] | None = None,
        key: str = "",
    ) -> None:
        from simulation.scenario import load_scenario

        self.name = name
        self.values = dict(values or {})
        self.base: Scenario = load_scenario(scenario)
        self._situation = self.base.with_values(self.values)
        self._cities: dict[int, Scenario] = {}
        self._draws, self._key = draws, key
        self.ensemble = (
            None if draws is None else Ensemble(draws, base=self.base, values=self.values, key=f"{key}.ensemble")
        )

    @functools.cached_property
    def fixed(self) -> set[str]:
        """Keys that no free parameter moves here."""
        drawn = set() if self.ensemble is None else set(self.ensemble.draws)
        return drawn | self.values.keys()

    def over(self, values: Mapping[str, Any]) -> Setting:
        """Return the same place with other values of its scenario where nothing else overrides them."""
        return Setting(self.name, self.base.with_values(values), self.values, self._draws, self._key)

    def check(self, key: str, ends: Iterable[Any], file: str | Path | None) -> None:
        """Raise InputError unless the scenario has the parameter and accepts both ends of its range."""
        valid = ModelTask.names()
        if key not in valid:
            raise InputError(
                told("error.no_such_parameter"),
                file=file,
                key=f"parameters.{key}",
                suggestion=nearest(key, valid),
            )
        for end in ends:
            try:
                self.base.with_values({key: end})
            except InputError as error:
                raise InputError(
                    error.problem, file=file, key=f"parameters.{key}", given=end, allowed=error.allowed
                ) from None

    def scenario(self, parameters: Mapping[str, Any], seed: int) -> Scenario:
        """Return the scenario of one run; the city of an ensemble is drawn by the run's seed."""
        open_here = {key: value for key, value in parameters.items() if key not in self.fixed}
        if self.ensemble is None:
            return self._situation.with_values(open_here)
        city = self._cities.get(seed)
        if city is None:
            while len(self._cities) >= _KEPT_CITIES:
                self._cities.pop(next(iter(self._cities)), None)
            city = self._cities[seed] = self.ensemble.city(seed)
        return city.with_values(open_here)

    def measure(self, parameters: Mapping[str, Any], seed: int, names: Iterable[str]) -> dict[str, float]:
        """Run once and return the quantities that the expressions name: metrics at the end, their moments, facts."""
        from simulation.model import MomentumModel

        spec = self.scenario(parameters, seed)
        model = MomentumModel(spec=spec, rng=seed)
        model.run_for(spec.weeks)
        outcome = model.outcome()
        at_end = summary(outcome)
        return {name: read(outcome, at_end, name) for name in names}

    @property
    def identity(self) -> dict[str, Any]:
        """Plain data that says what runs."""
        if self.ensemble is not None:
            return self.ensemble.identity
        return {**ModelTask(self.base).identity, "values": self.values}


def read(outcome: Outcome, at_end: Mapping[str, float], name: str) -> float:
    """Return a metric at the end, its peak or its value 52 weeks after the peak, or a fact.

    A run that ends within 52 weeks of the peak has no value a year after: NaN.
    """
    if name in FACTS:
        return FACTS[name](outcome)
    metric, _, moment = name.partition(".")
    if not moment:
        return at_end[metric]
    series = METRICS[metric].compute(outcome)
    if np.isnan(series).all():
        return float("nan")
    top = int(np.nanargmax(series))
    later = top if moment == "peak" else top + WEEKS_AFTER
    return float(series[later]) if later < len(series) else float("nan")


class Measuring:
    """A task: run every setting once under the run's seed, and return the value of each target.

    Parameters
    ----------
    settings : mapping of str to Setting
        Where.
    targets : sequence of Target
        What.
    """

    def __init__(self, settings: Mapping[str, Setting], targets: Sequence[Target]) -> None:
        self.settings = dict(settings)
        self.targets = list(targets)

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> dict[str, float]:
        """Return target → value of its expression, and the weights of those that have one."""
        values: dict[str, float] = {}
        for name, setting in self.settings.items():
            here = [target for target in self.targets if target.setting == name]
            asked = [expression for target in here for expression in (target.expression, target.weight) if expression]
            found = setting.measure(parameters, seed, sorted({name for one in asked for name in one.names}))
            for target in here:
                both = (target.expression, target.weight)
                values |= {
                    column: one.value(found)
                    for column, one in zip(target.columns, both, strict=False)
                    if one is not None
                }
        return values

    def warm_up(self) -> None:
        """Import and compile the model."""
        warm_model()

    @property
    def identity(self) -> dict[str, Any]:
        """The settings and expressions; a store continues only with the same ones."""
        where = {f"settings.{name}": setting.identity for name, setting in self.settings.items()}
        return where | {f"targets.{target.name}": target.spec for target in self.targets}
