"""Runs behind docs/expansion.md: a city of one world, run with changed values under the same seeds."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulation import load_scenario, run
from simulation.scenario import Scenario

CITIZENS = 6000
#: The name of each world on the page, and its scenario.
DEFAULT, BY_HAND = "zhaoqing", "zhaoqing-by-hand"
AT_PLAN = "at the plan"


def _summary(task: tuple[Scenario, int]) -> dict[str, float]:
    """Return the summary of one run, and the agenda at the plan."""
    spec, seed = task
    result = run(spec, seed)
    return result.summary | {AT_PLAN: float(result.weekly["agenda"].iloc[int(spec.stages.settlement.start)])}


class Study:
    """A city of one world, run with changed values under the same seeds.

    Parameters
    ----------
    world : str
        Name of the scenario.
    seeds : int
        Runs per setting; the seeds are 0, 1, …
    pool : ProcessPoolExecutor
        Where runs are made; it has no influence on the numbers.
    keep : Path, optional
        Folder for finished runs: stored there, and read from there again.
    citizens : int
        Simulated citizens.
    """

    def __init__(
        self, world: str, seeds: int, pool: ProcessPoolExecutor, keep: Path | None = None, citizens: int = CITIZENS
    ) -> None:
        self.seeds, self._pool, self._keep = range(seeds), pool, keep
        self._known: dict[str, pd.DataFrame] = {}
        self.base = load_scenario(world).with_values({"structure.citizens": citizens})
        self.strength = self.base.stages.authority.effective_intensity
        self.plain = self.found({})

    def found(self, values: Mapping[str, Any], base: Scenario | None = None) -> pd.DataFrame:
        """Return one row per seed: the summary, and the agenda at the plan."""
        spec = (self.base if base is None else base).with_values(values)
        if spec.digest not in self._known:
            self._known[spec.digest] = self._kept(spec)
        return self._known[spec.digest]

    def _kept(self, spec: Scenario) -> pd.DataFrame:
        path = None if self._keep is None else self._keep / f"{spec.digest[:24]}-{len(self.seeds)}.csv"
        if path is not None and path.exists():
            return pd.read_csv(path)
        made = pd.DataFrame(self._pool.map(_summary, [(spec, seed) for seed in self.seeds]))
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.to_csv(path, index=False)
        return made

    def weak(self, share: float) -> dict[str, Any]:
        """Return the values of a leading group with a share of this world's intensity."""
        return {"stages.authority.intensity": share * self.strength}


def pool_of(workers: int) -> ProcessPoolExecutor:
    """Return processes for a study."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def interval(changed: pd.Series, base: pd.Series) -> tuple[float, float, float]:
    """Return mean ÷ mean and its 95 % interval, by resampling the seeds that both share."""
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(base), (2000, len(base)))
    means = changed.to_numpy()[drawn].mean(axis=1) / base.to_numpy()[drawn].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(changed.mean() / base.mean()), float(low), float(high)


def ratio(changed: pd.Series, base: pd.Series) -> str:
    """Return mean ÷ mean with its 95 % interval, as text."""
    middle, low, high = interval(changed, base)
    return f"{middle:.2f} [{low:.2f}, {high:.2f}]"


def mean(values: Iterable[float]) -> str:
    """Return a mean with half of its 95 % interval."""
    array = np.asarray(list(values), float)
    array = array[np.isfinite(array)]
    if len(array) < 2:
        return "–"
    return f"{array.mean():.3f} ± {1.96 * array.std(ddof=1) / np.sqrt(len(array)):.3f}"
