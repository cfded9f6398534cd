"""The bootstrap is scipy's: the same resamples under every level, in comparisons and in hypotheses alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulation.experiments.statistics import RESAMPLES, estimate, interval

SAMPLE = np.random.default_rng(3).lognormal(0, 1, 24)


def scipys(level: float, seed: list[int]) -> tuple[float, float]:
    found = stats.bootstrap(
        (SAMPLE,),
        np.mean,
        method="BCa",
        confidence_level=level,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_intervals_of_comparisons_and_of_hypotheses_are_scipys_for_the_same_random_state(level):
    assert interval(SAMPLE, level=level, seed=5) == (*scipys(level, [5, 11]), "BCa")
    assert estimate(SAMPLE, "bca", seed=5).interval(level) == scipys(level, [5, len(SAMPLE), 17])


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_resamples_are_those_of_earlier_versions_and_the_interval_too_to_a_ten_thousandth_of_its_width(level):
    rng = np.random.default_rng([5, len(SAMPLE), 17])
    means = np.sort(SAMPLE[rng.integers(0, len(SAMPLE), (RESAMPLES, len(SAMPLE)))].mean(axis=1))
    rank = (np.searchsorted(means, SAMPLE.mean()) + 0.5) / (RESAMPLES + 1)
    away = SAMPLE - SAMPLE.mean()
    z0, a = stats.norm.ppf(rank), (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    moved = z0 + stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(means, stats.norm.cdf(z0 + moved / (1 - a * moved)))
    assert estimate(SAMPLE, "bca", seed=5).interval(level) == pytest.approx((low, high), abs=1e-4 * (high - low))
