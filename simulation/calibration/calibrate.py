"""``calibrate``: search, check on fresh seeds, and say what was met, what was pinned down and what conflicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.calibration import identify
from simulation.calibration.abc import GOOD_ENOUGH, Posterior, smc
from simulation.calibration.evaluating import Evaluator, Task
from simulation.calibration.measuring import Measuring
from simulation.calibration.targets import Calibration
from simulation.experiments.seeds import mix
from simulation.scenario.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

type Array = NDArray[np.float64]

_CHECK = 0xC4EC
"""Makes the check's seeds others than the search's."""


@dataclass
class Calibrated:
    """What a calibration has found.

    Attributes
    ----------
    calibration : Calibration
        What was asked.
    posterior : Posterior
        The kept vectors in the unit cube, their weights, why the search ended.
    vectors : DataFrame
        The kept vectors: a column a parameter, ``weight``, ``distance``, and each target's value in the search.
    targets : DataFrame
        One row a target: range, tolerance; under the defaults value, standard error and whether it is met; under the
        kept vectors, on fresh seeds, the median and the 90 % posterior-predictive interval of the mean, the share of
        vectors that meet it, ``nearest`` (the smallest distance of any vector tried) and a verdict: ``met`` (at least
        half of the checked vectors), ``partly`` (at least one), ``not met``.
    parameters, products, conflicts : DataFrame
        See ``identify``.
    joint : float
        Share of the checked vectors that meet all targets at once on fresh seeds.
    store, check_store : Path
        Where the runs are.
    warnings : list of str
        What a reader should know, as text keys of the catalogue (``calibration.warning.…``).
    verdicts : DataFrame, optional
        The battery's verdicts, once ``test_hypotheses`` has run; see ``verdicts``.
    """

    calibration: Calibration
    posterior: Posterior
    vectors: pd.DataFrame
    targets: pd.DataFrame
    parameters: pd.DataFrame
    products: pd.DataFrame
    conflicts: pd.DataFrame
    joint: float
    store: Path
    check_store: Path
    warnings: list[str] = field(default_factory=list)
    verdicts: pd.DataFrame | None = None

    def sample(self, number: int) -> list[dict[str, Any]]:
        """Return some of the kept vectors, spread evenly over their weights, as parameters for ``with_values``."""
        names = list(self.calibration.parameters)
        rows = self.vectors.iloc[_spread(self.posterior.weights, number)]
        return [dict(zip(names, row, strict=True)) for row in rows[names].itertuples(index=False, name=None)]

    def test_hypotheses(self, vectors: int = 3, **options: Any) -> pd.DataFrame:
        """Test the battery under the defaults and some of the kept vectors; see ``calibration.verdicts``."""
        from simulation.calibration.verdicts import verdicts

        self.verdicts = verdicts(self.sample(vectors), **options)
        return self.verdicts

    def save(self, folder: str | Path, lang: str = "en", command: str = "") -> Path:
        """Write the report and its tables into a folder, whole or not at all."""
        from simulation.calibration.report import write

        return write(self, folder, lang, command)


def calibrate(
    targets: Calibration | str | Path | Mapping[str, Any],
    task: Callable[[dict[str, Any], int], Any] | None = None,
    *,
    store: str | Path | None = None,
    budget: int | None = None,
    seed: int | None = None,
    defaults: Mapping[str, float] | None = None,
    **options: Any,
) -> Calibrated:
    """Calibrate, resuming by itself.

    Parameters
    ----------
    targets : Calibration, path, shipped name or dict
        See ``Calibration.of``.
    task : callable, optional
        ``f(parameters, seed) → {target: value}`` in place of the model; the file then has no settings.
    store : str or Path, optional
        The search's store; the check's lies beside it. By default ``out/calibration/<name>.sqlite``.
    budget, seed : int, optional
        Instead of the file's.
    defaults : mapping, optional
        The vector to check beside the kept ones; by default the parameters of the file's first scenario.
    **options
        As for ``sweep``: workers, dask, executor, run_timeout, progress, lang.

    Raises
    ------
    InputError
        When the file or the store cannot be used, or the budget is too small.
    """
    asked = Calibration.of(targets)
    asked = asked.replace(budget=asked.budget if budget is None else budget, seed=asked.seed if seed is None else seed)
    if asked.budget < 2 * asked.keep:
        raise InputError(
            "the budget pays for no first generation", file=asked.file, key="calibration.budget", given=asked.budget,
            allowed=f"at least {2 * asked.keep}, twice calibration.keep",
        )  # fmt: skip
    inner = task or Measuring(asked.settings, list(asked.targets.values()))
    path = Path(store) if store is not None else Path("out", "calibration", f"{asked.name}.sqlite")
    search = Evaluator(
        asked,
        Task(inner, asked, "search"),
        path,
        asked.seed,
        paired=False,
        replicates=asked.replicates,
        options=options,
    )

    def evaluate(_: int, unit: Array) -> Array:
        return np.asarray(search.distances(search(search.values(unit))).max(axis=1), dtype=np.float64)

    posterior = smc(evaluate, len(asked.parameters), keep=asked.keep, budget=asked.budget, seed=asked.seed)
    means = np.array(search.means)
    kept = np.flatnonzero(search.distances(means).max(axis=1) <= posterior.tolerance)
    return _found(asked, inner, posterior, search, means, kept, defaults, options)


def _found(
    asked: Calibration, inner: Any, posterior: Posterior, search: Evaluator, means: Array, kept: Any,
    defaults: Mapping[str, float] | None, options: dict[str, Any],
) -> Calibrated:  # fmt: skip
    import pandas as pd

    vectors = pd.DataFrame([search.points[place] for place in kept])
    vectors["weight"], vectors["distance"] = posterior.weights, posterior.distances
    names = list(asked.targets)
    for place, name in enumerate(names):
        vectors[name] = means[kept, place]
    check = Evaluator(
        asked, Task(inner, asked, "check"), search.store.with_suffix(".check.sqlite"), mix(asked.seed ^ _CHECK) >> 11,
        paired=True, replicates=asked.check_replicates, options=options, replay=False,
    )  # fmt: skip
    usual = _defaults(asked) if defaults is None else dict(defaults)
    chosen = _spread(posterior.weights, asked.check_vectors)
    wanted = [search.points[kept[place]] for place in chosen]
    check([usual, *wanted] if usual else wanted)
    first = 1 if usual else 0
    fresh = np.array(check.means)
    away = check.distances(fresh)
    nearest = search.distances(means).min(axis=0)
    rows = []
    for place, (name, target) in enumerate(asked.targets.items()):
        values = fresh[first:, place]
        met = away[first:, place] <= GOOD_ENOUGH
        row = {"target": name, "low": target.low, "high": target.high, "tolerance": target.tolerance}
        error = check.spreads[0][place] / np.sqrt(asked.check_replicates) if usual else np.nan
        row |= {
            "default": fresh[0, place] if usual else np.nan,
            "default_error": error,
            "default_met": bool(usual) and bool(away[0, place] <= GOOD_ENOUGH),
            "median": _order(values, 0.5),
            "predicted_low": _order(values, 0.05), "predicted_high": _order(values, 0.95),
            "share": float(met.mean()), "nearest": float(nearest[place]),
            "verdict": "met" if met.mean() >= 0.5 else "partly" if met.any() else "not met",
        }  # fmt: skip
        rows.append(row)
    distances = search.distances(means)
    warnings = [] if posterior.tolerance <= GOOD_ENOUGH else ["tolerance"]
    if posterior.effective_size < 5 * len(asked.parameters):
        warnings.append("few")
    if not usual:
        warnings.append("no_defaults")
    return Calibrated(
        asked, posterior, vectors, pd.DataFrame(rows),
        pd.DataFrame(identify.parameter_table(posterior, asked.parameters)),
        pd.DataFrame(identify.product_table(posterior, asked.parameters)),
        pd.DataFrame(identify.conflict_table(names, distances), columns=["first", "second", "nearest"]),
        float((away[first:] <= GOOD_ENOUGH).all(axis=1).mean()), search.store, check.store, warnings,
    )  # fmt: skip


def _order(values: Array, order: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.quantile(values, order)) if len(values) else float("nan")


def _defaults(asked: Calibration) -> dict[str, Any]:
    """Return the free parameters as the file's first scenario has them; nothing for a task of one's own."""
    if not asked.settings:
        return {}
    values = next(iter(asked.settings.values())).base.values
    return {name: values[name] for name in asked.parameters}


def _spread(weights: Array, number: int) -> list[int]:
    """Return distinct places, at most so many, evenly over the summed weights."""
    reached = (np.arange(number) + 0.5) / number
    places = np.searchsorted(np.cumsum(weights), reached)
    return list(dict.fromkeys(int(min(place, len(weights) - 1)) for place in places))
