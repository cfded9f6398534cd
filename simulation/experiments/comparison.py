"""``compare``: scenarios side by side under common random numbers, and the differences between them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.design.design import Design
from simulation.experiments.design.distributions import Choices
from simulation.experiments.design.factors import Factor
from simulation.experiments.running.protocol import Task
from simulation.experiments.running.task import Arms, as_task, label_of
from simulation.experiments.running.worker import OK
from simulation.experiments.statistics import interval, paired
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from simulation.drawing.sheet import Sheet


@dataclass(frozen=True)
class Comparison:
    """The result of ``compare``.

    Attributes
    ----------
    table : DataFrame
        One row per metric and per arm after the first: n, mean difference from the first arm, low, high, method,
        d, d_z, share of pairs in the direction, replicates needed for ± precision.
    arms : DataFrame
        One row per arm and metric: n, mean, low, high.
    runs : DataFrame
        One row per run: arm, replicate, seed, status, metrics.
    """

    table: pd.DataFrame
    arms: pd.DataFrame
    runs: pd.DataFrame
    baseline: str
    level: float

    def plot(self, metric: str | None = None, lang: str = "en") -> Sheet:
        """Return a picture of the differences with their intervals."""
        from simulation.experiments import pictures

        return pictures.differences(self, metric or str(self.table["metric"].iloc[0]), lang=lang)

    def save(self, folder: str | Path) -> Path:
        """Write ``differences.csv``, ``arms.csv`` and ``runs.csv`` into a folder."""
        from simulation.files.tables import save_table

        for name, table in (("differences", self.table), ("arms", self.arms), ("runs", self.runs)):
            save_table(table, Path(folder) / f"{name}.csv")
        return Path(folder)


def compare(
    scenarios: Sequence[Any] | Mapping[str, Any],
    metric: str | Sequence[str] = "effectiveness",
    *,
    replicates: int = 30,
    seed: int = 0,
    interval_method: str = "auto",
    level: float = 0.95,
    precision: float | None = None,
    store: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    executor: Executor | None = None,
    **options: Any,
) -> Comparison:
    """Run several scenarios under the same seeds and compare each with the first.

    Parameters
    ----------
    scenarios : sequence, or mapping of names
        Scenarios (names, files, tables, loaded ones) or callables ``f(parameters, seed)``; two or more.
    metric : str or sequence of str
        The metrics to compare.
    replicates : int
        Pairs, two or more.
    seed : int
        The experiment's seed.
    interval_method : {'auto', 'BCa', 't'}
        See ``statistics.interval``.
    level : float
        Coverage of the intervals.
    precision : float, optional
        Desired half-width; the table says how many replicates it needs.
    store : str or Path, optional
        File that keeps the runs, so that a later call can add replicates; by default they are kept in memory only.
    workers, dask, executor, options
        As for ``sweep``.

    Raises
    ------
    InputError
        For fewer than two arms or pairs, or an unknown scenario or metric.
    """
    tasks = named_tasks(scenarios)
    check_counts(replicates, level, interval_method)
    metrics = (metric,) if isinstance(metric, str) else tuple(metric)
    if len(tasks) < 2:
        raise InputError("a comparison needs two scenarios or more", given=", ".join(tasks))
    design = Design(
        factors=(Factor("arm", Choices(tuple(tasks))),),
        replicates=replicates,
        metrics=metrics,
        seed=seed,
        name="compare",
    )
    runs = kept_or_passing(design, Arms(tasks), store, workers=workers, dask=dask, executor=executor, **options)
    return _evaluate(runs, list(tasks), metrics, interval_method, level, precision)


def named_tasks(scenarios: Sequence[Any] | Mapping[str, Any]) -> dict[str, Task]:
    """Return arm to task; equal labels are numbered."""
    if isinstance(scenarios, Mapping):
        return {str(name): as_task(given) for name, given in scenarios.items()}
    if isinstance(scenarios, str | Path):
        scenarios = [scenarios]
    tasks: dict[str, Task] = {}
    for given in scenarios:
        label, number = label_of(given), 2
        name = label
        while name in tasks:
            name, number = f"{label} ({number})", number + 1
        tasks[name] = as_task(given)
    return tasks


def check_counts(replicates: int, level: float, method: str) -> None:
    """Raise InputError for numbers of which no interval can be made."""
    if replicates < 2:
        raise InputError("an interval needs two replicates", key="--replicates", given=replicates, allowed="2, 3, …")
    if not 0 < level < 1:
        raise InputError("an interval's level is a share", key="--level", given=level, allowed="above 0, below 1")
    if method not in ("auto", "BCa", "t"):
        raise InputError(
            "there is no such interval",
            key="--interval",
            given=method,
            allowed="auto, BCa, t",
            suggestion=nearest(method, ("auto", "BCa", "t")),
        )


def kept_or_passing(design: Design, task: Task, store: str | Path | None, **options: Any) -> pd.DataFrame:
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
        raise InputError(f"every run failed; the first one: {runs['error'].iloc[0]}")
    return runs


def _evaluate(
    runs: pd.DataFrame,
    arms: list[str],
    metrics: Sequence[str],
    method: str,
    level: float,
    precision: float | None,
) -> Comparison:
    import pandas as pd

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
            differences.append({"metric": metric, "arm": arm, "baseline": arms[0], **asdict(found)})
    kept = ["arm", "replicate", "seed", "status", "error", *metrics]
    return Comparison(pd.DataFrame(differences), pd.DataFrame(levels), runs[kept], arms[0], level)
