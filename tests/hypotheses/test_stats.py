"""Tests, planning and modes against closed forms and other implementations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from simulation.experiments import statistics as stats
from simulation.experiments.statistics import BcaEstimate, TEstimate, equivalence, estimate

RNG = np.random.default_rng(1)


def test_t_agrees_with_scipy():
    values = RNG.normal(0.3, 1, 25)
    found = stats.estimate(values)
    assert 2 * found.above(0) == pytest.approx(scipy_stats.ttest_1samp(values, 0, alternative="greater").pvalue * 2)
    expected = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.interval(0.95) == pytest.approx((expected.low, expected.high))


def test_bca_agrees_with_scipy():
    values = np.random.default_rng(5).gamma(4, 0.5, 40)
    expected = scipy_stats.bootstrap(
        (values,), np.mean, method="BCa", n_resamples=20_000, rng=np.random.default_rng(2)
    ).confidence_interval
    found = stats.estimate(values, "bca").interval(0.95)
    assert found == pytest.approx((expected.low, expected.high), abs=0.03)


def test_bca_p_values_invert_its_interval():
    found = stats.estimate(RNG.exponential(1, 40), "bca")
    low, high = found.interval(0.95)
    assert found.above(low) == pytest.approx(0.025, abs=0.002)
    assert found.below(high) == pytest.approx(0.025, abs=0.002)


def test_a_sample_without_spread_is_certain():
    found = stats.estimate([0.5, 0.5, 0.5])
    assert (found.above(0), found.below(0), found.above(0.5)) == (0.0, 1.0, 1.0)
    assert found.interval(0.95) == (0.5, 0.5)


def test_holm_on_a_worked_example():
    # Ordered .005 .01 .03 .04: × 4, 3, 2, 1, never falling.
    assert stats.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_lies_between_the_raw_value_and_bonferroni_and_keeps_the_order(values):
    adjusted = stats.holm(values)
    for raw, made in zip(values, adjusted, strict=True):
        assert raw <= made <= min(1.0, len(values) * raw) + 1e-12
    order = sorted(range(len(values)), key=values.__getitem__)
    assert all(adjusted[a] <= adjusted[b] for a, b in itertools.pairwise(order))


@pytest.mark.parametrize(("mean", "above", "below"), [(1.0, 0.0, 1.0), (-1.0, 1.0, 0.0), (0.0, 1.0, 1.0)])
def test_a_sample_without_spread_is_certain_on_either_side_and_of_nothing_at_the_bound(mean, above, below):
    found = TEstimate(5, mean, 0.0)
    assert (found.above(0.0), found.below(0.0)) == (above, below)


def test_both_tails_of_t_agree_with_scipy_at_a_bound_that_is_not_zero():
    values = np.random.default_rng(3).normal(0.3, 1, 25)
    found = estimate(values)
    for way, p in (("greater", found.above(0.1)), ("less", found.below(0.1))):
        assert p == pytest.approx(scipy_stats.ttest_1samp(values, 0.1, alternative=way).pvalue)
    assert isinstance(found, TEstimate)
    assert (found.n, found.mean) == (25, pytest.approx(values.mean()))


def test_the_bootstrap_takes_ten_values_and_three_distinct_ones_and_is_asked_for():
    steps = np.arange(10.0)
    assert isinstance(estimate(steps, "bca"), BcaEstimate)
    assert isinstance(estimate(steps[:9], "bca"), TEstimate)
    assert isinstance(estimate(steps, "t"), TEstimate)
    assert isinstance(estimate(steps % 2, "bca"), TEstimate)
    assert isinstance(estimate(steps % 3, "bca"), BcaEstimate)


def test_the_bootstrap_of_a_skewed_sample_agrees_with_scipy_to_the_noise_of_resampling(monkeypatch):
    monkeypatch.setattr(stats, "RESAMPLES", 60_000)
    values = np.random.default_rng(11).lognormal(0, 1.2, 15)
    found = estimate(values, "bca", seed=4)
    for level in (0.8, 0.95):
        made = scipy_stats.bootstrap(
            (values,), np.mean, method="BCa", n_resamples=60_000, confidence_level=level, rng=np.random.default_rng(5)
        ).confidence_interval
        assert found.interval(level) == pytest.approx((made.low, made.high), rel=0.012)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_the_bootstraps_p_values_invert_its_interval_at_every_level(level):
    found = estimate(np.random.default_rng(12).lognormal(0, 1, 20), "bca")
    low, high = found.interval(level)
    assert found.above(low) == pytest.approx((1 - level) / 2, abs=1e-3)
    assert found.below(high) == pytest.approx((1 - level) / 2, abs=1e-3)
    assert found.above(low) + found.below(low) == pytest.approx(1.0)


def test_the_bootstraps_corrections_are_efrons():
    values = np.random.default_rng(28).lognormal(0, 1, 25)
    found = BcaEstimate(values, np.random.default_rng(0))
    away = values - values.mean()
    # For a mean the acceleration is a sixth of the third central sum over the second to the power 3/2.
    assert found._a == pytest.approx((away**3).sum() / (6 * (away**2).sum() ** 1.5))
    assert found._rank(-1e9) == 0.5 / 5000
    assert found._rank(1e9) == 4999.5 / 5000


def test_far_from_the_sample_the_bootstraps_p_values_are_small_but_numbers():
    found = estimate(np.random.default_rng(13).gamma(2, 1, 30), "bca", seed=2)
    assert 0 <= found.above(-100.0) < 0.001
    assert 0 <= found.below(100.0) < 0.001


def test_the_bootstrap_depends_on_its_seed_and_on_nothing_else():
    values = np.random.default_rng(14).gamma(2, 1, 30)
    assert estimate(values, "bca", 1).interval(0.9) == estimate(values, "bca", 1).interval(0.9)
    assert estimate(values, "bca", 1).interval(0.9) != estimate(values, "bca", 2).interval(0.9)


def test_equivalence_is_the_worse_of_two_one_sided_tests():
    values = np.random.default_rng(15).normal(0.2, 1, 40)
    up = scipy_stats.ttest_1samp(values, -0.5, alternative="greater").pvalue
    down = scipy_stats.ttest_1samp(values, 0.5, alternative="less").pvalue
    assert up != pytest.approx(down)
    assert equivalence(estimate(values), 0.5) == pytest.approx(max(up, down))


def test_holm_never_passes_one():
    assert stats.holm([0.6, 0.5, 0.9]) == [1.0, 1.0, 1.0]
    assert stats.holm([]) == []
