"""Vectors of parameters evaluated into a store."""

from __future__ import annotations

import math

import numpy as np
import pytest
from known_models import product

from simulation.evidence import Calibration
from simulation.evidence.evaluating import Evaluator
from simulation.files.errors import InputError

POINTS = [{"a": 1.0, "b": 1.0, "c": 0.1 * place, "idle": 1.5} for place in range(3)]


def test_a_search_does_not_go_on_in_the_store_of_another(targets, tmp_path, quiet):
    asked = Calibration.of(targets)
    Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)(POINTS)
    again = Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)
    assert again(POINTS[:2]).shape == (2, 2)
    with pytest.raises(InputError, match="another search"):
        Evaluator(asked, product, tmp_path / "s.sqlite", 0, False, 2, options=quiet)(POINTS[1:])


def test_a_weighted_target_is_the_ratio_of_two_sums_with_the_error_of_one(tmp_path, quiet):
    table = {
        "settings": {"here": {"scenario": "classroom"}},
        "parameters": {"effect.wear": {"low": 0.01, "high": 0.09}},
        "targets": {
            "share": {
                "setting": "here", "expression": "rolled_out / trials", "weight": "trials", "range": [0, 1],
                "tolerance": 0.1, "source": "made",
            },
            "plain": {"setting": "here", "expression": "breadth", "range": [0, 1], "tolerance": 0.1, "source": "made"},
        },
    }  # fmt: skip
    runs = [(0.5, 2.0, 1.0), (1.0, 6.0, 3.0), (math.nan, 0.0, 2.0), (0.25, 4.0, 6.0)]

    def drawn(parameters, seed):
        share, trials, breadth = runs[seed % 4]
        return {"share": share, "share weight": trials, "plain": breadth}

    asked = Calibration.of(table)
    evaluator = Evaluator(asked, drawn, tmp_path / "s.sqlite", 0, True, 60, options=quiet)
    (share, plain) = evaluator([{"effect.wear": 0.03}])[0]
    stored = evaluator.stored.runs
    values, weights = stored["share"].to_numpy(float), stored["share weight"].to_numpy(float)
    counted = np.isfinite(values)
    rolled = (values * weights)[counted]
    assert share == pytest.approx(rolled.sum() / weights[counted].sum())
    assert share != pytest.approx(values[counted].mean())
    assert plain == pytest.approx(stored["plain"].astype(float).mean())
    number = int(counted.sum())
    spread = np.std(rolled - share * weights[counted], ddof=1) / np.sqrt(number) / weights[counted].mean()
    assert evaluator.errors[0][0] == pytest.approx(spread)


def test_a_weight_is_refused_where_a_task_of_one_s_own_runs(targets):
    name = next(iter(targets["targets"]))
    changed = {**targets, "targets": {**targets["targets"], name: {**targets["targets"][name], "weight": "trials"}}}
    with pytest.raises(InputError) as refused:
        Calibration.of(changed)
    assert refused.value.key == f"targets.{name}.weight"


def test_without_a_weight_all_runs_count_equally(targets):
    assert all(target.columns == (name,) for name, target in Calibration.of(targets).targets.items())
