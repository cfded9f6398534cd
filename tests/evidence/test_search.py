"""The search: known parameters come back at the stated rate, weights are right, a stopped search goes on."""

from __future__ import annotations

import sqlite3

import numpy as np
import pandas as pd
import pytest
from known_models import failing, product, stopping

from simulation.evidence import calibrate, smc
from simulation.evidence.abc import Posterior
from simulation.evidence.identify import parameter_table, product_table
from simulation.evidence.report import conflict_lines
from simulation.experiments.design.distributions import Range
from simulation.files.errors import InputError


def test_a_product_is_pinned_down_where_its_parameters_are_not(targets, tmp_path, quiet):
    found = calibrate(targets, product, store=tmp_path / "s.sqlite", **quiet)
    assert found.posterior.reason == "good enough"
    ratio = found.parameters.set_index("parameter")["variance_ratio"]
    verdict = found.parameters.set_index("parameter")["verdict"]
    assert verdict["c"] == "pinned"
    assert verdict["idle"] == "free"
    assert ratio["a"] > 0.3
    assert ratio["b"] > 0.3
    directions = found.products[["a", "b", "c", "idle"]].to_numpy()
    expected = np.array([1, 1, 0, 0]) / np.sqrt(2)
    near = np.abs(directions @ expected)
    assert near.max() > 0.98
    assert found.products["verdict"][int(near.argmax())] == "pinned"
    assert found.products["variance_ratio"][int(near.argmax())] < 0.02
    assert set(found.targets["verdict"]) == {"met"}
    assert found.conflicts.empty


def test_nothing_is_pinned_down_by_findings_that_say_nothing():
    priors = {name: Range(0.5, 2.0, "log") for name in "abcdef"}
    pinned = 0
    for seed in range(60):
        found = smc(lambda _, unit: np.zeros(len(unit)), 6, keep=20, budget=40, seed=seed)
        pinned += product_table(found, priors)[0]["verdict"] == "pinned"
        assert {row["verdict"] for row in parameter_table(found, priors)} <= {"free", "narrowed"}
    # One in a hundred is expected; five of sixty would happen once in a thousand times.
    assert pinned < 5


def test_fewer_vectors_than_parameters_pin_no_product_down_and_no_variance_is_negative():
    priors = {name: Range(0.5, 2.0, "log") for name in "abcdef"}
    for seed in range(20):
        unit = np.random.default_rng(seed).random((5, 6))
        found = Posterior(unit, np.full(5, 1 / 5), np.zeros(5), 1.0, 1, 5, "good enough", unit)
        rows = product_table(found, priors)
        assert {row["verdict"] for row in rows} == {"free"}
        assert min(row["variance_ratio"] for row in rows) >= 0


def test_findings_that_conflict_are_named_and_those_out_of_reach_too(targets, tmp_path, quiet):
    targets["targets"]["both"] = {"value": 1.0, "tolerance": 0.1, "source": "made up", "expression": "both"}
    targets["targets"]["large"] = {"value": 4.0, "tolerance": 0.5, "source": "made up"}
    targets["targets"]["never"] = {"value": 90.0, "tolerance": 1.0, "source": "made up"}
    targets["calibration"]["budget"] = 300

    def model(parameters, seed):
        values = product(parameters, seed)
        return values | {"large": values["both"], "never": values["third"]}

    found = calibrate(targets, model, store=tmp_path / "s.sqlite", **quiet)
    pairs = {frozenset((row["first"], row["second"])) for row in found.conflicts.to_dict("records")}
    assert frozenset(("both", "large")) in pairs
    assert frozenset(("never", "")) in pairs
    assert frozenset(("both", "third")) not in pairs
    verdicts = found.targets.set_index("target")["verdict"]
    assert verdicts["never"] == "not met"
    assert found.joint == 0
    assert "tolerance" in found.warnings


def rows(store):
    db = sqlite3.connect(store)
    try:
        points = db.execute("SELECT * FROM points ORDER BY point").fetchall()
        runs = db.execute(
            "SELECT point, replicate, seed, status, both, third FROM runs ORDER BY point, replicate"
        ).fetchall()
        return points, runs
    finally:
        db.close()


def test_a_stopped_calibration_goes_on_as_if_never_stopped(targets, tmp_path, quiet):
    product.identity = stopping.identity = {"task": "the same"}
    try:
        whole = calibrate(targets, product, store=tmp_path / "whole.sqlite", **quiet)
        with pytest.raises(KeyboardInterrupt):
            calibrate(targets, stopping, store=tmp_path / "part.sqlite", **quiet)
        assert len(rows(tmp_path / "part.sqlite")[1]) < len(rows(tmp_path / "whole.sqlite")[1])
        resumed = calibrate(targets, product, store=tmp_path / "part.sqlite", **quiet)
    finally:
        del product.identity, stopping.identity
    assert rows(tmp_path / "part.sqlite") == rows(tmp_path / "whole.sqlite")
    pd.testing.assert_frame_equal(resumed.targets, whole.targets)
    pd.testing.assert_frame_equal(resumed.vectors, whole.vectors)


