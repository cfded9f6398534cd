"""The runs of a battery: arm × seed → metrics, each done once and kept in a store.

Hypotheses share runs: the plain scenario is everybody's control. So the store's points are pairs of an arm (its
setting as JSON) and a run's seed; a later call, another hypothesis or a larger plan adds points to the same file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simulation.experiments.design import Design, list_of_points
from simulation.experiments.driver import sweep
from simulation.experiments.hypotheses.evidence import Matrix
from simulation.experiments.reading import read_store
from simulation.experiments.seeds import run_seed
from simulation.experiments.task import identify
from simulation.experiments.worker import OK
from simulation.scenario.errors import InputError, nearest

type Request = Mapping[str, Iterable[int]]
"""Arm's text to numbers of replicates."""


def arm_text(setting: Mapping[str, Any]) -> str:
    """Return a setting as the text that names it in the store: equal settings, equal texts."""
    return json.dumps(dict(setting), sort_keys=True, ensure_ascii=False, allow_nan=False)


class SettingTask:
    """A task whose point says everything: the setting and the seed.

    Parameters
    ----------
    task : task
        ``f(parameters, seed)``, say a ``ModelTask``.
    """

    def __init__(self, task: Any) -> None:
        self.task = task

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> Any:
        """Run the setting under its own seed; the design's one seed is not used."""
        return self.task(json.loads(parameters["arm"]), int(parameters["run_seed"]))

    @property
    def identity(self) -> dict[str, Any]:
        """The identity of the task inside."""
        return identify(self.task)


class Pool:
    """Runs of one task, kept in one store.

    Parameters
    ----------
    task : task
        What runs.
    path : Path
        The store.
    seed : int
        The experiment's seed: replicate r has the same seed in every arm.
    options
        As for ``sweep``: workers, executor, dask, progress, lang.
    """

    def __init__(self, task: Any, path: str | Path, seed: int = 0, **options: Any) -> None:
        self.task = SettingTask(task)
        self.path = Path(path)
        self.seed = seed
        self.options = options
        self.warnings: list[str] = []
        self._found: dict[str, dict[int, int]] = {}
        self._metrics: dict[str, int] = {}
        self._numbers: Matrix = np.empty((0, 0))
        self._points: dict[tuple[str, int], None] = {}
        self.errors: list[str] = []
        if self.path.exists() and self.path.stat().st_size:
            self._read()

    def missing(self, wanted: Request) -> int:
        """Return how many of the runs wanted are not done."""
        return len(self._undone(self._pairs(wanted)))

    def ensure(self, wanted: Request) -> None:
        """Do the runs wanted that the store lacks.

        Raises
        ------
        InputError
            When every one of them fails; the first error is shown.
        KeyboardInterrupt
            When interrupted; what finished is kept.
        """
        pairs = self._pairs(wanted)
        if not self._undone(pairs):
            return
        everything = [*self._points, *sorted(pairs - self._points.keys())]
        factors, rows = list_of_points([{"arm": arm, "run_seed": seed} for arm, seed in everything])
        design = Design(factors=factors, kind="list", rows=rows, seed=self.seed, name="hypotheses")
        experiment = sweep(design, self.task, store=self.path, **self.options)
        self.warnings += [text for text in experiment.warnings if text not in self.warnings]
        self._read()
        if not any(seed in self._found.get(arm, {}) for arm, seed in pairs):
            raise InputError(f"every run failed; the first one: {self.errors[0]}", file=self.path)

    def outcomes(self, arms: Sequence[str], replicates: Iterable[int], metric: str) -> Matrix:
        """Return a metric as an array (replicates, arms); NaN where a run failed or has no such number.

        Raises
        ------
        InputError
            When no run has the metric.
        """
        seeds = [run_seed(self.seed, replicate) for replicate in replicates]
        table = np.full((len(seeds), len(arms)), np.nan)
        if metric not in self._metrics:
            raise InputError(
                "no run has such a metric",
                key="metric",
                given=metric,
                suggestion=nearest(metric, self._metrics),
            )
        for column, arm in enumerate(arms):
            done = self._found.get(arm, {})
            for row, seed in enumerate(seeds):
                if seed in done:
                    table[row, column] = self._numbers[done[seed], self._metrics[metric]]
        return table

    def _undone(self, pairs: set[tuple[str, int]]) -> set[tuple[str, int]]:
        return {(arm, seed) for arm, seed in pairs if seed not in self._found.get(arm, {})}

    def _pairs(self, wanted: Request) -> set[tuple[str, int]]:
        return {(arm, run_seed(self.seed, replicate)) for arm, numbers in wanted.items() for replicate in numbers}

    def _read(self) -> None:
        experiment = read_store(self.path)
        runs = experiment.runs
        self._metrics = {name: place for place, name in enumerate(experiment.metrics)}
        self._points = dict.fromkeys(
            (str(arm), int(seed)) for arm, seed in experiment.points[["arm", "run_seed"]].itertuples(index=False)
        )
        done = runs[runs["status"] == OK]
        self._numbers = done[experiment.metrics].to_numpy(dtype=np.float64)
        self._found = {}
        for row, (arm, seed) in enumerate(zip(done["arm"], done["run_seed"], strict=True)):
            self._found.setdefault(str(arm), {})[int(seed)] = row
        self.errors = [re.sub(r"\s+", " ", str(text)) for text in runs.loc[runs["status"] != OK, "error"]]
