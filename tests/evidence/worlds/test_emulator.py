"""The emulator, on functions that are known everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence.worlds.emulator import FEWEST, Emulator
from simulation.files.errors import InputError

CUBE = np.random.default_rng(0).random((2000, 4))


def bent(unit):
    return 2 * unit[:, 0] * unit[:, 1] + np.sin(4 * unit[:, 2])


def run(function, number, noise, seed=1):
    rng = np.random.default_rng(seed)
    unit = rng.random((number, 4))
    return unit, function(unit) + noise * rng.standard_normal(number)


def test_it_predicts_a_smooth_function_from_a_few_runs():
    mean, _ = Emulator(*run(bent, 150, 0.0)).predict(CUBE)
    assert np.sqrt(((mean - bent(CUBE)) ** 2).mean()) < 0.03 * bent(CUBE).std()


def test_it_takes_noise_off_rather_than_following_it():
    noise = 0.3
    mean, variance = Emulator(*run(bent, 300, noise)).predict(CUBE)
    assert np.sqrt(((mean - bent(CUBE)) ** 2).mean()) < noise / 2
    # What is predicted is the mean over runs: its variance does not hold the noise of a single vector.
    assert np.sqrt(variance).max() < noise


def test_the_standardised_errors_of_a_bent_function_are_about_one():
    squares, beyond = [], []
    for seed in range(5):
        mean, variance = Emulator(*run(bent, 200, 0.2, seed)).predict(CUBE)
        standard = (mean - bent(CUBE)) / np.sqrt(variance)
        squares.append((standard**2).mean())
        beyond.append((np.abs(standard) > 3).mean())
    assert 0.5 < np.sqrt(np.mean(squares)) < 1.5
    assert np.mean(beyond) < 0.02


def test_less_is_known_far_from_what_was_run():
    rng = np.random.default_rng(2)
    unit = 0.4 * rng.random((120, 4))
    emulator = Emulator(unit, bent(unit) + 0.05 * rng.standard_normal(120))
    near, far = emulator.predict(0.4 * CUBE)[1], emulator.predict(1 - 0.3 * CUBE)[1]
    assert np.median(far) > 4 * np.median(near)


def test_vectors_without_a_value_are_left_out():
    unit, values = run(bent, 100, 0.1)
    holes = values.copy()
    holes[60:] = np.nan
    with_holes, without = Emulator(unit, holes).predict(CUBE), Emulator(unit[:60], values[:60]).predict(CUBE)
    assert np.array_equal(with_holes[0], without[0])
    assert np.array_equal(with_holes[1], without[1])


def test_too_few_values_are_refused():
    unit, values = run(bent, FEWEST, 0.0)
    Emulator(unit, values)
    values[0] = np.nan
    with pytest.raises(InputError, match="an emulator needs"):
        Emulator(unit, values)


def test_a_constant_finding_is_predicted_as_that_constant():
    unit, _ = run(bent, 60, 0.0)
    mean, variance = Emulator(unit, np.full(60, 8.0)).predict(CUBE)
    assert mean == pytest.approx(np.full(2000, 8.0), abs=1e-6)
    assert np.sqrt(variance).max() < 1e-3


def test_a_prediction_does_not_depend_on_how_many_are_asked_for(monkeypatch):
    emulator = Emulator(*run(bent, 80, 0.1))
    whole = emulator.predict(CUBE)
    monkeypatch.setattr("simulation.evidence.worlds.emulator._AT_ONCE", 700)
    parts = emulator.predict(CUBE)
    assert parts[0] == pytest.approx(whole[0], rel=1e-9)
    assert parts[1] == pytest.approx(whole[1], rel=1e-6, abs=1e-12)


def test_without_its_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("simulation.files.extras.missing", lambda extra: ["scikit-learn"] if extra == "worlds" else [])
    with pytest.raises(InputError) as caught:
        Emulator(*run(bent, 60, 0.0))
    assert "scikit-learn" in str(caught.value)
    assert "emulator" in caught.value.problem


def test_a_value_with_a_known_small_variance_counts_more_than_others():
    unit, values = run(bent, 200, 0.6)
    exact = np.arange(200) < 60
    values[exact] = bent(unit[exact])
    variances = np.where(exact, 1e-6, 0.36)
    known, unknown = Emulator(unit, values, variances=variances), Emulator(unit, values)
    error = [np.sqrt(((one.predict(CUBE)[0] - bent(CUBE)) ** 2).mean()) for one in (known, unknown)]
    assert error[0] < 0.6 * error[1]
    assert np.abs(known.predict(unit[exact])[0] - bent(unit[exact])).max() < 0.1


def test_what_no_smooth_function_explains_is_known_where_it_was_run_and_not_elsewhere():
    unit, values = run(bent, 300, 0.3)
    emulator = Emulator(unit, values, variances=np.full(300, 1e-6))
    assert np.abs(emulator.predict(unit)[0] - values).max() < 0.05
    mean, variance = emulator.predict(CUBE)
    assert np.median(np.sqrt(variance)) > 0.2
    # 0.3 strays at each vector alone: at others it is an error that the variance has to hold.
    assert np.sqrt(((mean - bent(CUBE)) ** 2 / variance).mean()) < 1.5
