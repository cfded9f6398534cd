"""The search: known parameters come back at the stated rate, weights are right, a stopped search goes on."""

from __future__ import annotations

import sqlite3

import numpy as np
import pandas as pd
import pytest
from known_models import failing, product, stopping

from simulation.evidence import Calibration, calibrate, smc
from simulation.evidence.abc import Kernel
from simulation.evidence.checking import Check, spread
from simulation.evidence.evaluating import Evaluator
from simulation.evidence.identify import parameter_table, product_table
from simulation.evidence.optimise import first_look
from simulation.evidence.report import conflict_lines
from simulation.experiments.design.distributions import Range
from simulation.experiments.statistics import quantile
from simulation.files.errors import InputError

TOLERANCE = np.array([0.06, 0.12])


def known(unit, rng):
    """A product and a difference of two parameters, with noise: (n, 2) → (n, 2)."""
    made = np.stack([unit[:, 0] * unit[:, 1], unit[:, 0] - unit[:, 1]], axis=1)
    return made + 0.02 * rng.standard_normal(made.shape)


@pytest.mark.slow
def test_known_parameters_lie_in_their_ninety_percent_intervals_nine_times_in_ten():
    # Truth from the prior, data with the error that the tolerance states: then the rate is exact, but for the search.
    worlds, inside = 100, np.zeros(2)
    for world in range(worlds):
        rng = np.random.default_rng([99, world])
        truth = rng.random(2)
        seen = known(truth[None], rng)[0] + rng.uniform(-TOLERANCE, TOLERANCE)

        def distances(generation, unit, world=world, seen=seen):
            made = known(unit, np.random.default_rng([world, generation, 5]))
            return (np.abs(made - seen) / TOLERANCE).max(axis=1)

        found = smc(distances, 2, keep=60, budget=1200, seed=world)
        ends = [[quantile(found.unit[:, j], found.weights, order) for order in (0.05, 0.95)] for j in (0, 1)]
        inside += [low <= value <= high for (low, high), value in zip(ends, truth, strict=True)]
    # Binomial, rate .9: 81 to 98 of 100 in 99.6 of 100 cases.
    assert (inside >= 81).all()
    assert (inside <= 98).all(), "intervals wider than stated"


def test_the_search_finds_the_region_that_rejection_finds():
    def distances(_, unit):
        return np.maximum(np.abs(unit[:, 0] * unit[:, 1] - 0.3) / 0.03, np.abs(unit[:, 0] - 0.6) / 0.15)

    found = smc(distances, 2, keep=400, budget=8000, seed=1)
    cube = np.random.default_rng(0).random((400_000, 2))
    exact = cube[distances(0, cube) <= 1]
    assert found.reason == "good enough"
    assert (found.distances <= 1).all()
    size = found.effective_size
    mean = found.weights @ found.unit
    assert np.abs(mean - exact.mean(axis=0)).max() < 4 * exact.std(axis=0).max() / np.sqrt(size)
    spread = np.sqrt(found.weights @ (found.unit - mean) ** 2)
    assert spread == pytest.approx(exact.std(axis=0), rel=4 / np.sqrt(size))


def test_without_information_the_posterior_is_the_prior():
    found = smc(lambda _, unit: np.zeros(len(unit)), 3, keep=200, budget=400)
    assert found.tried == len(found.unit) == 400
    assert found.effective_size == pytest.approx(400)


def test_a_proposals_density_integrates_to_one_over_the_cube():
    centres = np.array([[0.05, 0.5], [0.9, 0.95], [0.3, 0.2]])
    kernel = Kernel(centres, np.array([0.5, 0.3, 0.2]))
    drawn = kernel.draw(4000, np.random.default_rng(3))
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert (1 / kernel.density(drawn)).mean() == pytest.approx(1, abs=0.1)
    grid = (np.stack(np.meshgrid(*[np.arange(60)] * 2), axis=-1).reshape(-1, 2) + 0.5) / 60
    assert kernel.density(grid).mean() == pytest.approx(1, abs=0.05)


def test_a_target_out_of_reach_ends_the_search_and_is_told():
    found = smc(lambda _, unit: 5 + 0 * unit[:, 0], 2, keep=20, budget=400)
    assert found.reason == "no progress"
    assert found.tolerance == 5


def test_the_budget_is_kept():
    calls = []

    def distances(_, unit):
        calls.append(len(unit))
        return 2 + 1e3 * np.abs(unit - 0.5).max(axis=1)

    found = smc(distances, 4, keep=20, budget=90)
    assert sum(calls) == found.tried == 80
    assert found.reason == "budget"


def test_equal_seeds_give_equal_searches_and_others_do_not():
    def distances(_, unit):
        return np.abs(unit.sum(axis=1) - 1) / 0.02

    searches = [smc(distances, 2, keep=30, budget=400, seed=seed) for seed in (4, 4, 0)]
    assert np.array_equal(searches[0].every, searches[1].every)
    assert not np.array_equal(searches[0].every[:60], searches[2].every[:60])


def test_a_weighted_quantile_with_equal_weights_is_the_ordinary_one():
    values = np.random.default_rng(0).random(501)
    for order in (0.05, 0.5, 0.95):
        assert quantile(values, np.full(501, 1 / 501), order) == pytest.approx(np.quantile(values, order), abs=0.003)


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


def test_a_first_look_comes_nearer_than_chance_and_resumes(targets, tmp_path, quiet):
    seen = first_look(targets, product, trials=60, store=tmp_path / "f.sqlite", **quiet)
    again = first_look(targets, product, trials=60, store=tmp_path / "f.sqlite", **quiet)
    assert seen == again
    chance = calibrate(targets, product, store=tmp_path / "s.sqlite", budget=60, **quiet)
    assert seen.distance < np.median(chance.vectors["distance"])
    assert product(seen.parameters, 0)["both"] == pytest.approx(seen.values["both"], abs=0.1)


def test_a_few_good_vectors_are_not_called_enough():
    def distances(_, unit):
        # Only a small part of the cube can be run at all, and all of that part is good enough.
        return np.where((unit < 0.3).all(axis=1), 0.5, np.inf)

    found = smc(distances, 2, keep=30, budget=400)
    assert found.reason == "good enough"
    assert len(found.unit) >= 30
    assert found.generations > 1
    with pytest.raises(ValueError, match="finite"):
        smc(lambda _, unit: np.full(len(unit), np.inf), 2, keep=30, budget=400)


def test_many_parameters_do_not_stop_the_search_from_proposing():
    rng = np.random.default_rng(0)
    kernel = Kernel(rng.random((60, 100)), np.full(60, 1 / 60))
    drawn = kernel.draw(60, rng)
    assert drawn.shape == (60, 100)
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert np.isfinite(np.log(kernel.density(drawn))).all()


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
    mean, error = evaluator._mean([[1.0, 1.0], [3.0, 3.0], *[[np.nan, 2.0]] * 2, *[[2.0, 2.0]] * 4], 2)
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
    assert "all at once by none" in line
    del table["targets"]["two"]
    met = calibrate(table, three, store=tmp_path / "t.sqlite", **quiet)
    assert conflict_lines(met, "en")[0].startswith("None among")
