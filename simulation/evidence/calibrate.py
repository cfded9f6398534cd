"""``calibrate``: search, check on fresh seeds, and say which findings are met, pin something down, or conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence import identify
from simulation.evidence.abc import GOOD_ENOUGH, Posterior, smc
from simulation.evidence.checking import Check, spread
from simulation.evidence.evaluating import Evaluator, Staged
from simulation.evidence.measuring import Measuring
from simulation.evidence.targets import Calibration
from simulation.experiments.running.protocol import Task
from simulation.files.errors import InputError, listed, told

if TYPE_CHECKING:
    import pandas as pd

type Array = NDArray[np.float64]

LARGEST_SEED = 2**53


@dataclass
class Calibrated:
    """The result of a calibration.

    Attributes
    ----------
    calibration : Calibration
        The findings and priors.
    posterior : Posterior
        The kept vectors in the unit cube, their weights, why the search ended.
    vectors : DataFrame
        The kept vectors: one column per parameter, ``weight``, ``distance``, and each target's value in the search.
    targets : DataFrame
        One row per target: range, tolerance; under the defaults value, standard error and whether it is met; under the
        kept vectors, on fresh seeds and by weight, the median and the 90 % posterior-predictive interval of the mean
        and the share of vectors that meet it; ``nearest`` (the smallest distance of any vector tried) and a verdict:
        ``met`` (at least half of the checked vectors), ``partly`` (at least one), ``not met``.
    parameters, products, conflicts : DataFrame
        See ``identify``.
    tried : DataFrame
        Every vector of the search, in order: one column per parameter, ``generation`` (generation 0 holds draws
        from the prior), ``distance``, and each target's value.
    checked : DataFrame
        The vectors that were run on fresh seeds: one column per parameter, ``weight``, and each target's value there.
    defaults : dict
        The vector that was checked beside the kept ones; empty when there is none.
    joint : float
        Share of the checked vectors that meet all targets at once on fresh seeds.
    store, check_store : Path
        Where the runs are.
    warnings : list of str
        Warnings for the reader, as text keys of the catalogue (``calibration.warning.…``).
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
    tried: pd.DataFrame
    checked: pd.DataFrame
    defaults: dict[str, Any]
    joint: float
    store: Path
    check_store: Path
    warnings: list[str] = field(default_factory=list)
    verdicts: pd.DataFrame | None = None

    def sample(self, number: int) -> list[dict[str, Any]]:
        """Return some of the kept vectors, spread evenly over their weights, as parameters for ``with_values``."""
        names = list(self.calibration.parameters)
        rows = self.vectors.iloc[list(dict.fromkeys(spread(self.posterior.weights, number)))]
        return [dict(zip(names, row, strict=True)) for row in rows[names].itertuples(index=False, name=None)]

    def test_hypotheses(self, vectors: int = 3, **options: Any) -> pd.DataFrame:
        """Test the battery under the defaults and some of the kept vectors; see ``calibration.verdicts``."""
        from simulation.evidence.verdicts import verdicts

        self.verdicts = verdicts(self.sample(vectors), **options)
        return self.verdicts

    def save(self, folder: str | Path, lang: str = "en", command: str = "") -> Path:
        """Write ``report.md`` and the tables into a folder, whole or not at all.

        `simulation.report.calibration.write` adds the pictures and ``report.html``.
        """
        from simulation.evidence.report import write

        return write(self, folder, lang, command)


