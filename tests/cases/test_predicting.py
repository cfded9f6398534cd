"""Runs of a posterior: the same seeds in every arm, rows as a fit predicts them, counterfactuals that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reported_cases import QUIET, made

from simulation import InputError, run
from simulation.cases import predicting
from simulation.cases.arms import AS_IT_WAS, arms
from simulation.cases.measures import predictions
from simulation.cases.predicting import HEADLINES, Predicting, candidates, horizon, predict
from simulation.cases.watching import watch
from simulation.report.under_seeds import HEADLINES as SHOWN

NOTHING = {"no-change": {"title": {"en": "nothing else", "zh": "没有变化"}, "set": {"instruction.wording": 0.7}}}


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return made(tmp_path_factory.mktemp("predicted") / "case", settings={"counterfactuals": NOTHING})


@pytest.fixture(scope="module")
def few():
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(predicting, "QUICK_DRAWS", 8)
        yield


@pytest.fixture(scope="module")
def found(fit, few):
    return predict(fit, **QUIET)


def test_headlines_are_those_of_the_report_of_a_run():
    assert HEADLINES == SHOWN


def test_every_arm_runs_to_the_end_of_the_forecast(fit, found):
    assert found.horizon == horizon(fit.case)
    assert found.horizon.end == found.horizon.last + 20
    assert found.failed == 0
    assert found.runs == 8 * len(arms(fit.case))
    assert found.weekly["effectiveness"].shape == (8, found.horizon.end + 1)
    for name in HEADLINES:
        assert np.array_equal(found.now[name][0], found.weekly[name][:, found.horizon.last], equal_nan=True)
        assert np.array_equal(found.end[name][0], found.weekly[name][:, -1], equal_nan=True)


def test_an_arm_that_changes_nothing_gives_the_same_numbers_under_the_same_seeds(fit, found):
    place = [arm.name for arm in found.arms].index("no-change")
    assert fit.case.spec.values["instruction.wording"] == 0.7
    for name in HEADLINES:
        assert np.array_equal(found.end[name][place], found.end[name][0], equal_nan=True)


@pytest.mark.parametrize("arm", ["as-it-was", "no-group"])
def test_one_run_of_the_report_can_be_repeated_by_hand(fit, found, arm):
    place = [one.name for one in found.arms].index(arm)
    for draw in (0, 5):
        table = run(*fit.scenario(draw, arm)).weekly
        for name in ("effectiveness", "agenda"):
            assert table[name].iloc[-1] == found.end[name][place][draw]
            assert table[name].iloc[found.horizon.last] == found.now[name][place][draw]


@pytest.mark.parametrize(
    ("words", "key", "near"),
    [
        ({"arm": "no-grup"}, "arm", "no-group"),
        ({"draw": 8}, "draw", None),
        ({"draw": -1}, "draw", None),
        ({"replicate": 1}, "replicate", None),
    ],
)
def test_a_run_that_the_report_does_not_have_is_refused(fit, few, words, key, near):
    with pytest.raises(InputError) as caught:
        fit.scenario(**words)
    assert (caught.value.key, caught.value.suggestion) == (key, near)


def test_without_the_group_less_is_done(found):
    place = [arm.name for arm in found.arms].index("no-group")
    assert found.end["effectiveness"][place].mean() < found.end["effectiveness"][0].mean()


def test_rows_are_predicted_as_a_fit_predicts_them(fit):
    case, task = fit.case, Predicting(fit.case)
    vector = fit.vectors.drop(columns="weight").iloc[0].to_dict()
    _, series = task({"arm": AS_IT_WAS, "draw": 3, **vector}, 11)
    seed = int(np.random.SeedSequence([11, 3]).generate_state(1, np.uint64)[0] >> 11)
    seen = watch(case.scenario_for(vector, seed), seed, [spot.week for spot in case.spots])
    expected = predictions(case.rows, case.spots, seen)
    assert series["rows"] == np.where(np.isfinite(expected), expected, -1).tolist()


def test_a_second_report_runs_nothing_again_and_another_posterior_starts_anew(fit, found, monkeypatch):
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 8)
    with monkeypatch.context() as changed:
        changed.setattr(Predicting, "__call__", None)
        again = predict(fit, **QUIET)
    assert np.array_equal(again.rows, found.rows)
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 2)
    assert predict(fit, **QUIET).draws == 2


def test_the_head_of_the_group_is_exchanged_for_the_other_one(tmp_path):
    led = made(tmp_path / "a", stages={"authority": {"rank": "secretary"}})
    other = made(tmp_path / "b", stages={"authority": {"rank": "deputy"}})
    assert [arm.name for arm in arms(led.case)] == ["as-it-was", "no-group", "deputy", "no-wording"]
    assert [arm.name for arm in arms(other.case)] == ["as-it-was", "no-group", "secretary", "no-wording"]


def test_meetings_that_change_do_not_bring_the_group_back(tmp_path):
    changed = {"stages.authority.intensity": 0.9, "stages.authority.rank": "secretary"}
    stages = {"authority": {"rank": "deputy", "intensity": 0.5}}
    fit = made(tmp_path / "case", stages=stages, changes=[{"week": 10, "set": changed}])
    without = arms(fit.case)[1]
    assert without.name == "no-group"
    assert without.values["changes.1.set.stages.authority.intensity"] == 0


def test_candidates_lie_after_the_last_observation_and_ask_no_known_adoption(fit):
    span, asked = horizon(fit.case), candidates(fit.case)
    assert {one.week for one in asked} == {(span.last // 13 + 1) * 13, (span.last + span.end) // 2}
    known = {(row.unit, row.domain) for row in fit.case.rows if row.measure == "adopted" and row.value == 1}
    assert known
    assert not known & {(one.unit, one.domain) for one in asked if one.measure == "adopted"}


@pytest.mark.slow
def test_two_processes_give_the_same_numbers_as_one(fit, found, tmp_path, monkeypatch):
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 8)
    again = predict(replace(fit, folder=tmp_path), workers=2, progress="quiet")
    for name in HEADLINES:
        assert np.array_equal(again.end[name], found.end[name], equal_nan=True)
    assert np.array_equal(again.rows, found.rows)
    assert np.array_equal(again.asked, found.asked)
