"""Runs of a posterior: the same seeds in every arm, rows as a fit predicts them, counterfactuals that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fitted_cases import OBSERVED
from reported_cases import QUIET, made

from simulation import InputError, run
from simulation.cases import predicting
from simulation.cases.arms import AS_IT_WAS, arms
from simulation.cases.candidates import candidates
from simulation.cases.case_file import Counterfactual
from simulation.cases.horizon import horizon
from simulation.cases.measures import predictions
from simulation.cases.predicting import HEADLINES, Predicting, predict
from simulation.cases.watching import watch
from simulation.experiments.store.locking import StoreLock
from simulation.report.under_seeds import HEADLINES as SHOWN

# The case has no signal of a governor.
NOTHING = {"no-change": {"title": {"en": "nothing else", "zh": "没有变化"}, "set": {"issuers.governor": 0.1}}}


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
    assert not fit.case.spec.signals
    for name in HEADLINES:
        assert np.array_equal(found.end[name][place], found.end[name][0], equal_nan=True)


@pytest.mark.parametrize("arm", ["as-it-was", "no-group"])
def test_one_run_of_the_report_can_be_repeated_by_hand(fit, found, arm):
    place = [one.name for one in found.arms].index(arm)
    for draw in (0, 5):
        table = run(*fit.scenario(draw, arm)).weekly
        assert len(table) == found.horizon.end + 1
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
    known = {"free": {}}
    led = made(tmp_path / "a", settings=known, stages={"authority": {"rank": "secretary"}})
    other = made(tmp_path / "b", settings=known, stages={"authority": {"rank": "deputy"}})
    assert [arm.name for arm in arms(led.case)] == ["as-it-was", "no-group", "deputy", "no-wording"]
    assert [arm.name for arm in arms(other.case)] == ["as-it-was", "no-group", "secretary", "no-wording"]


def test_meetings_that_change_do_not_bring_the_group_back(tmp_path):
    changed = {"stages.authority.intensity": 0.9, "stages.authority.rank": "secretary"}
    stages = {"authority": {"rank": "deputy", "intensity": 0.5}}
    fit = made(tmp_path / "case", stages=stages, changes=[{"week": 10, "set": changed}])
    without = arms(fit.case)[1]
    assert without.name == "no-group"
    assert without.values["changes.1.set.stages.authority.intensity"] == 0


def test_a_user_gets_runs_of_one_length_also_where_rows_are_watched_beyond_the_forecast(tmp_path):
    late = OBSERVED + "2021-02-04,Cedar,old,adopted,1,20,\n"
    fit = made(tmp_path / "case", 2, observed=late, settings={"forecast": {"weeks": 0}})
    task = Predicting(fit.case)
    assert task.run > task.horizon.end + 1
    was, other = (fit.scenario(1, arm) for arm in ("as-it-was", "no-group"))
    assert was[0].weeks == other[0].weeks == task.horizon.end + 1
    assert was[1] == other[1]
    # Numbers of a week do not depend on the length of the run.
    point = {"draw": 1, **fit.vectors.drop(columns="weight").iloc[1].to_dict()}
    metrics, _ = task({"arm": "as-it-was", **point}, 4)
    again = run(*task.scenario({"arm": "as-it-was", **point}, 4)).summary
    assert metrics["end.effectiveness"] == again["effectiveness"]


def test_vectors_are_drawn_by_weight(fit, few):
    weights = np.array([0.5, 0.25, 0.25, *[0.0] * 5])
    uneven = replace(fit, vectors=fit.vectors.assign(weight=weights))
    keys = [key for key in fit.vectors if key != "weight"]
    drawn = [uneven.scenario(draw)[0].values for draw in range(8)]
    places = [
        next(place for place, row in enumerate(fit.vectors[keys].to_dict("records")) if row.items() <= values.items())
        for values in drawn
    ]
    assert np.bincount(places, minlength=8).tolist() == [4, 2, 2, 0, 0, 0, 0, 0]


def test_metrics_that_matter_later_are_run_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 2)
    fit = made(tmp_path / "case", 2, settings={"forecast": {"weeks": 0}})
    assert "proven" not in predict(fit, **QUIET).now
    settings = fit.case.settings.model_copy(update={"smallest": {"proven": 1.0}})
    later = replace(fit, case=replace(fit.case, settings=settings))
    assert later.case.digest == fit.case.digest
    assert not np.isnan(predict(later, **QUIET).now["proven"]).all()


def test_runs_that_a_counterfactual_cannot_have_fail_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(predicting, "QUICK_DRAWS", 6)
    free = {"transmission.meeting_cost": {"low": 0.001, "high": 0.004}}
    fit = made(tmp_path / "case", 6, settings={"forecast": {"weeks": 0}, "free": free})
    # As of a vector between the ends that were tried.
    many = Counterfactual(set={"stages.authority.meetings_per_year": 400})
    settings = fit.case.settings.model_copy(update={"counterfactuals": {"many": many}})
    found = predict(replace(fit, case=replace(fit.case, settings=settings)), **QUIET)
    impossible = fit.vectors["transmission.meeting_cost"] * 400 >= 1
    assert 0 < impossible.sum() < 6
    assert found.failed == impossible.sum()
    missing = np.isnan(found.now["effectiveness"]).sum(axis=1)
    assert dict(zip([arm.name for arm in found.arms], missing, strict=True)) == {
        "as-it-was": 0, "no-group": 0, "deputy": 0, "no-wording": 0, "many": impossible.sum()
    }  # fmt: skip


def test_a_store_that_another_program_holds_is_not_removed(fit, few, found):
    store = fit.place / predicting.STORE
    other = replace(fit, seed=fit.seed + 1)
    lock = StoreLock(store)
    try:
        with pytest.raises(InputError):
            predict(other, **QUIET)
        assert store.stat().st_size
    finally:
        lock.release()


def test_a_free_rank_is_exchanged_only_where_a_vector_has_it(tmp_path):
    free = {"stages.authority.rank": {"values": ["none", "secretary", "deputy"]}}
    task = Predicting(made(tmp_path / "case", settings={"free": free}).case)
    heads = {
        rank: task.scenario({"arm": "deputy", "draw": 0, "stages.authority.rank": rank}, 0)[0].stages.authority.rank
        for rank in ("none", "secretary", "deputy")
    }
    assert heads == {"none": "none", "secretary": "deputy", "deputy": "deputy"}


@pytest.mark.parametrize("free", [{"low": 10, "high": 26, "integer": True}, {"values": [10, 20]}])
def test_the_first_candidates_are_asked_when_a_review_has_been_held_whatever_their_number(free, tmp_path):
    case = made(tmp_path / "case", settings={"free": {"evaluation.review_every": free}}).case
    span, numbers = horizon(case), range(10, 27) if "low" in free else (10, 20)
    first = min(one.week for one in candidates(case) if one.week != (span.last + span.end) // 2)
    reviews = [next(week for week in range(span.last + 1, 999) if week % every == 0) for every in numbers]
    assert first == min(max(reviews), span.end)
    assert max(reviews) != (span.last // 13 + 1) * 13


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