def calibrate(
    targets: Calibration | str | Path | Mapping[str, Any],
    task: Task | None = None,
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
        Replace the file's values.
    defaults : mapping, optional
        The vector to check beside the kept ones, every free parameter and no other; by default the parameters of the
        file's first scenario.
    **options
        As for ``sweep``: workers, dask, executor, run_timeout, progress, lang.

    Raises
    ------
    InputError
        When the file, the store or the seed cannot be used, the budget is too small, or nothing could be measured.
    """
    asked = Calibration.of(targets)
    asked = asked.replace(budget=asked.budget if budget is None else budget, seed=asked.seed if seed is None else seed)
    if asked.budget < 2 * asked.keep:
        raise InputError(
            told("error.calibrate.budget"), file=asked.file, key="calibration.budget", given=asked.budget,
            allowed=told("error.calibrate.budget.allowed", least=2 * asked.keep),
        )  # fmt: skip
    if not 0 <= asked.seed <= LARGEST_SEED:
        raise InputError(
            told("error.not_a_seed"),
            file=asked.file,
            key="calibration.seed",
            given=asked.seed,
            allowed=told("error.seed.bounds", most=LARGEST_SEED),
        )
    usual = _defaults(asked, defaults)
    inner = task or Measuring(asked.settings, list(asked.targets.values()))
    path = Path(store) if store is not None else Path("out", "calibration", f"{asked.name}.sqlite")
    search = Evaluator(
        asked,
        Staged(inner, asked, "search"),
        path,
        asked.seed,
        paired=False,
        replicates=asked.replicates,
        options=options,
    )

    generations: list[int] = []

    def evaluate(generation: int, unit: Array) -> Array:
        values = search(search.values(unit))
        if generation == 0:
            _check_measured(search, values)
        generations.extend([generation] * len(unit))
        return np.asarray(search.distances(values).max(axis=1), dtype=np.float64)

    posterior = smc(evaluate, len(asked.parameters), keep=asked.keep, budget=asked.budget, seed=asked.seed)
    return _found(asked, inner, posterior, search, generations, usual)


def _check_measured(search: Evaluator, values: Array) -> None:
    """Raise InputError unless some vector has a value of every target: without one no search is possible."""
    defined = np.isfinite(values)
    if defined.all(axis=1).any():
        return
    asked = search.calibration
    failed = None if search.stored is None else search.stored.failed
    if failed is not None and len(failed):
        raise InputError(
            told("error.calibrate.failed", number=len(failed), first=failed['error'].iloc[0]), file=search.store,
        )  # fmt: skip
    rarest = list(asked.targets)[int(defined.sum(axis=0).argmin())]
    raise InputError(
        told("error.calibrate.undefined", number=len(values)),
        file=asked.file, key=f"targets.{rarest}.expression", given=asked.targets[rarest].expression.text,
        allowed=told("error.calibrate.undefined.allowed"),
    )  # fmt: skip


def _found(
    asked: Calibration, inner: Task, posterior: Posterior, search: Evaluator, generations: list[int],
    usual: dict[str, Any],
) -> Calibrated:  # fmt: skip
    import pandas as pd

    names = list(asked.targets)
    means = np.array(search.means)
    distances = search.distances(means)
    tried = pd.DataFrame(search.points).assign(generation=generations, distance=distances.max(axis=1))
    tried[names] = means
    kept = np.flatnonzero(tried["distance"] <= posterior.tolerance)
    vectors = tried.iloc[kept].drop(columns="generation").reset_index(drop=True)
    vectors.insert(len(asked.parameters), "weight", posterior.weights)
    check = Check(search, inner, kept, posterior.weights, usual)
    warnings = [] if posterior.tolerance <= GOOD_ENOUGH else ["tolerance"]
    if posterior.effective_size < 5 * len(asked.parameters):
        warnings.append("few")
    if not usual:
        warnings.append("no_defaults")
    return Calibrated(
        asked, posterior, vectors, pd.DataFrame(check.rows(distances.min(axis=0))),
        pd.DataFrame(identify.parameter_table(posterior, asked.parameters)),
        pd.DataFrame(identify.product_table(posterior, asked.parameters)),
        pd.DataFrame(identify.conflict_table(names, distances), columns=["first", "second", "nearest"]),
        tried, check.vectors, usual, check.joint, search.store, check.store, warnings,
    )  # fmt: skip


def _defaults(asked: Calibration, given: Mapping[str, float] | None) -> dict[str, Any]:
    """Return the free parameters as given, or as the file's first scenario has them; empty for a user's own task.

    Raises
    ------
    InputError
        When not exactly the free parameters are given.
    """
    if given is not None:
        if set(given) != set(asked.parameters):
            raise InputError(
                told("error.calibrate.defaults"), key="defaults", given=", ".join(given),
                allowed=listed(asked.parameters),
            )  # fmt: skip
        return {name: given[name] for name in asked.parameters}
    if not asked.settings:
        return {}
    values = next(iter(asked.settings.values())).base.values
    return {name: values[name] for name in asked.parameters}
