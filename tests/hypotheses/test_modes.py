"""Modes of a sample: counted, split, tested."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.hypotheses import modes
from simulation.hypotheses.modes import count_modes, critical_bandwidth, distances, silverman_p, split


def test_the_split_is_otsus():
    values = np.array([0.0, 1.0, 2.0, 10.0, 12.0])
    edge, apart = split(values[::-1].copy())
    assert (edge, apart) == (6.0, 10.0)


@pytest.mark.parametrize("gap", [3.0, 4.0, 5.0, 6.5, 8.0])
def test_the_critical_bandwidth_is_the_least_with_one_mode(gap):
    values = np.concatenate([np.linspace(-1, 1, 20), np.linspace(gap - 1, gap + 1, 20)])
    width = critical_bandwidth(values)
    assert width > 0
    assert count_modes(values, width * 1.01) == 1
    assert count_modes(values, width * 0.99) > 1


def test_the_critical_bandwidth_has_the_units_of_the_sample():
    values = np.concatenate([np.linspace(-1, 1, 20), np.linspace(4, 6, 20)])
    for scale in (0.001, 1000.0):
        assert critical_bandwidth(scale * values) == pytest.approx(scale * critical_bandwidth(values), rel=1e-5)


def test_the_p_value_counts_resamples_with_more_than_one_mode(monkeypatch):
    monkeypatch.setattr(modes, "_count", lambda samples, _: np.where(np.arange(len(samples)) < 499, 2, 1))
    monkeypatch.setattr(modes, "critical_bandwidth", lambda _: 1.0)
    assert silverman_p(np.arange(10.0)) == 0.5


def test_smoothed_resamples_keep_the_samples_own_mean_and_variance(monkeypatch):
    seen = []

    def count(samples, bandwidth):
        seen.append(samples)
        return np.ones(len(samples), dtype=int)

    values = np.random.default_rng(26).normal(5, 2, 40)
    monkeypatch.setattr(modes, "critical_bandwidth", lambda _: 3.0)
    monkeypatch.setattr(modes, "_count", count)
    assert silverman_p(values) == 1 / 1000
    assert seen[0].shape == (999, 40)
    assert seen[0].mean() == pytest.approx(values.mean(), abs=0.05)
    assert seen[0].std() == pytest.approx(values.std(), rel=0.03)


def test_modes_are_counted_up_to_three():
    rng = np.random.default_rng(23)
    for number in (1, 2, 3):
        values = np.concatenate([rng.normal(10 * place, 1, 60) for place in range(number)])
        assert count_modes(values, 1.5) == number


def test_three_values_have_no_modes_to_test_and_four_have():
    assert silverman_p(np.array([0.0, 0.1, 9.0])) == 1.0
    assert silverman_p(np.array([0.0, 0.1, 9.0, 9.1])) < 1.0


def test_distances_are_sorted_and_centre_on_the_samples_own():
    values = np.concatenate([np.linspace(0, 1, 30), np.linspace(9, 10, 30)])
    found = distances(values, seed=1)
    assert len(found) == 999
    assert (np.diff(found) >= 0).all()
    assert np.median(found) == pytest.approx(split(values)[1], abs=0.1)


RNG = np.random.default_rng(1)


def test_modes_are_counted_and_split():
    values = np.concatenate([RNG.normal(0, 0.5, 40), RNG.normal(5, 0.5, 40)])
    edge, apart = split(values)
    assert count_modes(values, 0.5) == 2
    assert count_modes(values, 5.0) == 1
    assert 1 < edge < 4
    assert apart == pytest.approx(5, abs=0.4)


def test_silverman_rejects_one_mode_for_two_and_keeps_it_for_one():
    rng = np.random.default_rng(8)
    two = np.concatenate([rng.normal(0, 1, 40), rng.normal(6, 1, 40)])
    assert silverman_p(two) < 0.01
    kept = [silverman_p(rng.normal(0, 1, 60), seed) > 0.05 for seed in range(12)]
    assert sum(kept) >= 10
    assert silverman_p(np.ones(20)) == 1.0
