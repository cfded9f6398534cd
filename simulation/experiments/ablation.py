"""``ablate``: the contribution of each stage, alone and by its Shapley value over all on/off combinations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.experiments import across
from simulation.experiments.comparison import check_counts, kept_or_passing
from simulation.experiments.design.design import Design
from simulation.experiments.design.distributions import Choices
from simulation.experiments.design.factors import Factor
from simulation.experiments.running.task import Switches, as_task
from simulation.experiments.running.worker import OK
from simulation.experiments.sentences import contribution_over_worlds
from simulation.experiments.statistics import interval
from simulation.files.errors import InputError, told
from simulation.scenario.windows import STAGES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from simulation.drawing.sheet import Sheet

OFF = {stage: {f"stages.{stage}.intensity": 0.0} for stage in STAGES}
MEASURES = ("shapley", "removed")
"""Contributions that are followed over worlds."""
_MOST = 12


@dataclass(frozen=True)
class Ablation:
    """The result of ``ablate``.

    Attributes
    ----------
    table : DataFrame
        One row per metric and mechanism, with intervals (``.low``, ``.high``): ``shapley``, the mean
        contribution over all orders of switching on; ``share``, its part of the total; ``removed``, what is
        lost when it alone is off; ``alone``, what it adds when everything else is off. With worlds also, of
        ``shapley`` and ``removed`` each, ``.share_of_worlds``, the share of worlds in which it is positive, and the
        quantiles ``.q05``, ``.q50`` and ``.q95`` over worlds; ``share_of_worlds`` is that of ``shapley``.
    total : DataFrame
        One row per metric: ``all`` (everything on), ``none`` (everything off), ``total`` (their difference),
        ``sum`` (of the Shapley contributions, which equals it), n.
    runs : DataFrame
        One row per run.
    level : float
        Coverage of the intervals.
    worlds : Across or None
        The contributions in every plausible world; a result holds where it is positive.
    """

    table: pd.DataFrame
    total: pd.DataFrame
    runs: pd.DataFrame
    level: float
    worlds: across.Across | None = None

    def sentences(self, lang: str = "en") -> list[str]:
        """Return in how many worlds each contribution is positive, and where it is not; nothing without worlds."""
        if self.worlds is None:
            return []
        return [
            line for row in self.table.to_dict("records") for line in contribution_over_worlds(row, self.worlds, lang)
        ]

    def plot(self, metric: str | None = None, lang: str = "en") -> Sheet:
        """Return a picture of the contributions with their intervals."""
        from simulation.experiments import pictures

        return pictures.contributions(self, metric or str(self.table["metric"].iloc[0]), lang=lang)

    def save(self, folder: str | Path) -> Path:
        """Write ``contributions.csv``, ``total.csv`` and ``runs.csv`` into a folder; with worlds ``worlds.csv`` too."""
        from simulation.files.tables import save_table

        for name, table in (("contributions", self.table), ("total", self.total), ("runs", self.runs)):
            save_table(table, Path(folder) / f"{name}.csv")
        if self.worlds is not None:
            self.worlds.save(folder)
        return Path(folder)


def ablate(
    scenario: Any,
    metric: str | Sequence[str] = "effectiveness",
    *,
    off: Mapping[str, Mapping[str, Any]] | None = None,
    replicates: int = 30,
    seed: int = 0,
    interval_method: str = "auto",
    level: float = 0.95,
    worlds: Sequence[Mapping[str, Any]] | None = None,
    world_replicates: int = across.REPLICATES,
    store: str | Path | None = None,
    **options: Any,
) -> Ablation:
    """Run every on/off combination of the stages under common random numbers and share out the outcome.

    Parameters
    ----------
    scenario : scenario or callable
        The scenario that runs with everything on.
    metric : str or sequence of str
        The metric that is shared out.
    off : mapping, optional
        Mechanism to the parameters that switch it off; by default the five stages, at intensity 0.
    replicates : int
        Runs per combination, two or more.
    seed, interval_method, level, worlds, world_replicates, store
        As for ``compare``.
    options
        As for ``sweep``: workers, dask, executor, …

    References
    ----------
    Shapley, L. S. (1953), "A value for n-person games".
    """
    check_counts(replicates, level, interval_method)
    off = OFF if off is None else off
    if not 1 <= len(off) <= _MOST:
        raise InputError(told("error.ablation.number", most=_MOST), given=len(off))
    metrics = (metric,) if isinstance(metric, str) else tuple(metric)
    design = Design(
        factors=tuple(Factor(name, Choices((True, False))) for name in off),
        replicates=replicates,
        metrics=metrics,
        seed=seed,
        name="ablate",
    )
    task = as_task(scenario)
    laid = None if worlds is None else across.laid(task, across.checked(worlds, world_replicates))
    found = _evaluate(
        kept_or_passing(design, Switches(task, off), store, **options), list(off), metrics, interval_method, level
    )
    if worlds is None or laid is None:
        return found
    asked = design.replace(factors=(*design.factors, across.factor(worlds)), replicates=world_replicates)
    runs = kept_or_passing(asked, Switches(laid, off), across.beside(store), **options)
    return _in_worlds(found, runs, worlds, list(off), metrics)


def shapley(worth: NDArray[np.float64], players: int) -> NDArray[np.float64]:
    """Return each player's Shapley value.

    Parameters
    ----------
    worth : array of shape (..., 2**players)
        Worth of each coalition; bit k of the last index says whether player k is in it.
    players : int
        Number of players.

    Returns
    -------
    array of shape (..., players)
        Sums to worth of all minus worth of none.
    """
    values = np.zeros((*worth.shape[:-1], players))
    for coalition in range(1 << players):
        size = coalition.bit_count()
        for player in range(players):
            if not coalition >> player & 1:
                weight = math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
                values[..., player] += weight * (worth[..., coalition | 1 << player] - worth[..., coalition])
    return values


def _evaluate(runs: pd.DataFrame, names: list[str], metrics: Sequence[str], method: str, level: float) -> Ablation:
    import pandas as pd

    rows, totals = [], []
    for metric in metrics:
        worth = _worth(runs, names, metric)
        if len(worth) < 2:
            raise InputError(told("error.ablation.few"), given=metric)
        full = (1 << len(names)) - 1
        contributed = shapley(worth, len(names))
        total = worth[:, full] - worth[:, 0]
        for player, name in enumerate(names):
            row: dict[str, Any] = {"metric": metric, "mechanism": name}
            measures = {
                "shapley": contributed[:, player],
                "removed": worth[:, full] - worth[:, full ^ (1 << player)],
                "alone": worth[:, 1 << player] - worth[:, 0],
            }
            for label, values in measures.items():
                low, high, chosen = interval(values, method=method, level=level)
                row |= {label: float(values.mean()), f"{label}.low": low, f"{label}.high": high}
            row["share"] = row["shapley"] / float(total.mean()) if total.mean() else float("nan")
            rows.append({**row, "method": chosen, "n": len(worth)})
        totals.append(
            {
                "metric": metric,
                "all": float(worth[:, full].mean()),
                "none": float(worth[:, 0].mean()),
                "total": float(total.mean()),
                "sum": float(contributed.sum(axis=1).mean()),
                "n": len(worth),
            }
        )
    return Ablation(pd.DataFrame(rows), pd.DataFrame(totals), runs, level)


def _in_worlds(
    found: Ablation, runs: pd.DataFrame, worlds: Sequence[Mapping[str, Any]], names: list[str], metrics: Sequence[str]
) -> Ablation:
    """Return the ablation with its contributions in every world."""
    import pandas as pd

    full, rows = (1 << len(names)) - 1, []
    for metric in metrics:
        for world, block in runs.groupby(across.WORLD):
            worth = _worth(block, names, metric)
            contributed = shapley(worth, len(names))
            for player, name in enumerate(names):
                removed = worth[:, full] - worth[:, full ^ (1 << player)]
                for measure, values in (("shapley", contributed[:, player]), ("removed", removed)):
                    where = {"metric": metric, "name": name, "measure": measure, "world": int(world)}
                    rows.append(where | across.estimated(values, found.level))
    kept = [*names, across.WORLD, "replicate", "seed", "status", "error", *metrics]
    table = pd.DataFrame(rows, columns=across.COLUMNS)
    signs = {(metric, name, measure): 1 for metric in metrics for name in names for measure in MEASURES}
    made = across.Across(table, across.as_table(worlds), runs[kept], signs)
    added = []
    for row in found.table.to_dict("records"):
        new: dict[str, Any] = {}
        for measure in MEASURES:
            summary = made.summary(row["metric"], row["mechanism"], measure)
            new |= {f"{measure}.{key}": summary[key] for key in ("share_of_worlds", *across.QUANTILES)}
        added.append({"share_of_worlds": new["shapley.share_of_worlds"], "worlds": summary["worlds"], **new})
    return replace(found, table=pd.concat([found.table, pd.DataFrame(added)], axis="columns"), worlds=made)


def _worth(runs: pd.DataFrame, names: list[str], metric: str) -> NDArray[np.float64]:
    """Return the metric as (replicate, coalition), with only the replicates that ran in every coalition."""
    done = runs[runs["status"] == OK]
    coalition = sum(done[name].astype(int) * (1 << bit) for bit, name in enumerate(names))
    wide = done.assign(coalition=coalition).pivot(index="replicate", columns="coalition", values=metric)
    wide = wide.reindex(columns=list(range(1 << len(names)))).dropna()
    return wide.to_numpy(dtype=float)
