"""The check on fresh seeds: vectors are kept partly by luck, and only new runs show by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.abc import GOOD_ENOUGH
from simulation.evidence.evaluating import Evaluator, Staged
from simulation.experiments.running.protocol import Task
from simulation.experiments.running.seeds import mix
from simulation.experiments.statistics import quantile

if TYPE_CHECKING:
    import pandas as pd

type Array = NDArray[np.float64]

_CHECK = 0xC4EC
"""Makes the check's seeds different from the search's."""


class Check:
    """Some kept vectors, and the defaults, each run again under the same fresh seeds.

    Parameters
    ----------
    search : Evaluator
        The search whose vectors are checked.
    inner : task
        The task that runs.
    kept : array of int
        Places of the kept vectors among the search's.
    weights : array
        Weights of the kept vectors, summing to 1.
    usual : dict
        The defaults; empty when there are none.

    Attributes
    ----------
    joint : float
        Share of the vectors, by weight, that meet all targets at once.
    store : Path
        Where the runs are.
    """

    def __init__(
        self, search: Evaluator, inner: Task, kept: NDArray[np.int64], weights: Array, usual: Mapping[str, Any]
    ) -> None:
        asked = self._asked = search.calibration
        evaluator = Evaluator(
            asked, Staged(inner, asked, "check"), search.store.with_suffix(".check.sqlite"),
            mix(asked.seed ^ _CHECK) >> 11, paired=True, replicates=asked.check_replicates, options=search.options,
            replay=False,
        )  # fmt: skip
        # A heavy vector is chosen several times: it runs once, and weighs as often. Counting it once would give light
        # vectors too much weight.
        chosen = Counter(spread(weights, asked.check_vectors))
        self._points = [search.points[kept[place]] for place in chosen]
        self._weights = np.array(list(chosen.values())) / chosen.total()
        first = 1 if usual else 0
        evaluator([dict(usual), *self._points] if usual else self._points)
        means = np.array(evaluator.means)
        away = evaluator.distances(means)
        undefined = np.full(len(asked.targets), np.nan)
        self._usual = (means[0], evaluator.errors[0], away[0]) if usual else (undefined, undefined, undefined)
        self._means, self._met = means[first:], away[first:] <= GOOD_ENOUGH
        self.joint = float(self._weights @ self._met.all(axis=1))
        self.store = evaluator.store

    @property
    def vectors(self) -> pd.DataFrame:
        """One row per checked vector: parameters, ``weight``, each target's value."""
        import pandas as pd

        table = pd.DataFrame(self._points).assign(weight=self._weights)
        table[list(self._asked.targets)] = self._means
        return table

    def rows(self, nearest: Array) -> list[dict[str, Any]]:
        """Return one row per target; see ``Calibrated``.

        Parameters
        ----------
        nearest : array, shape (targets,)
            The smallest distance of any vector of the search.
        """
        rows = []
        for place, (name, target) in enumerate(self._asked.targets.items()):
            value, error, distance = (part[place] for part in self._usual)
            middle, low, high = (self._order(place, order) for order in (0.5, 0.05, 0.95))
            share = float(self._weights @ self._met[:, place])
            verdict = "met" if share >= 0.5 else "partly" if self._met[:, place].any() else "not met"
            rows.append(
                {"target": name, "low": target.low, "high": target.high, "tolerance": target.tolerance,
                 "default": float(value), "default_error": float(error), "default_met": bool(distance <= GOOD_ENOUGH),
                 "median": middle, "predicted_low": low, "predicted_high": high, "share": share,
                 "nearest": float(nearest[place]), "verdict": verdict}
            )  # fmt: skip
        return rows

    def _order(self, place: int, order: float) -> float:
        """Return a weighted quantile of a target's means, of those that are defined."""
        values = self._means[:, place]
        known = np.isfinite(values)
        if not known.any():
            return float("nan")
        return quantile(values[known], self._weights[known] / self._weights[known].sum(), order)


def spread(weights: Array, number: int) -> list[int]:
    """Return so many places, evenly over the summed weights: a heavy one several times, a light one perhaps never."""
    reached = (np.arange(number) + 0.5) / number
    places = np.searchsorted(np.cumsum(weights), reached)
    return [int(min(place, len(weights) - 1)) for place in places]
