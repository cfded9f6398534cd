"""One run under many seeds, as the page draws it: quantiles by week, and the values at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.experiments.fans import ORDERS as ORDER_OF

if TYPE_CHECKING:
    from simulation.experiments import Fan

#: Metrics that are drawn with bands; the first one decides whether one run beats another.
METRICS = ("effectiveness", "participation")
#: Orders of the quantiles, as a fan names them.
ORDERS = ("q05", "q25", "q50", "q75", "q95")


@dataclass(frozen=True)
class Spread:
    """Small enough to be kept for many choices.

    Attributes
    ----------
    seeds : tuple of int
        The seeds, the own first.
    quantiles : mapping of str to array, shape (5, weeks)
        By metric: the quantiles of `ORDERS`, NaN where the metric is defined under no seed.
    ends : mapping of str to array, shape (seeds,)
        By metric: the value at the end under each seed.
    observed : mapping of str to array, shape (5, weeks)
        By measure of a case: the same quantiles; empty without a case.
    """

    seeds: tuple[int, ...]
    quantiles: Mapping[str, NDArray[np.float64]]
    ends: Mapping[str, NDArray[np.float64]]
    observed: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def of(cls, fan: Fan) -> Spread:
        """Return what the page needs of a fan."""
        return cls(
            tuple(int(seed) for seed in fan.ends["seed"]),
            {name: fan.weekly(name)[list(ORDERS)].to_numpy(dtype=float).T for name in METRICS},
            {name: fan.ends[name].to_numpy(dtype=float) for name in METRICS},
        )

    @classmethod
    def of_case(cls, seeds: Sequence[int], series: NDArray[np.float64], measures: Sequence[str]) -> Spread:
        """Return the spread of series under many seeds.

        Parameters
        ----------
        seeds : sequence of int
            The seeds, the own first.
        series : array, shape (seeds, weeks, `METRICS` and measures)
            Weekly series.
        measures : sequence of str
            Measures of the case, in the order of the last columns.
        """
        quantiles = np.nanquantile(series, [ORDER_OF[name] for name in ORDERS], axis=0)
        return cls(
            tuple(seeds),
            {name: quantiles[:, :, place] for place, name in enumerate(METRICS)},
            {name: series[:, -1, place] for place, name in enumerate(METRICS)},
            {name: quantiles[:, :, len(METRICS) + place] for place, name in enumerate(measures)},
        )
