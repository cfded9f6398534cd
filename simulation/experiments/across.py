"""Results over plausible worlds: the same runs under every world, and in how many of them a result holds.

All worlds share their seeds: replicate r has one seed everywhere, so that worlds differ by their parameters alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.experiments.design.design import Design, check
from simulation.experiments.design.distributions import Choices
from simulation.experiments.design.factors import Factor
from simulation.experiments.running.protocol import Around, Results, Task
from simulation.experiments.running.task import ModelTask
from simulation.experiments.statistics import Array, interval
from simulation.experiments.turning import Turning, find_turning
from simulation.files.errors import InputError, told
from simulation.scenario.under import open_to

if TYPE_CHECKING:
    import pandas as pd

WORLD = "world"
"""The factor, and the column of stores and tables: number of the world, from 0."""
REPLICATES = 10
"""Seeds per world: few, because many worlds are asked, and each world's mean need only be told from 0."""
QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}
"""Column to order of the quantiles over worlds."""


class Laid(Around):
    """A task with worlds under it: its parameter ``world`` says which; other parameters win over the world's values.

    Parameters
    ----------
    task : task
        The task inside; a plain function gets the values of the world as parameters.
    worlds : sequence of mappings
        Dotted key to value, as far as the task leaves it open.
    digest : str
        Tells the set of worlds from others; see `digest_of`.
    """

    def __init__(self, task: Task, worlds: Sequence[Mapping[str, Any]], digest: str) -> None:
        super().__init__(task)
        self.worlds = [dict(one) for one in worlds]
        self.digest = digest

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> Results:
        """Run the task inside in one world."""
        return self.task(self.values(parameters), seed)

    def values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters of the task inside: those of the world, and over them those that are given."""
        given = dict(parameters)
        return {**self.worlds[int(given.pop(WORLD))], **given}

    @property
    def identity(self) -> dict[str, Any]:
        """The identity of the task inside, and of the set of worlds."""
        return {**super().identity, "worlds": self.digest}


class LaidModel(Laid):
    """The model with worlds under it; it offers the hooks of a task."""

    task: ModelTask

    def names(self) -> list[str]:
        """Return the names that a factor may have."""
        return [*self.task.names(), WORLD]

    def check(self, key: str, value: Any) -> None:
        """Raise InputError unless the scenario accepts ``value`` for ``key``."""
        if key != WORLD:
            self.task.check(key, value)

    def check_point(self, values: Mapping[str, Any]) -> None:
        """Raise InputError unless the scenario accepts these values together in their world."""
        self.task.check_point(self.values(values))


def laid(task: Task, worlds: Sequence[Mapping[str, Any]], name: str = "") -> Laid:
    """Return a task with worlds under it.

    Parameters
    ----------
    task : task
        The model under a scenario: each world is laid under the scenario by `open_to`. Or any other task.
    worlds : sequence of mappings
        Dotted key to value.
    name : str
        The task's name, for errors.

    Raises
    ------
    InputError
        For an unknown parameter, or a world that the scenario cannot have.
    """
    digest = digest_of(worlds)
    if not isinstance(task, ModelTask):
        return Laid(task, worlds, digest)
    left = []
    for number, world in enumerate(worlds):
        values = open_to(task.scenario, world)
        try:
            task.scenario.with_values(values)
        except InputError as error:
            problem = told("error.worlds.refused", world=number, arm=name or task.scenario.name, problem=error.problem)
            raise error.replaced(problem=problem) from None
        left.append(values)
    return LaidModel(task, left, digest)


def digest_of(worlds: Sequence[Mapping[str, Any]]) -> str:
    """Return what a store knows a set of worlds by: the digest of its file, else of its values."""
    known = getattr(worlds, "digest", "")
    if known:
        return str(known)
    text = json.dumps([sorted(world.items()) for world in worlds], default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def checked(worlds: Any, replicates: int = REPLICATES) -> Sequence[Mapping[str, Any]]:
    """Return the worlds, unless they are none or no interval can be made of so few replicates.

    Raises
    ------
    InputError
        For no worlds, for what is no sequence of mappings, and for fewer than two replicates.
    """
    wrong = isinstance(worlds, str | Mapping) or not isinstance(worlds, Sequence)
    if wrong or not all(isinstance(one, Mapping) for one in worlds):
        raise InputError(told("error.worlds.not_mappings"), key="worlds", given=worlds)
    if not len(worlds):
        raise InputError(told("error.worlds.empty"), key="worlds")
    if replicates < 2:
        raise InputError(
            told("error.worlds.replicates"), key="--world-replicates", given=replicates, allowed=told("error.from_2")
        )
    return worlds


def factor(worlds: Sequence[Any]) -> Factor:
    """Return the factor that numbers the worlds."""
    return Factor(WORLD, Choices(tuple(range(len(worlds)))))


def crossed(design: Design, worlds: Sequence[Any]) -> Design:
    """Return a design whose every point is run in every world, as a list of points, world by world."""
    points = list(design.points())
    rows = tuple((*point, number) for number in range(len(worlds)) for point in points)
    made = design.replace(
        kind="list", samples=0, factors=(*design.factors, factor(worlds)), rows=rows, name=f"{design.name}-worlds"
    )
    check(made, design.file)
    return made


def beside(store: str | Path | None) -> Path | None:
    """Return the store of the runs in worlds: beside the store of the runs in the default world."""
    return None if store is None else Path(store).with_name(f"{Path(store).stem}-worlds{Path(store).suffix}")


@dataclass(frozen=True)
class Across:
    """Differences or contributions in every world.

    Attributes
    ----------
    table : DataFrame
        One row per metric, name (an arm or a mechanism), measure and world: n, mean, low, high; the interval is
        Student's, of the level that was asked for.
    worlds : DataFrame
        One row per world: its values.
    runs : DataFrame
        One row per run, with a column ``world``.
    direction : dict
        Metric, name and measure to the sign, 1 or −1, that a world must show for the result to hold there; 0 where
        there is none.
    """

    table: pd.DataFrame
    worlds: pd.DataFrame
    runs: pd.DataFrame
    direction: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _turned: dict[tuple[str, str, str], Turning] = field(default_factory=dict, repr=False, compare=False)

    def of(self, metric: str, name: str, measure: str = "difference") -> pd.DataFrame:
        """Return the rows of one result, those of worlds in which it is defined."""
        rows = self.table
        chosen = (rows["metric"] == metric) & (rows["name"] == name) & (rows["measure"] == measure)
        return rows[chosen & rows["mean"].notna()]

    def holds(self, metric: str, name: str, measure: str = "difference") -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return in which worlds the mean has the sign that it must have, in the order of `of`."""
        means = self.of(metric, name, measure)["mean"].to_numpy(dtype=float)
        return means * self.direction[metric, name, measure] > 0

    def summary(self, metric: str, name: str, measure: str = "difference") -> dict[str, float]:
        """Return in how many worlds a result holds, and how it is spread.

        ``worlds``: number in which it is defined; ``share_of_worlds``: share in which its mean has the sign that it
        must have; ``shown``: number in which its interval excludes 0 on that side; ``opposite``: on the other side;
        ``q05``, ``q50``, ``q95``: quantiles of its mean over worlds.
        """
        rows, sign = self.of(metric, name, measure), self.direction[metric, name, measure]
        means = rows["mean"].to_numpy(dtype=float)
        above, below = int((rows["low"] > 0).sum()), int((rows["high"] < 0).sum())
        found: dict[str, float] = {
            "worlds": len(rows),
            "share_of_worlds": float(np.mean(means * sign > 0)) if len(rows) and sign else float("nan"),
            "shown": above if sign > 0 else below,
            "opposite": below if sign > 0 else above,
        }
        return found | {
            key: float(np.quantile(means, order)) if len(means) else float("nan") for key, order in QUANTILES.items()
        }

    def save(self, folder: str | Path) -> None:
        """Write ``worlds.csv`` (the table, with the values of each world) and ``world-runs.csv`` into a folder."""
        from simulation.files.tables import save_table

        table = self.table.merge(self.worlds, left_on=WORLD, right_index=True, how="left")
        save_table(table.sort_index(), Path(folder) / "worlds.csv")
        save_table(self.runs, Path(folder) / "world-runs.csv")

    def turnings(self) -> list[tuple[str, Turning]]:
        """Return the metric and where it turns around, for each result that holds in some worlds and not in others."""
        return [
            (metric, self.turning(metric, name, measure))
            for metric, name, measure in self.direction
            if measure in ("difference", "shapley") and 0 < self.holds(metric, name, measure).mean() < 1
        ]

    def turning(self, metric: str, name: str, measure: str = "difference") -> Turning:
        """Return where among the worlds a result turns around."""
        key = metric, name, measure
        if key not in self._turned:
            points = self.worlds.loc[self.of(*key)["world"].to_numpy()]
            self._turned[key] = find_turning(points, self.holds(*key))
        return self._turned[key]


COLUMNS = ["metric", "name", "measure", "world", "n", "mean", "low", "high"]


def estimated(values: Array, level: float) -> dict[str, float]:
    """Return number, mean and Student's interval of a result's replicates in one world.

    So few replicates are no basis for resampling, whatever the interval in the default world.
    """
    low, high, _ = interval(values, method="t", level=level)
    return {"n": len(values), "mean": float(values.mean()) if len(values) else float("nan"), "low": low, "high": high}


def sign_of(estimate: float, rows: pd.DataFrame) -> int:
    """Return the sign of an estimate in the default world; where that is 0 or undefined, of the median over worlds."""
    if not estimate or not np.isfinite(estimate):
        means = rows["mean"].dropna()
        estimate = float(means.median()) if len(means) else 0.0
    return int(np.sign(estimate))


def as_table(worlds: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return worlds as a table, one row per world."""
    import pandas as pd

    return pd.DataFrame([dict(world) for world in worlds])
