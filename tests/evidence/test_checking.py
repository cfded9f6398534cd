"""The check runs kept vectors again on fresh seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from known_models import product

from simulation.evidence import Calibration, calibrate
from simulation.evidence.checking import Check, spread
from simulation.evidence.evaluating import Evaluator
from simulation.files.errors import InputError

POINTS = [{"a": 1.0, "b": 1.0, "c": 0.1 * place, "idle": 1.5} for place in range(3)]


def test_a_finding_that_no_checked_vector_defines_has_no_median(targets, tmp_path, quiet):
    def half(parameters, seed):
        return product(parameters, seed) | {"third": math.nan}

    search = Evaluator(Calibration.of(targets), half, tmp_path / "s.sqlite", 0, False, 2, options=quiet)
    search(POINTS)
    rows = Check(search, half, np.arange(3), np.full(3, 1 / 3), {}).rows(np.zeros(2))
    assert math.isnan(rows[1]["median"])
    assert (rows[1]["share"], rows[1]["verdict"]) == (0.0, "not met")
    assert rows[0]["median"] == pytest.approx(1.0, abs=0.1)


def test_a_vector_that_weighs_more_is_checked_with_its_weight(targets, tmp_path, quiet):
    found = calibrate(targets, product, store=tmp_path / "s.sqlite", **quiet)
    assert found.checked["weight"].sum() == pytest.approx(1)
    weights = np.array([0.7, 0.1, 0.1, 0.1])
    assert [spread(weights, 10).count(place) for place in range(4)] == [7, 1, 1, 1]
    # One heavy vector, far from the finding, among many light ones that meet it.
    evaluator = Evaluator(found.calibration, product, tmp_path / "h.sqlite", 0, False, 2, options=quiet)
    evaluator.points = [{"a": 3.0, "b": 3.0, "c": 0.5, "idle": 1.0}] + [
        {"a": 1.0, "b": 1.0, "c": 0.5, "idle": 1 + place / 10} for place in range(3)
    ]
    check = Check(evaluator, product, np.arange(4), weights, {})
    assert check.vectors["weight"].max() > 0.6
    rows = {row["target"]: row for row in check.rows(np.zeros(2))}
    assert rows["both"]["share"] < 0.4
    assert rows["both"]["verdict"] == "partly"
    assert rows["both"]["median"] > 5
    assert check.joint < 0.4


def test_an_error_counts_only_the_runs_that_have_a_value(targets, tmp_path):
    asked = Calibration.of(targets)
    evaluator = Evaluator(asked, product, tmp_path / "s.sqlite", 0, paired=True, replicates=8)
    runs = np.array([[1.0, 1.0], [3.0, 3.0], *[[np.nan, 2.0]] * 2, *[[2.0, 2.0]] * 4])
    mean, error = evaluator.mean_of(runs, ["both", "third"])
    assert mean.tolist() == [2, 2]
    assert error[0] == pytest.approx(np.std([1, 3, 2, 2, 2, 2], ddof=1) / np.sqrt(6))


def test_defaults_are_checked_whatever_their_order(targets, tmp_path, quiet):
    defaults = {"idle": 1.0, "c": 0.5, "b": 1.0, "a": 1.0}
    found = calibrate(targets, product, store=tmp_path / "s.sqlite", defaults=defaults, **quiet)
    assert found.targets["default_met"].all()
    assert found.targets["median"].notna().all()
    with pytest.raises(InputError) as caught:
        calibrate(targets, product, store=tmp_path / "s.sqlite", defaults={"a": 1.0, "bb": 1.0}, **quiet)
    assert caught.value.key == "defaults"
