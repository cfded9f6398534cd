"""Gains of a next observation agree with a linear-Gaussian case whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reported_cases import made

from simulation.cases.arms import arms
from simulation.cases.candidates import candidates
from simulation.cases.case import Case
from simulation.cases.counterfactual import by_vector, verdict
from simulation.cases.distances import STATE_SD
from simulation.cases.horizon import horizon
from simulation.cases.measures import MEASURES
from simulation.cases.next_observation import (
    bootstrap,
    by_chance,
    gains,
    latest,
    next_observations,
    sd_of,
    target_of,
)
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


def test_what_an_earlier_row_told_of_the_same_is_no_gain():
    values, target = linear()
    last = np.column_stack([target, target, values[:, 2]])
    # One row of error 1 removes 1/2 of the target's variance, two remove 2/3; of the others the earlier tells nothing.
    found = gains(values, target, np.ones(3), last, np.array([1.0, 1e9, 1.0]))
    assert found == pytest.approx([2 / 3 - 1 / 2, 1 / 5, 0], abs=0.01)
    assert gains(values, target, np.ones(3), np.ones((NUMBER, 3)), np.ones(3)) == pytest.approx(
        gains(values, target, np.ones(3))
    )


@given(st.integers(0, 99), st.floats(0.1, 5), st.floats(0.1, 5))
def test_the_gain_after_an_earlier_row_is_what_two_rows_remove_beyond_one(seed, first, second):
    rng = np.random.default_rng(seed)
    target, last, value = rng.standard_normal((3, 3)) @ rng.standard_normal((3, 40))
    moments = np.cov([last, value, target], bias=True) + np.diag([first**2, second**2, 0.0])
    one = moments[0, 2] ** 2 / moments[0, 0]
    both = moments[:2, 2] @ np.linalg.solve(moments[:2, :2], moments[:2, 2])
    found = gains(value[:, None], target, np.array([second]), last[:, None], np.array([first]))
    assert found[0] == pytest.approx((both - one) / target.var(), abs=1e-8)


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
    return Predicted(arms(fit.case)[:1], horizon(fit.case), table, table, {}, np.zeros((number, len(fit.case.rows))),
                     tuple(asked), values, number, 0)  # fmt: skip


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


def test_the_latest_row_of_a_measure_unit_and_domain_stands_for_what_is_known_of_it(tmp_path):
    rows = [("2020-11-02", "sites", 2, "2"), ("2021-01-04", "sites", 3, "1"), ("2020-12-07", "adopted", 0, "")]
    observed = "date,unit,domain,measure,value,sd\n" + "".join(
        f"{day},Ash,nimby,{measure},{value},{sd}\n" for day, measure, value, sd in rows
    )
    fit = made(tmp_path / "case", observed=observed, settings={"smallest": {"agenda": 1.0}})
    found = predicted(fit, agenda=[1, 2, 3, 5.0])
    found.rows[:] = np.array([[9, 4, 10], [9, 5, np.inf], [9, 6, 60], [9, 7, 40.0]])
    values, sds = latest(fit.case, found, np.ones(4, dtype=bool))
    for place, one in enumerate(found.candidates):
        mine = (one.unit, one.domain, one.measure)
        expected = {
            ("Ash", "nimby", "sites"): ([4, 5, 6, 7], 1.0),
            ("Ash", "nimby", "adopted"): ([1, 0, 0, 1], STATE_SD),
        }
        told, sd = expected.get(mine, ([0, 0, 0, 0], 1.0))
        assert (values[:, place].tolist(), sds[place]) == (told, sd), mine


def test_a_candidate_that_shows_the_same_in_two_weeks_is_proposed_once(tmp_path):
    fit = fitted(tmp_path / "case")
    found = predicted(fit, agenda=[1, 2, 3, 5.0], effectiveness=[0.1, 0.2, 0.3, 0.4])
    found.asked[:] = 0.0
    assert len({one.week for one in found.candidates}) == 2
    table = next_observations(fit, found)
    assert not table.duplicated(["unit", "domain", "measure"]).any()
    assert set(table["week"]) == {min(one.week for one in found.candidates)}
    later = [
        place for place, one in enumerate(found.candidates) if one.week == max(one.week for one in found.candidates)
    ]
    found.asked[:, later[0]] = [4, 3, 2, 1]
    assert len(next_observations(fit, found)) == len(table) + 1


def test_nobody_is_asked_for_the_participation_of_a_department():
    case = Case.load("zhaoqing")
    places = case.hierarchy
    departments = {name for name, one in zip(places.units, places.unit_is_department, strict=True) if one}
    asked = {(one.unit in departments, one.measure) for one in candidates(case)}
    assert (True, "sites") in asked
    assert (False, "participation") in asked
    assert (True, "participation") not in asked
