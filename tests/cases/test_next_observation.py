"""Gains of a next observation agree with a linear-Gaussian case whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reported_cases import made

from simulation.cases.arms import arms
from simulation.cases.candidates import candidates
from simulation.cases.counterfactual import by_vector, verdict
from simulation.cases.distances import STATE_SD
from simulation.cases.horizon import horizon
from simulation.cases.measures import MEASURES
from simulation.cases.next_observation import bootstrap, by_chance, gains, next_observations, sd_of, target_of
from simulation.cases.predicting import Predicted

NUMBER = 20_000


def linear(seed=0, number=NUMBER):
    """Return a target t, and values t, t + noise of variance 3, and noise alone."""
    rng = np.random.default_rng(seed)
    target = rng.standard_normal(number)
    noise = rng.standard_normal((number, 2))
    return np.column_stack([target, target + np.sqrt(3) * noise[:, 0], noise[:, 1]]), target


def test_the_share_of_variance_removed_is_the_known_one():
    values, target = linear()
    # 1 ÷ (1 + 1), 1 ÷ (4 + 1) and nothing.
    assert gains(values, target, np.array([1.0, 1.0, 1.0])) == pytest.approx([1 / 2, 1 / 5, 0], abs=0.01)
    assert gains(values, target, np.zeros(3)) == pytest.approx([1, 1 / 4, 0], abs=0.01)


@given(st.floats(-50, 50), st.floats(0.1, 50), st.floats(0, 10))
def test_a_gain_is_a_share_whatever_the_units(shift, factor, sd):
    values, target = linear(3, 60)
    plain = gains(values, target, np.full(3, sd))
    scaled = gains(values * factor + shift, target * -factor, np.full(3, sd * factor))
    assert scaled == pytest.approx(plain, abs=1e-6)
    assert ((plain >= 0) & (plain <= 1 + 1e-9)).all()


def test_an_exact_observation_tells_no_less_than_an_inexact_one():
    values, target = linear(1, 100)
    assert (gains(values, target, np.full(3, 0.1)) >= gains(values, target, np.full(3, 2.0))).all()


def test_nothing_is_learned_of_a_target_that_does_not_vary_or_from_a_value_that_does_not():
    values, target = linear(1, 100)
    assert gains(values, np.ones(100), np.ones(3)).tolist() == [0, 0, 0]
    assert gains(np.ones((100, 3)), target, np.zeros(3)) == pytest.approx([0, 0, 0])


def test_the_error_is_that_of_drawing_other_vectors():
    number = 100
    drawn = [gains(*linear(seed, number), np.ones(3))[0] for seed in range(300)]
    values, target = linear(7, number)
    error = bootstrap(values, target, np.ones(3), np.arange(number), np.random.default_rng(0))[0]
    assert error == pytest.approx(np.std(drawn), rel=0.4)


def test_candidates_that_tell_nothing_beat_chance_about_once_in_twenty():
    beaten = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values, target = rng.standard_normal((40, 12)), rng.standard_normal(40)
        level = by_chance(values, target, np.ones(12), np.arange(40), rng)
        beaten += gains(values, target, np.ones(12)).max() > level
    assert 0 < beaten <= 13


def fitted(folder, smallest=None, sd=None):
    settings = {"smallest": smallest or {"agenda": 1.0, "effectiveness": 0.02}, "sd": sd or {}}
    return made(folder, settings=settings)


def predicted(fit, **end):
    """Return runs in which each metric has these values in each vector, and a candidate the first one's."""
    number, asked = len(next(iter(end.values()))), [*candidates(fit.case)]
    table = {name: np.array([values], dtype=np.float64) for name, values in end.items()}
    values = np.zeros((number, len(asked)))
    values[:, 1] = next(iter(end.values()))
    return Predicted(arms(fit.case)[:1], horizon(fit.case), table, table, {}, np.zeros((number, 0)), tuple(asked),
                     values, number, 0)  # fmt: skip


@pytest.mark.parametrize("names", [("agenda", "effectiveness"), ("effectiveness", "agenda")])
def test_the_target_is_the_first_metric_of_which_the_case_says_what_difference_matters(names, tmp_path):
    fit = fitted(tmp_path / "case", dict.fromkeys(names, 1.0))
    varying = {"agenda": [1, 2, 3, 5.0], "effectiveness": [0.3, 0.1, 0.4, 0.1]}
    assert target_of(fit.case, predicted(fit, **varying)) == names[0]
    # What the candidate tells of the first metric, not of the second.
    made_of = predicted(fit, **{name: varying[name] for name in names})
    best = next_observations(fit, made_of).iloc[0]
    asked = candidates(fit.case)[1]
    assert (best["week"], best["unit"], best["measure"]) == (asked.week, asked.unit, asked.measure)
    target = np.array(varying[names[0]])
    assert best["gain"] == pytest.approx(target.var() / (target.var() + sd_of(fit.case, asked) ** 2))


def test_a_target_that_is_the_same_in_all_runs_gives_way_to_the_next(tmp_path):
    fit = fitted(tmp_path / "case")
    found = predicted(fit, agenda=[2.0] * 4, effectiveness=[0.3, 0.1, 0.4, 0.1])
    assert target_of(fit.case, found) == "effectiveness"


def test_a_candidate_has_the_error_that_the_case_or_the_measure_gives_and_an_event_that_of_yes_or_no(tmp_path):
    plain, own = fitted(tmp_path / "a").case, fitted(tmp_path / "b", sd={"adopted": 9.0, "reported": 0.3}).case
    errors = {}
    for case in (plain, own):
        errors[case.name] = {one.measure: sd_of(case, one) for one in candidates(case)}
    assert {"adopted", "reported", "sites", "participation", "agenda"} == set(errors["a"])
    # An exactness in weeks says nothing of what is seen as yes or no.
    assert errors["a"].pop("adopted") == errors["b"].pop("adopted") == STATE_SD
    assert errors["a"] == {name: MEASURES[name].sd for name in errors["a"]}
    assert errors["b"] == errors["a"] | {"reported": 0.3}


def test_a_difference_is_beyond_or_within_only_with_its_whole_interval():
    assert verdict(0.1, 0.3, 0.05) == verdict(-0.3, -0.1, 0.05) == "beyond"
    assert verdict(-0.04, 0.05, 0.05) == "within"
    assert verdict(0.0, 0.3, 0.05) == verdict(-0.3, 0.3, 0.05) == "undecided"


def test_seeds_of_a_vector_are_averaged_and_vectors_without_a_value_left_out():
    assert by_vector(np.array([1.0, 3.0, np.nan, 5.0, np.nan, np.nan]), 3).tolist() == [2.0, 5.0]
