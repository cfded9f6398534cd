"""Vectors that were run, and what they gave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """Vectors that were run alike.

    Attributes
    ----------
    unit : array, shape (n, k)
        The vectors, in the unit cube.
    means, errors : array, shape (n, targets)
        Each finding's mean and its standard error.
    """

    unit: Array
    means: Array
    errors: Array

    @classmethod
    def nothing(cls, dimensions: int, targets: int) -> Seen:
        """Return no vectors."""
        return cls(np.empty((0, dimensions)), np.empty((0, targets)), np.empty((0, targets)))

    def __len__(self) -> int:
        return len(self.unit)

    def __add__(self, other: Seen) -> Seen:
        """Return both, one after the other."""
        return Seen(
            np.vstack([self.unit, other.unit]),
            np.vstack([self.means, other.means]),
            np.vstack([self.errors, other.errors]),
        )

    def __getitem__(self, places: NDArray[np.bool_] | NDArray[np.int64]) -> Seen:
        """Return some of them."""
        return Seen(self.unit[places], self.means[places], self.errors[places])

    def among(self, others: Seen) -> NDArray[np.int64]:
        """Return each vector's place among others, −1 where it is not there; shape (n,)."""
        places = {row.tobytes(): place for place, row in enumerate(others.unit)}
        return np.array([places.get(row.tobytes(), -1) for row in self.unit], dtype=np.int64)

    def variances(self) -> Array:
        """Return each finding's Monte Carlo variance, the same for all vectors: few runs tell little of each one's.

        Its mean over vectors, and not its median: a finding that few cities move far has a small error mostly, and a
        large one where such a city was met.
        """
        known = np.isfinite(self.errors) & (self.errors > 0)
        return np.array(
            [
                np.mean(self.errors[known[:, j], j] ** 2) if known[:, j].any() else 0.0
                for j in range(self.errors.shape[1])
            ]
        )
