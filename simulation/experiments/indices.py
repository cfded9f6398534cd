"""``sensitivity``: the factors that matter, by Sobol's or Morris's method, with noise separated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.numbers import percent
from simulation.experiments.design.design import identity
from simulation.experiments.design.sampling import problem
from simulation.experiments.noise import Noise, decompose
from simulation.experiments.running.worker import OK
from simulation.experiments.store.reading import Experiment, read_store
from simulation.files.errors import InputError, listed, told

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from simulation.drawing.sheet import Sheet

_SMALL = {"sobol": 64, "morris": 8}
"""Number of base points or trajectories below which a warning is given."""
_WIDE = 0.2
"""Half-width of a Sobol index beyond which the sample is called too small."""
_RESAMPLES = 1000


@dataclass(frozen=True)
class Sensitivity:
    """The result of ``sensitivity`` for one metric.

    Attributes
    ----------
    method : {'sobol', 'morris'}
        The method.
    table : DataFrame
        One row per factor. Sobol: ``S1``, ``S1.low``, ``S1.high`` and the same of ``ST``. Morris: ``mu``,
        ``mu_star``, ``mu_star.low``, ``mu_star.high``, ``sigma``.
    pairs : DataFrame or None
        Second-order Sobol indices, one row per pair of factors, when the design allows them.
    noise : Noise
        How the variance of a single run divides into parameters, seeds and chance.
    warnings : list of str
        Reasons against a confident reading; ``text.told.in_language`` says them in Chinese too.
    experiment : Experiment
        The store it was computed from.
    """

    metric: str
    method: str
    table: pd.DataFrame
    pairs: pd.DataFrame | None
    noise: Noise
    warnings: list[str]
    experiment: Experiment
    level: float

    def plot(self, kind: str = "tornado", lang: str = "en", factors: Sequence[str] = ()) -> Sheet:
        """Return a picture: ``tornado``, ``indices``, ``scatter``, ``surface`` or ``phase`` (two factors)."""
        from simulation.experiments import pictures

        return pictures.draw(self, kind, lang=lang, factors=factors)

    def save(self, folder: str | Path) -> Path:
        """Write ``indices.csv``, ``pairs.csv`` (if any) and ``noise.csv`` into a folder."""
        import pandas as pd

        from simulation.files.tables import save_table

        save_table(self.table, Path(folder) / "indices.csv")
        if self.pairs is not None:
            save_table(self.pairs, Path(folder) / "pairs.csv")
        save_table(pd.DataFrame([self.noise.record()]), Path(folder) / "noise.csv")
        return Path(folder)


def sensitivity(store: Experiment | str | Path, metric: str | None = None, *, level: float = 0.95) -> Sensitivity:
    """Compute the indices of a Sobol or Morris sweep.

    Parameters
    ----------
    store : Experiment or path
        The result of a ``sweep`` with the design ``sobol`` or ``morris``.
    metric : str, optional
        By default the first metric of the store.
    level : float
        Coverage of the bootstrap intervals.

    Raises
    ------
    InputError
        For another design, an unknown metric, or too few finished runs.

    Notes
    -----
    Indices describe the mean over replicates, so chance is averaged out before parameters are compared. ``noise.left``
    is the chance that remains; above a twentieth it gives a warning.
    """
    experiment = store if isinstance(store, Experiment) else read_store(store)
    metric = experiment.check_metric(metric)
    design = experiment.design
    if design.kind not in _SMALL:
        raise InputError(
            told("error.indices.design"),
            file=experiment.path,
            given=design.kind,
            allowed=told("error.indices.design.allowed"),
        )
    if not 0 < level < 1:
        raise InputError(
            told("error.interval.level"), key="--level", given=level, allowed=told("error.interval.level.allowed")
        )
    outcome, unit, runs = _responses(experiment, metric)
    width = _width(experiment)
    outcome, unit, dropped = _whole_blocks(outcome, unit, width)
    blocks = len(outcome) // width
    if blocks < 2:
        raise InputError(
            told("error.indices.few"), file=experiment.path, given=told("error.indices.blocks", blocks=blocks)
        )
    noise = decompose(runs, metric)
    warnings = list(experiment.warnings)
    if dropped:
        warnings.append(told("experiments.doubt.dropped", dropped=dropped, blocks=dropped + blocks))
    if blocks < _SMALL[design.kind]:
        warnings.append(told(f"experiments.doubt.few.{design.kind}", blocks=blocks, wanted=_SMALL[design.kind]))
    if noise.left > 0.05:
        warnings.append(told("experiments.doubt.chance", share=percent(noise.left)))
    compute = _sobol if design.kind == "sobol" else _morris
    table, pairs, more = compute(experiment, outcome, unit, level)
    return Sensitivity(metric, design.kind, table, pairs, noise, warnings + more, experiment, level)


def _width(experiment: Experiment) -> int:
    """Return the number of rows that belong together: a Saltelli block or a trajectory."""
    number = len(experiment.design.factors)
    if experiment.design.kind == "morris":
        return number + 1
    return 2 * number + 2 if experiment.design.second_order else number + 2


def _responses(experiment: Experiment, metric: str) -> tuple[NDArray[np.float64], NDArray[np.float64], pd.DataFrame]:
    """Return mean responses in the design's own order (NaN where missing), the design, and the finished runs.

    Equal points are stored once; a point's mean is used only when all its replicates are there.
    """
    design = experiment.design
    runs = experiment.runs
    done = runs[(runs["status"] == OK) & np.isfinite(runs[metric].astype(float))]
    grouped = done.groupby("point")[metric]
    means = grouped.mean()[grouped.size() == design.replicates]
    identities = experiment.identities
    by_identity = {identities[point]: mean for point, mean in means.items()}
    outcome = np.array([by_identity.get(identity(design.names, row), np.nan) for row in design.points()])
    return outcome, design.unit(), done


def _whole_blocks(
    outcome: NDArray[np.float64], unit: NDArray[np.float64], width: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    blocks = outcome.reshape(-1, width)
    whole = np.isfinite(blocks).all(axis=1)
    rows = np.repeat(whole, width)
    return outcome[rows], unit[rows], int((~whole).sum())


def _sobol(
    experiment: Experiment, outcome: NDArray[np.float64], unit: NDArray[np.float64], level: float
) -> tuple[pd.DataFrame, pd.DataFrame | None, list[str]]:
    import pandas as pd
    from SALib.analyze import sobol

    design = experiment.design
    names = design.names
    if np.ptp(outcome) == 0:
        zeros = dict.fromkeys(("S1", "S1.low", "S1.high", "ST", "ST.low", "ST.high"), 0.0)
        flat = pd.DataFrame([{"factor": name, **zeros} for name in names])
        return flat, None, [told("experiments.doubt.flat")]
    found = sobol.analyze(
        problem(len(names), names),
        outcome,
        calc_second_order=design.second_order,
        num_resamples=_RESAMPLES,
        conf_level=level,
        seed=design.seed + 1,
    )
    table = pd.DataFrame({"factor": names})
    for key in ("S1", "ST"):
        table[key] = found[key]
        table[f"{key}.low"] = found[key] - found[f"{key}_conf"]
        table[f"{key}.high"] = found[key] + found[f"{key}_conf"]
    pairs = None
    if design.second_order:
        pairs = pd.DataFrame(
            [
                {"first": names[i], "second": names[j], "S2": s, "S2.low": s - c, "S2.high": s + c}
                for i in range(len(names))
                for j in range(i + 1, len(names))
                for s, c in [(found["S2"][i, j], found["S2_conf"][i, j])]
            ]
        )
    return table, pairs, _doubts(table)


def _doubts(table: pd.DataFrame) -> list[str]:
    warnings: list[str] = []
    for key in ("S1", "ST"):
        negative = table.loc[table[f"{key}.high"] < 0, "factor"]
        if len(negative):
            warnings.append(told("experiments.doubt.negative", index=key, factors=listed(negative)))
        half = (table[f"{key}.high"] - table[f"{key}.low"]) / 2
        wide = table.loc[half > _WIDE, "factor"]
        if len(wide):
            warnings.append(told("experiments.doubt.wide", index=key, width=_WIDE, factors=listed(wide)))
    return warnings


def _morris(
    experiment: Experiment, outcome: NDArray[np.float64], unit: NDArray[np.float64], level: float
) -> tuple[pd.DataFrame, None, list[str]]:
    import pandas as pd
    from SALib.analyze import morris

    design = experiment.design
    found = morris.analyze(
        problem(len(design.names), design.names),
        unit,
        outcome,
        num_resamples=_RESAMPLES,
        conf_level=level,
        num_levels=design.levels,
        seed=design.seed + 1,
    )
    star, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
    table = pd.DataFrame(
        {
            "factor": design.names,
            "mu": np.asarray(found["mu"]),
            "mu_star": star,
            "mu_star.low": star - half,
            "mu_star.high": star + half,
            "sigma": np.asarray(found["sigma"]),
        }
    )
    return table, None, []
