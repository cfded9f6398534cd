"""Silverman's test of more than one mode, and the distance between two groups of outcomes."""

from __future__ import annotations

import numpy as np

from simulation.hypotheses.evidence import Matrix

_GRID = 256
_RESAMPLES = 999


def count_modes(values: Matrix, bandwidth: float) -> int:
    """Return the number of modes of a Gaussian density estimate of a sample of shape (n,)."""
    return int(_count(values[None, :], bandwidth)[0])


def _count(samples: Matrix, bandwidth: float) -> np.ndarray:
    low, high = samples.min() - 3 * bandwidth, samples.max() + 3 * bandwidth
    grid = np.linspace(low, high, _GRID)
    found = np.empty(len(samples), dtype=np.int64)
    for row, sample in enumerate(samples):
        density = np.exp(-0.5 * ((grid[:, None] - sample[None, :]) / bandwidth) ** 2).sum(axis=1)
        rising = np.diff(density) > 1e-12 * density.max()
        found[row] = 1 + int((~rising[:-1] & rising[1:]).sum())
    return found


def critical_bandwidth(values: Matrix) -> float:
    """Return the smallest bandwidth at which the density estimate has one mode."""
    low, high = 0.0, 2 * float(np.ptp(values))
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (low, middle) if count_modes(values, middle) == 1 else (middle, high)
    return high


def silverman_p(values: Matrix, seed: int = 0) -> float:
    """Return the p-value of 'one mode' (Silverman 1981, J. R. Stat. Soc. B 43): conservative.

    Parameters
    ----------
    values : array of shape (n,)
        At least four numbers; without spread the p-value is 1.
    seed : int
        Seed of the smoothed bootstrap.
    """
    spread = float(values.std())
    if len(values) < 4 or spread <= 1e-12:
        return 1.0
    width = critical_bandwidth(values)
    rng = np.random.default_rng([seed, len(values), 31])
    shape = (_RESAMPLES, len(values))
    drawn = values[rng.integers(0, len(values), shape)] + width * rng.standard_normal(shape)
    # Smoothing adds variance; the sample's own is restored.
    drawn = values.mean() + (drawn - values.mean()) / np.sqrt(1 + (width / spread) ** 2)
    more = int((_count(drawn, width) > 1).sum())
    return (more + 1) / (_RESAMPLES + 1)


def split(values: Matrix) -> tuple[float, float]:
    """Return (the value that parts a sample into its two tightest groups, the distance of their means) (Otsu 1979)."""
    x = np.sort(values)
    n = np.arange(1, len(x))
    sums = np.cumsum(x)[:-1]
    left, right = sums / n, (x.sum() - sums) / (len(x) - n)
    at = int(np.argmax((right - left) ** 2 * n * (len(x) - n)))
    return float((x[at] + x[at + 1]) / 2), float(right[at] - left[at])


def distances(values: Matrix, seed: int = 0) -> Matrix:
    """Return the distance between the two groups' means in resamples of the sample, sorted."""
    rng = np.random.default_rng([seed, len(values), 37])
    picks = rng.integers(0, len(values), (_RESAMPLES, len(values)))
    return np.sort([split(values[row])[1] for row in picks])
