"""``compare``: scenarios side by side under common random numbers, and the differences between them."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments import across, labels
from simulation.experiments.arms import Arm, named_arms
from simulation.experiments.beating import beats
from simulation.experiments.design.design import Design
from simulation.experiments.design.distributions import Choices
from simulation.experiments.design.factors import Factor
from simulation.experiments.running.task import Arms
from simulation.experiments.running.worker import OK
from simulation.experiments.sentences import over_worlds, sentence
from simulation.experiments.statistics import interval, paired
from simulation.experiments.store.reading import read_store
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError, nearest, told

if TYPE_CHECKING:
    import pandas as pd

    from simulation.drawing.sheet import Sheet

MOST = 400
"""Replicates at which ``until`` stops by default."""


@dataclass(frozen=True)
class Comparison:
    """The result of ``compare``.

    Attributes
    ----------
    table : DataFrame
        One row per metric and per arm after the first: n, mean difference from the first arm, low, high, method,
        d, d_z, share of pairs in the direction, replicates needed for ± precision; ``share_above``, the share of pairs
        in which the arm is above the first arm (a tie counts half), with the ends of Wilson's interval
        ``share_above_low`` and ``share_above_high``, and the number of ``ties``. With worlds also the columns of
        `Across.summary`, of which ``share_of_worlds`` is the share of worlds in which the mean difference has the sign
        that it has in the default world.
    arms : DataFrame
        One row per arm and metric: n, mean, low, high.
    runs : DataFrame
        One row per run: arm, replicate, seed, status, metrics.
    baseline : str
        The first arm.
    level : float
        Coverage of the intervals.
    labels : dict
        Arm to its title in English and Chinese.
    until : float or None
        The half-width up to which replicates were added.
    worlds : Across or None
        The differences in every plausible world.
    """

    table: pd.DataFrame
    arms: pd.DataFrame
    runs: pd.DataFrame
    baseline: str
    level: float
    labels: dict[str, labels.Both] = field(default_factory=dict)
    until: float | None = None
    worlds: across.Across | None = None

    def label(self, arm: str, lang: str) -> str:
        """Return the title of an arm; its name where it has none."""
        return self.labels.get(arm, {}).get(lang, arm)

    @property
    def widest(self) -> float:
        """The largest half-width of the intervals of the differences; infinite where one of them is not defined."""
        halves = (self.table["high"] - self.table["low"]) / 2
        return float(halves.max()) if halves.notna().all() else math.inf

    @property
    def reached(self) -> bool:
        """True unless replicates were to be added until intervals are narrow, and one of them is still wide."""
        return self.until is None or self.widest <= self.until

    def sentences(self, lang: str = "en", metric: str | None = None) -> list[str]:
        """Return the result in words, one sentence per metric and scenario, or those of one metric."""
        rows = self.table if metric is None else self.table[self.table["metric"] == metric]
        found = []
        for row in rows.to_dict("records"):
            found.append(sentence(row, self.level, lang))
            if self.worlds is not None:
                found += over_worlds(row, self.worlds, lang)
        return found

    def plot(self, metric: str | None = None, lang: str = "en") -> Sheet:
        """Return a picture of the differences with their intervals."""
        from simulation.experiments import pictures

        return pictures.differences(self, metric or str(self.table["metric"].iloc[0]), lang=lang)

    def save(self, folder: str | Path) -> Path:
        """Write ``differences.csv``, ``arms.csv`` and ``runs.csv`` into a folder; with worlds ``worlds.csv`` too."""
        from simulation.files.tables import save_table

        for name, table in (("differences", self.table), ("arms", self.arms), ("runs", self.runs)):
            save_table(table, Path(folder) / f"{name}.csv")
        if self.worlds is not None:
            self.worlds.save(folder)
        return Path(folder)


def compare(
    scenarios: Any,
    metric: str | Sequence[str] = "effectiveness",
    *,
    changes: Sequence[Mapping[str, Any]] = (),
    replicates: int = 30,
    seed: int = 0,
    seeds: Sequence[int] = (),
    until: float | None = None,
    most: int = MOST,
    interval_method: str = "auto",
    level: float = 0.95,
    precision: float | None = None,
    worlds: Sequence[Mapping[str, Any]] | None = None,
    world_replicates: int = across.REPLICATES,
    store: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    executor: Executor | None = None,
    **options: Any,
) -> Comparison:
    """Run several scenarios under the same seeds and compare each with the first.

    Parameters
    ----------
    scenarios : scenario, sequence, or mapping of names
        Scenarios (names, files, tables, loaded ones) or callables ``f(parameters, seed)``; two or more, or one with
        ``changes``.
    metric : str or sequence of str
        The metrics to compare.
    changes : sequence of mappings
        Each maps dotted keys to values: every scenario is then also run with these values.
    replicates : int
        Pairs, two or more; with ``until`` the number to begin with.
    seed : int
        The experiment's seed, from which the seed of each replicate is drawn.
    seeds : sequence of int, optional
        The seeds themselves instead, one per replicate; ``replicates`` is then their number, unless ``until`` is given.
    until : float, optional
        Add replicates until the half-width of every interval is at most this.
    most : int
        The number of replicates at which ``until`` stops in any case.
    interval_method : {'auto', 'BCa', 't'}
        See ``statistics.interval``.
    level : float
        Coverage of the intervals.
    precision : float, optional
        Desired half-width; the table says how many replicates it needs.
    worlds : sequence of mappings, optional
        Plausible worlds, such as ``simulation.worlds(50)``: every arm is run in each of them too, on the same seeds.
        An arm's own values win over those of a world; see `simulation.scenario.under.open_to`.
    world_replicates : int
        Seeds per world, two or more: the first of those of the comparison.
    store : str or Path, optional
        File that keeps the runs, so that a later call can add replicates; by default they are kept in memory only.
        Runs in worlds are kept beside it, in a file whose name ends in ``-worlds``.
    workers, dask, executor, options
        As for ``sweep``.

    Raises
    ------
    InputError
        For fewer than two arms or pairs, or an unknown scenario or metric.
    """
    arms = named_arms(scenarios, changes)
    tasks = {name: arm.task for name, arm in arms.items()}
    if seeds:
        replicates = len(seeds) if until is None else min(replicates, len(seeds))
        most = len(seeds)
    check_counts(replicates, level, interval_method)
    metrics = (metric,) if isinstance(metric, str) else tuple(metric)
    if len(tasks) < 2:
        raise InputError(told("error.compare.two"), given=", ".join(tasks), allowed=told("error.compare.two.allowed"))
    design = Design(
        factors=(Factor("arm", Choices(tuple(tasks))),),
        replicates=replicates,
        metrics=metrics,
        seed=seed,
        seeds=tuple(seeds[:replicates]),
        name="compare",
    )
    task = Arms(tasks)
    titles = {name: arm.title for name, arm in arms.items()}
    engine = {"workers": workers, "dask": dask, "executor": executor, **options}

    def compared(number: int, where: Path) -> Comparison:
        runs = kept_or_passing(design.replace(replicates=number, seeds=tuple(seeds[:number])), task, where, **engine)
        wished = precision if precision is not None else until
        return _evaluate(runs, titles, metrics, interval_method, level, wished, until)

    laid = None if worlds is None else _laid(arms, across.checked(worlds, world_replicates))
    with tempfile.TemporaryDirectory(prefix="wushi-") as folder:
        where = Path(store) if store is not None else Path(folder, "runs.sqlite")
        found = compared(replicates, where) if until is None else _narrowed(compared, where, replicates, most)
    if worlds is None or laid is None:
        return found
    number = min(world_replicates, len(seeds)) if seeds else world_replicates
    asked = design.replace(
        factors=(*design.factors, across.factor(worlds)), replicates=number, seeds=tuple(seeds[:number])
    )
    return _in_worlds(found, kept_or_passing(asked, laid, across.beside(store), **engine), worlds, metrics)


def _laid(arms: Mapping[str, Arm], worlds: Sequence[Mapping[str, Any]]) -> Arms:
    return Arms({name: across.laid(arm.task, worlds, name) for name, arm in arms.items()})


def _in_worlds(
    found: Comparison, runs: pd.DataFrame, worlds: Sequence[Mapping[str, Any]], metrics: Sequence[str]
) -> Comparison:
    """Return the comparison with its differences in every world."""
    import pandas as pd

    arms = list(found.labels)
    done = runs[runs["status"] == OK]
    rows = []
    for metric in metrics:
        wide = done.pivot(index=[across.WORLD, "replicate"], columns="arm", values=metric).reindex(columns=arms)
        for arm in arms[1:]:
            for world, pairs in (wide[arm] - wide[arms[0]]).groupby(level=across.WORLD):
                rows.append(
                    {"metric": metric, "name": arm, "measure": "difference", "world": int(world)}
                    | across.estimated(pairs.dropna().to_numpy(dtype=float), found.level)
                )
    kept = ["arm", across.WORLD, "replicate", "seed", "status", "error", *metrics]
    made = across.Across(pd.DataFrame(rows, columns=across.COLUMNS), across.as_table(worlds), runs[kept])
    added = []
    for row in found.table.to_dict("records"):
        key = row["metric"], row["arm"], "difference"
        made.direction[key] = across.sign_of(row["mean"], made.of(*key))
        added.append(made.summary(*key))
    table = pd.concat([found.table, pd.DataFrame(added, index=found.table.index)], axis="columns")
    return replace(found, table=table, worlds=made)


def _narrowed(compared: Callable[[int, Path], Comparison], where: Path, number: int, most: int) -> Comparison:
    """Return the first comparison whose intervals are narrow, or the one with the largest number of replicates.

    A look at the width alone, not at the difference, leaves the interval's coverage almost as it is.
    """
    if where.exists():
        number = max(number, read_store(where).design.replicates)
    while True:
        found = compared(number, where)
        if found.reached or number >= most or not math.isfinite(found.widest):
            return found
        wanted = max(int(found.table["replicates"].max()), number + 1 + number // 10)
        number = min(wanted, 2 * number, most)


def check_counts(replicates: int, level: float, method: str) -> None:
    """Raise InputError for numbers of which no interval can be made."""
    if replicates < 2:
        raise InputError(told("error.interval.two"), key="--replicates", given=replicates, allowed=told("error.from_2"))
    if not 0 < level < 1:
        raise InputError(
            told("error.interval.level"), key="--level", given=level, allowed=told("error.interval.level.allowed")
        )
    if method not in ("auto", "BCa", "t"):
        raise InputError(
            told("error.interval.none"),
            key="--interval",
            given=method,
            allowed=told("error.interval.allowed"),
            suggestion=nearest(method, ("auto", "BCa", "t")),
        )


def kept_or_passing(design: Design, task: Any, store: str | Path | None, **options: Any) -> pd.DataFrame:
    """Run a design in the given store, or in one that exists for this call only; return its runs.

    Raises
    ------
    InputError
        When every run failed: the first error is shown.
    """
    with tempfile.TemporaryDirectory(prefix="wushi-") as folder:
        path = Path(store) if store is not None else Path(folder, "runs.sqlite")
        runs = sweep(design, task, store=path, **options).runs
    if not (runs["status"] == OK).any():
        raise InputError(told("error.runs.all_failed", first=runs["error"].iloc[0]))
    return runs


def _evaluate(
    runs: pd.DataFrame,
    titles: dict[str, labels.Both],
    metrics: Sequence[str],
    method: str,
    level: float,
    precision: float | None,
    until: float | None,
) -> Comparison:
    import pandas as pd

    arms = list(titles)
    done = runs[runs["status"] == OK]
    differences, levels = [], []
    for metric in metrics:
        wide = done.pivot(index="replicate", columns="arm", values=metric).reindex(columns=arms)
        for arm in arms:
            values = wide[arm].dropna().to_numpy()
            low, high, chosen = interval(values, method=method, level=level)
            mean = float(values.mean()) if len(values) else float("nan")
            levels.append(
                {
                    "metric": metric,
                    "arm": arm,
                    "n": len(values),
                    "mean": mean,
                    "low": low,
                    "high": high,
                    "method": chosen,
                }
            )
        for arm in arms[1:]:
            found = paired(
                wide[arms[0]].to_numpy(),
                wide[arm].to_numpy(),
                method=method,
                level=level,
                precision=precision,
            )
            won = beats(wide[arm], wide[arms[0]], level)
            share = {"share_above": won.share, "share_above_low": won.low, "share_above_high": won.high}
            named = {"metric": metric, "arm": arm, "baseline": arms[0]}
            differences.append({**named, **asdict(found), **share, "ties": won.ties})
    kept = ["arm", "replicate", "seed", "status", "error", *metrics]
    return Comparison(pd.DataFrame(differences), pd.DataFrame(levels), runs[kept], arms[0], level, titles, until)
