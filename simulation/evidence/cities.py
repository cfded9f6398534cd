"""Running an ensemble: cities are drawn, run once each, and written as files, so that each can be run again by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from simulation.evidence.ensemble import Ensemble
from simulation.experiments.design.design import Design
from simulation.experiments.design.design_file import flatten
from simulation.experiments.design.distributions import Choices
from simulation.experiments.design.factors import Factor
from simulation.experiments.running.task import warm_model
from simulation.experiments.running.worker import OK
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError, told
from simulation.files.output import whole_file
from simulation.files.reading import read_toml

if TYPE_CHECKING:
    import pandas as pd

CITIES = "cities.csv"
STORE = "runs.sqlite"


class CityTask:
    """A task: run city number ``city`` of an ensemble, under its own seed.

    Parameters
    ----------
    ensemble : Ensemble
        The ensemble that cities are drawn from.
    seed : int
        Of the ensemble.
    """

    def __init__(self, ensemble: Ensemble, seed: int) -> None:
        self.ensemble, self.seed = ensemble, seed

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> dict[str, float]:
        """Run one city and return its metrics and facts."""
        from simulation.evidence.measuring import FACTS
        from simulation.metrics import summary
        from simulation.model import MomentumModel

        spec = self.ensemble.city(self.seed, int(parameters["city"]))
        model = MomentumModel(spec=spec, rng=seed)
        model.run_for(spec.weeks)
        outcome = model.outcome()
        return summary(outcome) | {name: fact(outcome) for name, fact in FACTS.items()}

    def warm_up(self) -> None:
        """Import and compile the model."""
        warm_model()

    @property
    def identity(self) -> dict[str, Any]:
        """The ensemble and its seed, as plain data."""
        return {**self.ensemble.identity, "ensemble seed": self.seed}


@dataclass(frozen=True)
class Cities:
    """An ensemble that was run.

    Attributes
    ----------
    table : DataFrame
        One row per city: ``city``, ``seed`` (of its run), ``status``, the drawn values (dotted keys and ``counties``,
        ``domains``, ``acute``), metrics, ``trials`` and ``rolled_out``.
    measures : list of str
        The columns that are results.
    errors : list of str
        Errors of the cities that could not be run.
    """

    table: pd.DataFrame
    measures: list[str]
    errors: list[str]


def read_draws(file: str | Path) -> dict[str, Any]:
    """Return the distributions of a TOML file, as ``Ensemble`` takes them.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    return flatten(read_toml(Path(file)))


def run_cities(ensemble: Ensemble, cities: int, folder: str | Path, *, seed: int = 0, **options: Any) -> Cities:
    """Run the first ``cities`` cities of an ensemble, resuming by itself, and write table and scenarios to a folder.

    Parameters
    ----------
    ensemble : Ensemble
        The cities to draw.
    cities : int
        Number of cities, at least 2.
    folder : path
        Gets ``runs.sqlite``, ``cities.csv`` and ``city-0000.toml`` and so on, which ``wushi run`` takes.
    seed : int
        Of the ensemble.
    **options
        As for ``sweep``.

    Raises
    ------
    InputError
        When there are too few cities, or the folder's store holds another ensemble.
    """
    import pandas as pd

    if cities < 2:
        raise InputError(told("error.ensemble.cities"), key="--cities", given=cities, allowed=told("error.from_2"))
    ensemble.city(seed)  # refuses what no city can be run with, before anything is written
    folder = Path(folder)
    numbers = Factor("city", Choices(tuple(range(cities))))
    design = Design(factors=(numbers,), seed=seed, paired=False, name="ensemble")
    stored = sweep(design, CityTask(ensemble, seed), store=folder / STORE, **options)
    runs = stored.runs.sort_values("city", kind="stable")
    drawn = pd.DataFrame([{"city": number} | ensemble.drawn(seed, number) for number in range(cities)])
    table = runs[["city", "seed", "status"]].merge(drawn, on="city").merge(runs[["city", *stored.metrics]], on="city")
    for number in range(cities):
        with whole_file(folder / f"city-{number:04d}.toml") as made:
            made.write_text(scenario_text(ensemble, seed, number), encoding="utf-8")
    with whole_file(folder / CITIES) as made:
        table.to_csv(made, index=False, lineterminator="\n", encoding="utf-8")
    errors = [str(error) for error in runs.loc[runs["status"] != OK, "error"]]
    return Cities(table, list(stored.metrics), errors)


def scenario_text(ensemble: Ensemble, seed: int, number: int) -> str:
    """Return a city as the text of a scenario file."""
    nested = ensemble.city(seed, number).to_dict()
    nested["title"] = {"en": f"Ordinary city {number}", "zh": f"普通城市 {number}"}
    nested.pop("question", None)
    return tomli_w.dumps(_writable(nested))


def _writable(value: Any) -> Any:
    """Return what TOML can say: no key without a value, and infinity as a number."""
    if isinstance(value, Mapping):
        return {key: _writable(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return [_writable(entry) for entry in value]
    return math.inf if value == "inf" else value
