"""Measuring vectors: each setting has a store and a number of runs of its own, so that none runs more than it must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.evaluating import Evaluator, Staged
from simulation.evidence.measuring import Measuring
from simulation.evidence.targets import Calibration
from simulation.experiments.design.distributions import Range
from simulation.experiments.running.protocol import Around, Results, Task
from simulation.experiments.running.seeds import mix

type Array = NDArray[np.float64]


DIGITS = 5
"""Significant digits of a vector's values: what is run is what a file holds."""


def rounded(value: float, prior: Range, digits: int = DIGITS) -> float:
    """Return a value to so many significant digits, inside its range."""
    return min(max(float(f"{value:.{digits}g}"), prior.low), prior.high)


class Among(Around):
    """A task whose seeds are those of a fixed number of cities, so that a worker need not build one per run.

    Parameters
    ----------
    task : task
        What runs.
    number : int
        Cities to choose from.
    """

    def __init__(self, task: Task, number: int) -> None:
        super().__init__(task)
        self.number = number

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> Results:
        """Run under one of the seeds 0 to number − 1."""
        return self.task(dict(parameters), seed % self.number)

    @property
    def identity(self) -> dict[str, Any]:
        """The identity of the task, and the number of cities."""
        return {**super().identity, "among": self.number}


class Measurer:
    """Measures findings under parameter vectors; the same call again finds its runs in the stores.

    Without ``among`` replicate r of a setting has the same seed under every vector, and so the same ordinary city:
    vectors differ by what they do, and not by the cities that they happen to meet. With it every vector meets cities of
    its own, drawn from so many: what few cities have in common then is no error that all vectors share.

    Parameters
    ----------
    asked : Calibration
        Findings, settings and the parameters that vectors name.
    folder : Path
        Gets one store per setting: ``<stage>-<setting>.sqlite``.
    stage : str
        Part of the search, say ``wave``; another stage has other seeds, and so other cities.
    runs : mapping of str to int
        Setting to the number of runs per vector.
    among : int, optional
        Number of cities, and of seeds, that each vector's are drawn from.
    options
        As for ``sweep``: workers, progress, lang.
    """

    def __init__(
        self, asked: Calibration, folder: Path, stage: str, runs: Mapping[str, int],
        among: int | None = None, **options: Any,
    ) -> None:  # fmt: skip
        self.asked = asked
        self.runs = dict(runs)
        seed = mix(asked.seed ^ int.from_bytes(stage.encode()[:8])) >> 11
        self._parts: list[tuple[list[int], Evaluator]] = []
        for name, setting in asked.settings.items():
            here = {key: target for key, target in asked.targets.items() if target.setting == name}
            part = asked.replace(targets=here, settings={name: setting})
            inner: Task = Measuring(part.settings, list(here.values()))
            task = Staged(inner if among is None else Among(inner, among), part, stage)
            evaluator = Evaluator(
                part, task, folder / f"{stage}-{name}.sqlite", seed,
                paired=among is None, replicates=self.runs[name], options=options, replay=False,
            )  # fmt: skip
            self._parts.append(([list(asked.targets).index(key) for key in here], evaluator))

    def __call__(self, vectors: Sequence[Mapping[str, Any]]) -> tuple[Array, Array]:
        """Return each target's mean and its standard error, both of shape (vectors, targets); NaN where undefined."""
        means = np.full((len(vectors), len(self.asked.targets)), np.nan)
        errors = np.full_like(means, np.nan)
        for columns, evaluator in self._parts:
            first = len(evaluator.points)
            means[:, columns] = evaluator(vectors)
            errors[:, columns] = np.array(evaluator.errors[first:]).reshape(len(vectors), len(columns))
        return means, errors

    def values(self, unit: Array) -> list[dict[str, float]]:
        """Return vectors of the unit cube as parameters, as files hold them: rounded to so many significant digits."""
        priors = self.asked.parameters.items()
        return [
            {name: rounded(float(prior.at(float(u))), prior) for (name, prior), u in zip(priors, row, strict=True)}
            for row in unit
        ]

    @property
    def made(self) -> int:
        """Model runs that stand behind all calls so far."""
        return sum(len({tuple(p.values()) for p in one.points}) * one.replicates for _, one in self._parts)

    @property
    def vectors(self) -> int:
        """Different vectors behind all calls so far."""
        return len({tuple(point.values()) for point in self._parts[0][1].points})