def test_a_finished_calibration_runs_nothing_again(targets, tmp_path, quiet):
    first = calibrate(targets, product, store=tmp_path / "s.sqlite", **quiet)

    def must_not_run(parameters, seed):
        raise AssertionError

    must_not_run.identity = {"task": f"{product.__module__}.{product.__qualname__}"}
    again = calibrate(targets, must_not_run, store=tmp_path / "s.sqlite", **quiet)
    pd.testing.assert_frame_equal(first.targets, again.targets)


def test_a_larger_budget_continues_the_same_store(targets, tmp_path, quiet):
    targets["targets"]["both"]["tolerance"] = 0.001
    small = calibrate(targets, product, store=tmp_path / "s.sqlite", budget=90, **quiet)
    large = calibrate(targets, product, store=tmp_path / "s.sqlite", budget=150, **quiet)
    assert (small.posterior.tried, large.posterior.tried) == (90, 150)
    assert np.array_equal(large.posterior.every[:90], small.posterior.every)
    fresh = calibrate(targets, product, store=tmp_path / "t.sqlite", budget=150, **quiet)
    pd.testing.assert_frame_equal(large.vectors, fresh.vectors)


@pytest.mark.parametrize("change", ["tolerance", "prior", "seed", "keep"])
def test_another_calibration_on_the_same_store_is_refused(targets, tmp_path, quiet, change):
    calibrate(targets, product, store=tmp_path / "s.sqlite", budget=60, **quiet)
    if change == "tolerance":
        targets["targets"]["both"]["tolerance"] = 0.2
    elif change == "prior":
        targets["parameters"]["a"]["high"] = 6.0
    else:
        targets["calibration"][change] = 7
    with pytest.raises(InputError) as caught:
        calibrate(targets, product, store=tmp_path / "s.sqlite", budget=60, **quiet)
    assert caught.value.file == str(tmp_path / "s.sqlite")


def test_vectors_whose_runs_fail_are_not_kept(targets, tmp_path, quiet):
    targets["targets"]["third"]["range"] = [0.75, 1.0]
    found = calibrate(targets, failing, store=tmp_path / "s.sqlite", **quiet)
    assert found.posterior.reason == "good enough"
    assert found.vectors["c"].max() <= 0.8


def test_a_budget_without_a_first_generation_is_refused(targets, tmp_path, quiet):
    with pytest.raises(InputError) as caught:
        calibrate(targets, product, store=tmp_path / "s.sqlite", budget=59, **quiet)
    assert caught.value.key == "calibration.budget"


def test_workers_change_nothing(targets, tmp_path, quiet):
    targets["calibration"] |= {"keep": 8, "budget": 16}
    here = calibrate(targets, product, store=tmp_path / "0.sqlite", **quiet)
    there = calibrate(targets, product, store=tmp_path / "2.sqlite", **quiet | {"workers": 2})
    pd.testing.assert_frame_equal(here.vectors, there.vectors)
    assert rows(tmp_path / "0.sqlite") == rows(tmp_path / "2.sqlite")


def broken(parameters, seed):
    raise ZeroDivisionError("nobody lives there")


def undefined(parameters, seed):
    return product(parameters, seed) | {"third": float("nan")}


def test_a_calibration_in_which_nothing_runs_says_why(targets, tmp_path, quiet):
    with pytest.raises(InputError, match="nobody lives there"):
        calibrate(targets, broken, store=tmp_path / "s.sqlite", **quiet)
    with pytest.raises(InputError, match="defined least often") as caught:
        calibrate(targets, undefined, store=tmp_path / "t.sqlite", **quiet)
    assert caught.value.key == "targets.third.expression"


@pytest.mark.parametrize("seed", [-1, 2**53 + 1])
def test_a_seed_out_of_range_is_refused(targets, tmp_path, quiet, seed):
    with pytest.raises(InputError) as caught:
        calibrate(targets, product, store=tmp_path / "s.sqlite", seed=seed, **quiet)
    assert caught.value.key == "calibration.seed"


def test_every_vector_tried_is_handed_over(targets, tmp_path, quiet):
    found = calibrate(targets, product, store=tmp_path / "s.sqlite", **quiet)
    assert len(found.tried) == found.posterior.tried
    assert found.tried["generation"].value_counts()[0] == 2 * 30
    kept = found.tried[found.tried["distance"] <= found.posterior.tolerance]
    assert kept["both"].tolist() == found.vectors["both"].tolist()


def three(parameters, seed):
    return {"one": parameters["a"], "two": parameters["b"], "sum": parameters["a"] + parameters["b"]}


def test_findings_that_meet_in_pairs_but_not_all_at_once_are_told(tmp_path, quiet):
    ends = {"low": -1.5, "high": 1.5}
    finding = {"tolerance": 0.35, "source": "made"}
    table = {
        "calibration": {"keep": 30, "budget": 400, "replicates": 1, "check_vectors": 4, "check_replicates": 2},
        "parameters": {"a": ends, "b": ends},
        "targets": {"one": finding | {"value": 1}, "two": finding | {"value": 1}, "sum": finding | {"value": 0}},
    }
    found = calibrate(table, three, store=tmp_path / "s.sqlite", **quiet)
    assert found.conflicts.empty
    (line,) = conflict_lines(found, "en")
    assert "none meets all findings at once" in line
    del table["targets"]["two"]
    met = calibrate(table, three, store=tmp_path / "t.sqlite", **quiet)
    assert conflict_lines(met, "en")[0].startswith("No conflict among")
