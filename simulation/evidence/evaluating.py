"""Evaluating parameter vectors on an experiment's store: the vectors are points, the targets' values metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Calibration
from simulation.experiments.design.design import Design
from simulation.experiments.design.design_file import list_of_points
from simulation.experiments.running.protocol import Around, Results, Task
from simulation.experiments.running.worker import OK
from simulation.experiments.store.reading import Experiment, read_store
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError, told

if TYPE_CHECKING:
    import pandas as pd

type Array = NDArray[np.float64]

LEAST_DEFINED = 0.5
"""Share of a vector's runs in which a target must be defined to have a mean."""


class Staged(Around):
    """The task of a calibration's store: the measuring task, with what the search depends on beside it.

    Parameters
    ----------
    task : task
        Returns each target's value.
    calibration : Calibration
        Its findings and priors become part of the store's identity: with others the search would go elsewhere.
    stage : str
        The part of the calibration that the store belongs to.
    """

    def __init__(self, task: Task, calibration: Calibration, stage: str) -> None:
        super().__init__(task)
        self._identity = {
            **super().identity,
            "stage": stage,
            "keep": calibration.keep,
            **{f"prior.{name}": prior.spec() for name, prior in calibration.parameters.items()},
            **{f"target.{name}": target.spec for name, target in calibration.targets.items()},
        }

    def __call__(self, parameters: dict[str, Any], seed: int) -> Results:
        """Run it."""
        return self.task(parameters, seed)

    @property
    def identity(self) -> dict[str, Any]:
        """Plain data that describes what runs."""
        return self._identity


@dataclass
class Evaluator:
    """Runs vectors on a store, each once; a stopped calibration finds them there.

    Parameters
    ----------
    calibration : Calibration
        Findings, priors, replicates.
    task : task
        What runs.
    store : Path
        The file.
    seed : int
        Of the experiment.
    paired : bool
        True if replicate r has the same seed for every vector.
    replicates : int
        Runs per vector.
    options : dict
        As for ``sweep``: workers, executor, dask, progress, lang.
    replay : bool
        True if each call's vectors follow from earlier results, as in a search. The store must then hold them in this
        order, or it is refused.

    Attributes
    ----------
    points : list of dict
        The vectors asked for so far.
    means, errors : list of array
        Of each vector, one value per target: the mean over its runs and the standard error of that mean.
    stored : Experiment or None
        The store as it was last opened; None before it is there.
    """

    calibration: Calibration
    task: Task
    store: Path
    seed: int
    paired: bool
    replicates: int
    options: dict[str, Any] = field(default_factory=dict)
    replay: bool = True
    points: list[dict[str, Any]] = field(default_factory=list)
    means: list[Array] = field(default_factory=list)
    errors: list[Array] = field(default_factory=list)
    stored: Experiment | None = field(default=None, repr=False)

    def values(self, unit: Array) -> list[dict[str, Any]]:
        """Return vectors of the unit cube as parameters."""
        priors = self.calibration.parameters
        return [
            {name: prior.at(float(u)) for (name, prior), u in zip(priors.items(), row, strict=True)} for row in unit
        ]

    def __call__(self, vectors: Sequence[Mapping[str, Any]]) -> Array:
        """Return the targets' means over runs, shape (vectors, targets): NaN where undefined in half of them."""
        first = len(self.points)
        self.points += [dict(vector) for vector in vectors]
        names = [column for target in self.calibration.targets.values() for column in target.columns]
        runs = self._runs(names)
        keys = [tuple(point.values()) for point in self.points[first:]]
        grouped: dict[tuple[Any, ...], list[list[float]]] = {key: [] for key in keys}
        for row in runs[[*self.points[0], "status", *names]].itertuples(index=False, name=None):
            place = len(self.points[0])
            if row[:place] in grouped and row[place] == OK:
                grouped[row[:place]].append([np.nan if v is None else float(v) for v in row[place + 1 :]])
        for key in keys:
            mean, error = self.mean_of(np.array(grouped[key], dtype=np.float64).reshape(-1, len(names)), names)
            self.means.append(mean)
            self.errors.append(error)
        return np.array(self.means[first:]).reshape(len(keys), len(self.calibration.targets))

    def mean_of(self, rows: Array, names: Sequence[str]) -> tuple[Array, Array]:
        """Return each target's weighted mean over runs and the error of that mean, from columns of values and weights.

        With weights it is a ratio of two means, and its error that of the delta method.
        """
        targets = self.calibration.targets.values()
        table = rows[:, [names.index(target.columns[0]) for target in targets]]
        weight = np.column_stack(
            [
                np.ones(len(rows)) if target.weight is None else rows[:, names.index(target.columns[1])]
                for target in targets
            ]
        )
        defined = np.isfinite(table) & np.isfinite(weight)
        number = defined.sum(axis=0)
        weight = np.where(defined, weight, 0.0)
        total = weight.sum(axis=0)
        enough = (number >= max(1.0, LEAST_DEFINED * self.replicates)) & (total > 0)
        total = np.where(total > 0, total, 1.0)
        mean = (weight * np.where(defined, table, 0.0)).sum(axis=0) / total
        squares = np.where(defined, (weight * (table - mean)) ** 2, 0.0).sum(axis=0)
        error = np.sqrt(squares * number / np.maximum(number - 1, 1)) / total
        return np.where(enough, mean, np.nan), np.where(enough & (number > 1), error, np.nan)

    def distances(self, means: Array) -> Array:
        """Return each mean's distance from its target's range, in tolerances, shape as given."""
        targets = self.calibration.targets.values()
        columns = [[target.distance(float(value)) for value in means[:, j]] for j, target in enumerate(targets)]
        return np.array(columns).T.reshape(means.shape)

    def _runs(self, names: list[str]) -> pd.DataFrame:
        """Return all runs of the points requested so far; runs that the store holds are not repeated.

        A store may hold more points than were requested: those of a stopped search that is being replayed.
        """
        wanted, held = _once(self.points), self._held()
        if not self.replay:
            return self._sweep(_once([*held, *wanted]), names).runs
        if len(held) < len(wanted):
            return self._sweep(wanted, names).runs
        # The first time a sweep opens the store even if nothing is left to do: it refuses another experiment's.
        stored = self.stored
        if stored is None or not self.means:
            stored = self._sweep(held, names)
        if held[: len(wanted)] != wanted:
            raise InputError(
                told("error.search.other"),
                file=self.store,
                allowed=told("error.search.other.allowed"),
            )
        return (stored if stored.complete else self._sweep(held, names)).runs

    def _held(self) -> list[dict[str, Any]]:
        if self.stored is None:
            if not self.store.exists() or not self.store.stat().st_size:
                return []
            self.stored = read_store(self.store)
        names = self.stored.design.names
        table = self.stored.points[names]
        return [dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None)]

    def _sweep(self, points: list[dict[str, Any]], names: list[str]) -> Experiment:
        factors, rows = list_of_points(points)
        design = Design(
            factors=factors, kind="list", rows=rows, replicates=self.replicates, metrics=tuple(names),
            seed=self.seed, paired=self.paired, name=self.calibration.name, file=self.calibration.file,
        )  # fmt: skip
        self.stored = sweep(design, self.task, store=self.store, **self.options)
        return self.stored


def _once(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the points without repetitions, as the store keeps them."""
    return list({tuple(point.values()): point for point in points}.values())
