"""The runs of a battery: arm × seed → metrics, each done once and kept in stores.

Hypotheses share runs: the plain scenario is everybody's control. So a store's points are pairs of an arm (its setting
as JSON) and a run's seed. Missing runs are swept into a store of their own, named after its content; all stores of one
scenario are read together. So a battery that was stopped, or that grows or shrinks, does only the runs that no store
has yet.
"""

from __future__ import annotations

import glob
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simulation.experiments.design.design import Design
from simulation.experiments.design.design_file import list_of_points
from simulation.experiments.running.protocol import Around, Results, Task
from simulation.experiments.running.seeds import run_seed
from simulation.experiments.running.worker import OK
from simulation.experiments.store.reading import Experiment, read_store
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError, nearest, told
from simulation.hypotheses.evidence import Matrix

type Request = Mapping[str, Iterable[int]]
"""Arm's text to numbers of replicates."""


def arm_text(setting: Mapping[str, Any]) -> str:
    """Return a setting as the text that names it in the store: equal settings, equal texts.

    JSON has no infinity; it is written as the text "inf", which a scenario reads.
    """
    return json.dumps(_finite(setting), sort_keys=True, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inside) for inside in value]
    return "inf" if isinstance(value, float) and value == math.inf else value


class SettingTask(Around):
    """A task whose point holds both the setting and the seed.

    Parameters
    ----------
    task : task
        What runs in a setting, say a ``ModelTask``.
    """

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> Results:
        """Run the setting under its own seed; the design's one seed is not used."""
        return self.task(json.loads(parameters["arm"]), int(parameters["run_seed"]))


class Pool:
    """Runs of one task, kept in the stores ``<name>-*.sqlite`` of a folder.

    Parameters
    ----------
    task : task
        The task that runs.
    folder : Path
        Folder of the stores.
    name : str
        Names the task's stores.
    seed : int
        The experiment's seed: replicate r has the same seed in every arm.
    options
        As for ``sweep``: workers, executor, dask, retry_failed, progress, lang.

    Raises
    ------
    InputError
        When a store of this name holds runs of something else, or is damaged.
    """

    def __init__(self, task: Task, folder: str | Path, name: str, seed: int = 0, **options: Any) -> None:
        self.task = SettingTask(task)
        self.folder = Path(folder)
        self.name = name
        self.seed = seed
        self.options = options
        self.warnings: list[str] = []
        self.errors: dict[tuple[str, int], str] = {}
        self._found: dict[str, dict[int, _Row]] = {}
        self._metrics: set[str] = set()
        for path in self.stores:
            self._read(path)
        if options.get("retry_failed"):
            self.errors.clear()

    @property
    def stores(self) -> list[Path]:
        """The existing stores, in the order of their names."""
        return sorted(self.folder.glob(f"{glob.escape(self.name)}-*.sqlite"))

    def missing(self, wanted: Request) -> int:
        """Return how many of the required runs are not done."""
        return len(self._undone(self._pairs(wanted)))

    def ensure(self, wanted: Request) -> None:
        """Do the required runs that the stores lack.

        Raises
        ------
        InputError
            When every one of them fails; the first error is shown.
        KeyboardInterrupt
            When interrupted; finished runs are kept.
        """
        pairs = self._pairs(wanted)
        undone = sorted(self._undone(pairs))
        if undone:
            factors, rows = list_of_points([{"arm": arm, "run_seed": seed} for arm, seed in undone])
            design = Design(factors=factors, kind="list", rows=rows, seed=self.seed, name="hypotheses")
            digest = hashlib.blake2b(json.dumps(undone).encode(), digest_size=4).hexdigest()
            path = self.folder / f"{self.name}-{digest}.sqlite"
            try:
                experiment = sweep(design, self.task, store=path, **self.options)
            except BaseException:
                if path.exists():
                    self._read(path)
                raise
            self._take(experiment)
            self.warnings += [text for text in experiment.warnings if text not in self.warnings]
        if pairs and not any(seed in self._found.get(arm, {}) for arm, seed in pairs):
            first = next(iter(self.errors.values()), "")
            raise InputError(told("error.runs.all_failed", first=first), file=self.folder)

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
                told("error.no_run_metric"),
                key="metric",
                given=metric,
                suggestion=nearest(metric, self._metrics),
            )
        for column, arm in enumerate(arms):
            done = self._found.get(arm, {})
            for row, seed in enumerate(seeds):
                if seed in done:
                    table[row, column] = done[seed].get(metric, np.nan)
        return table

    def _undone(self, pairs: set[tuple[str, int]]) -> set[tuple[str, int]]:
        return {
            (arm, seed)
            for arm, seed in pairs
            if seed not in self._found.get(arm, {}) and (arm, seed) not in self.errors
        }

    def _pairs(self, wanted: Request) -> set[tuple[str, int]]:
        return {(arm, run_seed(self.seed, replicate)) for arm, numbers in wanted.items() for replicate in numbers}

    def _read(self, path: Path) -> None:
        experiment = read_store(path)
        identity = json.loads(json.dumps(self.task.identity, default=str))
        if experiment.task != identity:
            raise InputError(told("error.pool.other"), file=path, allowed=told("error.pool.other.allowed"))
        self._take(experiment)

    def _take(self, experiment: Experiment) -> None:
        runs, names = experiment.runs, experiment.metrics
        done = runs[runs["status"] == OK]
        numbers = done[names].to_numpy(dtype=np.float64)
        self._metrics.update(names)
        for arm, seed, row in zip(done["arm"], done["run_seed"], numbers, strict=True):
            self._found.setdefault(str(arm), {})[int(seed)] = _Row(names, row)
            self.errors.pop((str(arm), int(seed)), None)
        failed = runs.loc[runs["status"] != OK, ["arm", "run_seed", "error"]]
        for arm, seed, error in failed.itertuples(index=False):
            # A run that failed may have been done again since, in another store.
            if int(seed) not in self._found.get(str(arm), {}):
                self.errors[str(arm), int(seed)] = " ".join(str(error).split())


class _Row:
    """One run's metrics, as a row of its store's table."""

    __slots__ = ("names", "values")

    def __init__(self, names: list[str], values: Matrix) -> None:
        self.names = names
        self.values = values

    def get(self, metric: str, missing: float) -> float:
        """Return a metric, or ``missing`` where the store does not have it."""
        return float(self.values[self.names.index(metric)]) if metric in self.names else missing
