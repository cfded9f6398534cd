"""``fan``: one scenario under many seeds. One seed is an anecdote; a fan shows what chance alone does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.experiments.beating import Beats, beats
from simulation.experiments.running.seeded import under_seeds
from simulation.files.errors import InputError, nearest, told

if TYPE_CHECKING:
    import pandas as pd

    from simulation.results import RunResult

MOST_SEEDS = 10_000
LARGEST_SEED = 2**63 - 1
ORDERS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
"""Column of a fan to the order of its quantile."""
QUANTILES, ENDS = "fan.csv", "fan_seeds.csv"
"""The files of a fan, beside those of a run."""


@dataclass(frozen=True)
class Fan:
    """One scenario under many seeds.

    Attributes
    ----------
    quantiles : DataFrame
        One row per metric and week: ``week, metric, q05, q25, q50, q75, q95`` over the seeds in which the metric is
        defined in that week; NaN where it is in none.
    ends : DataFrame
        One row per seed, its own first: ``seed`` and every metric at the end.
    own : RunResult
        The run under the first seed.
    """

    quantiles: pd.DataFrame
    ends: pd.DataFrame
    own: RunResult

    @property
    def metrics(self) -> list[str]:
        """The metrics, in the order of the weekly table."""
        return [name for name in self.ends.columns if name != "seed"]

    def weekly(self, metric: str) -> pd.DataFrame:
        """Return the rows of ``quantiles`` on one metric, one per week."""
        found = self.quantiles[self.quantiles["metric"] == self._known(metric)]
        return found.reset_index(drop=True)

    def rank(self, metric: str) -> tuple[int, int] | None:
        """Return the place of the own seed at the end, 1 being the highest, and how many seeds have a place.

        Seeds with the same value share the higher place. None where the metric is not defined under the own seed.
        """
        values = self.ends[self._known(metric)].to_numpy(dtype=float)
        if np.isnan(values[0]):
            return None
        return 1 + int(np.count_nonzero(values > values[0])), int(np.count_nonzero(~np.isnan(values)))

    def share_above(self, other: Fan, metric: str, level: float = 0.95) -> Beats:
        """Return the share of seeds in which this fan's scenario ends above the other's; a tie counts half.

        Parameters
        ----------
        other : Fan
            Another scenario under the same seeds; seeds that only one of the two has are left out.
        metric : str
            A metric of both.
        level : float
            Coverage of the interval.

        Raises
        ------
        InputError
            For a metric that one of the two lacks, or where no seed is in both.
        """
        mine, theirs = (fan.ends.set_index("seed")[fan._known(metric)] for fan in (self, other))
        shared = mine.index.intersection(theirs.index, sort=False)
        if not len(shared):
            raise InputError(told("error.fan.no_pairs"), key="seed", allowed=told("error.fan.no_pairs.allowed"))
        return beats(mine[shared].to_numpy(), theirs[shared].to_numpy(), level)

    def save(self, folder: str | Path) -> Path:
        """Write ``fan.csv`` and ``fan_seeds.csv`` into a folder."""
        from simulation.files.output import whole_file

        for name, table in ((QUANTILES, self.quantiles), (ENDS, self.ends)):
            with whole_file(Path(folder) / name) as made:
                table.to_csv(made, index=False, lineterminator="\n", encoding="utf-8")
        return Path(folder)

    def _known(self, metric: str) -> str:
        return checked_metrics([metric], self.metrics)[0]


def fan(
    spec: Any = "zhaoqing",
    seeds: int = 100,
    seed: int = 0,
    metrics: Sequence[str] | None = None,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    check: Callable[[], None] | None = None,
    own: RunResult | None = None,
) -> Fan:
    """Run a scenario under the seeds ``seed``, ``seed`` + 1, … and return the quantiles over them, week by week.

    Two scenarios under the same seeds share every draw that both make, as in ``compare``.

    Parameters
    ----------
    spec : scenario
        A name, a file, a table or a loaded scenario.
    seeds : int
        How many seeds, 1 to 10,000. All series are held until the quantiles are taken: eight bytes per seed, week and
        metric, 62 MB for 1,000 seeds, 156 weeks and 50 metrics.
    seed : int
        The first seed, whose run is kept whole.
    metrics : sequence of str, optional
        By default every metric of the weekly table.
    workers : int, optional
        Threads; by default one for each processor. The numbers do not depend on it.
    progress : callable, optional
        Called with the number of finished runs and of all.
    check : callable, optional
        Called twenty times per second; raises to end the work.
    own : RunResult, optional
        The run under ``seed``, where it has been made already; its scenario is the fan's.

    Raises
    ------
    InputError
        For a scenario that cannot be run, an unknown metric, numbers out of range, or a run ``own`` that is under
        another seed, stopped early, or had a network or thresholds of its own.
    """
    from simulation.compute.memory import refuse_beyond_memory
    from simulation.metrics import METRICS
    from simulation.results import run
    from simulation.scenario import load_scenario

    check_seeds(seeds, seed, "seeds")
    names = list(METRICS) if metrics is None else checked_metrics(metrics, METRICS)
    loaded = load_scenario(spec) if own is None else own.spec
    if own is not None:
        _check_own(own, seed)
    refuse_beyond_memory(8.0 * seeds * loaded.weeks * len(names), "seeds", seeds, told("error.fan.fewer"))
    mine = run(loaded, seed, threads=workers or 1) if own is None else own
    numbers = list(range(seed, seed + seeds))
    series = np.empty((seeds, loaded.weeks, len(names)))
    series[0] = mine.weekly[names].to_numpy(dtype=float)

    def done(finished: int, total: int) -> None:
        if progress is not None:
            progress(finished + 1, total + 1)

    done(0, seeds - 1)
    ends = check or (lambda: None)
    under_seeds(loaded, numbers[1:], names, series[1:], workers=workers, done=done, check=ends)
    return Fan(_quantiles(series, names), _ends(series, numbers, names), mine)


def fan_progressively(
    spec: Any,
    seeds: int,
    metrics: Sequence[str],
    done: Callable[[int, int], None],
    check: Callable[[], None],
    *,
    seed: int = 0,
    own: RunResult | None = None,
    workers: int | None = None,
) -> Fan:
    """Do what `fan` does, for a caller that waits in another thread.

    Parameters
    ----------
    spec, seeds, metrics, seed, own, workers
        As for `fan`.
    done : callable
        Called, in the calling thread, with the number of finished runs and of all.
    check : callable
        Called, in the calling thread, twenty times per second. What it raises ends the runs and is passed on.
    """
    check()
    return fan(spec, seeds, seed, metrics, workers=workers, progress=done, check=check, own=own)


def check_seeds(seeds: Any, seed: int, key: str = "--seeds") -> None:
    """Raise InputError for a number of seeds that is out of range, or that leads beyond the largest seed."""
    from simulation.files.forms import numbers_in_words

    if isinstance(seeds, bool) or not isinstance(seeds, (int, np.integer)) or not 1 <= seeds <= MOST_SEEDS:
        allowed = numbers_in_words(True, 1, MOST_SEEDS)
        raise InputError(told("error.out_of_range"), key=key, given=seeds, allowed=allowed)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed <= LARGEST_SEED - seeds + 1:
        raise InputError(told("error.not_a_seed"), key=key[:-1], given=seed, allowed=told("error.seed.words"))


def _check_own(own: RunResult, seed: int) -> None:
    """Raise InputError unless a run is of the same kind as those that the other seeds will get."""
    given = {} if own._model is None else own._model.given
    if own.seed != seed:
        raise InputError(told("error.fan.own.seed"), key="own", given=own.seed, allowed=str(seed))
    if len(own.weekly) != own.spec.weeks:
        raise InputError(
            told("error.fan.own.weeks"),
            key="own",
            given=len(own.weekly),
            allowed=told("error.futures.unfinished.allowed"),
        )
    for name, value in given.items():
        if value is not None:
            raise InputError(
                told("error.fan.own.given"), key="own", given=name, allowed=told("error.fan.own.given.allowed")
            )


def checked_metrics(metrics: Sequence[str], known: Any) -> list[str]:
    """Return the metrics, each once; raise InputError for one that is not known."""
    for name in metrics:
        if name not in known:
            raise InputError(
                told("error.no_such_metric"), key="metrics", given=name, suggestion=nearest(name, list(known))
            )
    return list(dict.fromkeys(metrics))


def _quantiles(series: NDArray[np.float64], names: Sequence[str]) -> pd.DataFrame:
    """Return the quantiles of series of shape (seeds, weeks, metrics), metric by metric."""
    import pandas as pd

    weeks = np.arange(series.shape[1])
    parts = []
    for place, name in enumerate(names):
        found = _over_seeds(series[:, :, place])
        parts.append(pd.DataFrame({"week": weeks, "metric": name, **dict(zip(ORDERS, found, strict=True))}))
    return pd.concat(parts, ignore_index=True)


def _over_seeds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quantiles, shape (orders, weeks), over the seeds in which a week's value is defined."""
    orders = list(ORDERS.values())
    defined = ~np.isnan(values)
    whole = defined.all(axis=0)
    found = np.full((len(orders), values.shape[1]), np.nan)
    found[:, whole] = np.quantile(values[:, whole], orders, axis=0)
    for week in np.flatnonzero(defined.any(axis=0) & ~whole):
        found[:, week] = np.quantile(values[defined[:, week], week], orders)
    return found


def _ends(series: NDArray[np.float64], seeds: Sequence[int], names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"seed": seeds, **{name: series[:, -1, place] for place, name in enumerate(names)}})
