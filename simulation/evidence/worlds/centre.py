"""The centre of a set of worlds: the member nearest to all others, in round numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.worlds.measuring import rounded
from simulation.experiments.design.distributions import Range

type Array = NDArray[np.float64]

ROUND = 2
"""Significant digits of the default's values."""


def from_the_centre(unit: Array) -> NDArray[np.int64]:
    """Return the places of vectors of the unit cube, the medoid first: by the sum of distances to all others."""
    apart = np.sqrt(((unit[:, None, :] - unit[None, :, :]) ** 2).sum(axis=-1))
    return np.argsort(apart.sum(axis=1), kind="stable").astype(np.int64)


def in_round_numbers(values: Mapping[str, float], priors: Mapping[str, Range]) -> dict[str, float]:
    """Return a vector in as many digits as a default should have."""
    return {name: rounded(value, priors[name], ROUND) for name, value in values.items()}
