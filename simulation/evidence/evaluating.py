"""Evaluating parameter vectors on an experiment's store: the vectors are points, the targets' values metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.replaying import Replay
from simulation.evidence.targets import Calibration
from simulation.experiments.running.protocol import Around, Results, Task
from simulation.experiments.running.worker import OK

if TYPE_CHECKING:
    from simulation.experiments.store.reading import Experiment

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
    means, errors : list of array
        Of each vector, one value per target: the mean over its runs and the standard error of that mean.
    """

    calibration: Calibration
    task: Task
    store: Path
    seed: int
    paired: bool
    replicates: int
    options: dict[str, Any] = field(default_factory=dict)
    replay: bool = True
    means: list[Array] = field(default_factory=list)
    errors: list[Array] = field(default_factory=list)
    _replay: Replay = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._replay = Replay(
            self.task, self.store, self.seed, self.paired, self.replicates, self.options, self.replay,
            self.calibration.name, self.calibration.file,
        )  # fmt: skip

    @property
    def points(self) -> list[dict[str, Any]]:
        """The vectors asked for so far."""
        return self._replay.points

    @points.setter
    def points(self, points: list[dict[str, Any]]) -> None:
        self._replay.points = points

    @property
    def stored(self) -> Experiment | None:
        """The store as it was last opened; None before it is there."""
        return self._replay.stored

    def values(self, unit: Array) -> list[dict[str, Any]]:
        """Return vectors of the unit cube as parameters."""
        priors = self.calibration.parameters
        return [
            {name: prior.at(float(u)) for (name, prior), u in zip(priors.items(), row, strict=True)} for row in unit
        ]

    def __call__(self, vectors: Sequence[Mapping[str, Any]]) -> Array:
        """Return the targets' means over runs, shape (vectors, targets): NaN where undefined in half of them."""
        first = len(self.points)
        names = [column for target in self.calibration.targets.values() for column in target.columns]
        runs = self._replay(vectors, names)
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
