"""Counterfactuals of a case: they act where its tables act, on its city alone, and those that could do nothing go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fitted_cases import with_own as case

from simulation.cases.arms import arms
from simulation.cases.case import Case
from simulation.cases.predicting import Predicting
from simulation.files.errors import InputError
from simulation.metrics import METRICS
from simulation.model import MomentumModel

RANK, INTENSITY = "stages.authority.rank", "stages.authority.intensity"
SIGNALS = "date,rank,channel,domain,wording\n2020-03-05,secretary,written,nimby,0.7\n"


def months(*heads: str, first: int = 3) -> str:
    lines = [f"2020-{first + place:02},{0 if head == 'none' else 4},{head}" for place, head in enumerate(heads)]
    return "month,meetings,head\n" + "\n".join(lines) + "\n"


def names(given: Case) -> list[str]:
    return [arm.name for arm in arms(given)]


def finished(given: Case, name: str) -> MomentumModel:
    arm = next(arm for arm in arms(given) if arm.name == name)
    model = MomentumModel(given.spec.with_values(arm.values) if arm.values else given.spec, rng=2)
    model.compute(given.spec.weeks)
    return model


def ranks(given: Case, name: str) -> list[str]:
    """Return the rank of the head of the case's city in each week of an arm."""
    arm = next(arm for arm in arms(given) if arm.name == name)
    model = MomentumModel(given.spec.with_values(arm.values) if arm.values else given.spec, rng=2)
    city = given.hierarchy.cities.index(given.city)
    found = []
    for _ in range(given.spec.weeks):
        model.compute(1)
        found.append(model.held.specs[model.held.city_row[city]].stages.authority.rank)
    return found


@pytest.mark.parametrize("cities", [1, 2])
@pytest.mark.parametrize(
    ("heads", "arm"),
    [(("secretary", "deputy"), "deputy"), (("deputy", "none"), "secretary"), (("none", "secretary"), "deputy")],
)
def test_another_head_stands_where_one_stood_and_a_time_without_stays(heads, arm, cities, tmp_path):
    given = case(tmp_path, {"meetings": months(*heads)}, cities=cities)
    assert names(given) == ["as-it-was", "no-group", arm, "no-wording"]
    replaced = "deputy" if arm == "secretary" else "secretary"
    expected = [arm if rank == replaced else rank for rank in ranks(given, "as-it-was")]
    assert ranks(given, arm) == expected
    assert set(expected) == {*heads} - {replaced} | {arm}


@pytest.mark.parametrize("cities", [1, 2])
def test_without_a_head_all_through_there_is_no_group_to_do_without(cities, tmp_path):
    given = case(tmp_path, {"meetings": months("none")}, cities=cities)
    assert names(given) == ["as-it-was", "no-wording"]


def test_an_intensity_that_is_given_hides_who_heads_the_group(tmp_path):
    given = case(tmp_path, stages={"authority": {"intensity": 0.2}})
    assert names(given) == ["as-it-was", "no-group", "no-wording"]


def test_a_wording_that_covers_the_point_alone_already_is_no_counterfactual(tmp_path):
    given = case(tmp_path, {"signals": SIGNALS.replace("0.7", "0")}, instruction={"wording": 0.0})
    assert "no-wording" not in names(given)


def test_a_wording_that_no_signal_and_no_instruction_carries_is_no_counterfactual(tmp_path):
    wide = {"wording": 0.7, "intensity": 0.0, "cities": ["Bay City"]}
    assert "no-wording" not in names(case(tmp_path / "silent", instruction=wide))
    assert "no-wording" not in names(case(tmp_path / "narrow", {"signals": SIGNALS.replace("0.7", "0")}))
    assert "no-wording" in names(case(tmp_path / "wide", {"signals": SIGNALS.replace("0.7", "")}))
    assert "no-wording" in names(case(tmp_path / "spoken", instruction=wide | {"intensity": 0.9}))


def free(settings: dict[str, Any]) -> dict[str, Any]:
    """Return a case table with free parameters."""
    return {"worlds": 5, "free": settings}


def differs(given: Case, name: str, vector: dict[str, Any]) -> bool:
    """Tell whether an arm changes a run under a vector."""
    arm = next(arm for arm in arms(given) if arm.name == name)
    models = []
    for values in ({}, arm.values_for(vector)):
        model = MomentumModel(given.scenario_for(vector | values), rng=2)
        model.compute(given.spec.weeks)
        models.append(model)
    return any(
        not np.array_equal(*found)
        for found in ([one.record.level[: one.week] for one in models], [one.state.Q for one in models])
    )


def test_a_free_intensity_hides_who_heads_the_group_under_every_vector(tmp_path):
    given = case(tmp_path, case=free({INTENSITY: {"low": 0.2, "high": 0.9}}))
    assert names(given) == ["as-it-was", "no-group", "no-wording"]
    seen = case(tmp_path, case=free({INTENSITY: {"values": [0.4, "computed"]}}))
    assert names(seen) == ["as-it-was", "no-group", "deputy", "no-wording"]
    assert differs(seen, "deputy", {INTENSITY: "computed"})
    assert not differs(seen, "deputy", {INTENSITY: 0.4})


def test_a_group_that_only_some_vectors_have_can_be_done_without(tmp_path):
    stages = {"authority": {"rank": "none"}}
    given = case(tmp_path, stages=stages, case=free({RANK: {"values": ["none", "deputy"]}}))
    assert names(given) == ["as-it-was", "no-group", "secretary", "no-wording"]
    for name in ("no-group", "secretary"):
        assert differs(given, name, {RANK: "deputy"})
        assert not differs(given, name, {RANK: "none"})


@pytest.mark.parametrize("cities", [1, 2])
def test_a_group_that_is_dissolved_led_until_then(cities, tmp_path):
    changes = [{"week": 30, "set": {INTENSITY: 0.0}, "cities": ["Bay City"]}]
    given = case(tmp_path, cities=cities, changes=changes)
    assert names(given) == ["as-it-was", "no-group", "deputy", "no-wording"]
    assert differs(given, "no-group", {})
    assert differs(given, "deputy", {})


@pytest.mark.parametrize(("week", "kept"), [(30, True), (200, False)])
def test_a_group_that_comes_after_the_report_cannot_be_done_without(week, kept, tmp_path):
    changes = [{"week": week, "set": {RANK: "secretary"}}]
    settings = free({}) | {"forecast": {"weeks": 10}}
    given = case(tmp_path, weeks=250, stages={"authority": {"rank": "none"}}, changes=changes, case=settings)
    assert ("no-group" in names(given)) is kept
    assert ("deputy" in names(given)) is kept


def test_a_change_that_has_passed_or_may_come_counts(tmp_path):
    changes = [{"week": 0, "length": 20, "set": {RANK: "none"}}]
    assert "no-group" in names(case(tmp_path / "a", changes=changes))
    for_good = [{"week": 0, "set": {RANK: "none"}}]
    assert "no-group" not in names(case(tmp_path / "b", changes=for_good))
    perhaps = [*for_good, {"when": "effectiveness > 0.1", "set": {RANK: "deputy"}}]
    assert names(case(tmp_path / "c", changes=perhaps)) == ["as-it-was", "no-group", "secretary", "no-wording"]


def test_a_head_without_a_meeting_leads_no_group(tmp_path):
    given = case(tmp_path, {"meetings": "month,meetings,head\n2020-03,0,secretary\n2020-06,3,deputy\n"})
    assert names(given) == ["as-it-was", "no-group", "secretary", "no-wording"]


def test_a_free_wording_can_be_done_without_though_the_file_has_none(tmp_path):
    narrow = {"wording": 0.0, "cities": ["Bay City"]}
    given = case(tmp_path, instruction=narrow, case=free({"instruction.wording": {"low": 0.0, "high": 1.0}}))
    assert "no-wording" in names(given)
    assert differs(given, "no-wording", {"instruction.wording": 1.0})
    assert "no-wording" not in names(case(tmp_path, instruction=narrow))


@pytest.mark.parametrize("name", ["no-group", "deputy", "own"])
def test_in_a_province_an_arm_leaves_other_cities_as_they_were(name, tmp_path):
    given = case(tmp_path, {"meetings": months("secretary", first=4)}, cities=2, own={INTENSITY: 0.1})
    mine, other = (given.hierarchy.cities.index(city) for city in ("Bay City", "Far City"))
    was, now = finished(given, "as-it-was"), finished(given, name)
    # Weeks in which imitation carries nothing over yet.
    level = [model.record.level[:20] for model in (was, now)]
    assert np.array_equal(level[0][:, other], level[1][:, other])
    assert not np.array_equal(level[0][:, mine], level[1][:, mine])


def test_a_change_of_several_cities_is_split(tmp_path):
    changes = [{"week": 10, "set": {RANK: "deputy", "execution.oversight": 0.4}}]
    given = case(tmp_path, cities=2, changes=changes, own={RANK: "none"})
    arm = arms(given)[-1]
    found = [(one["week"], one["set"], one.get("cities")) for one in arm.values["changes"]]
    assert found == [
        (0, {RANK: "none"}, ["Bay City"]),
        (10, {RANK: "deputy", "execution.oversight": 0.4}, None),
        (10, {RANK: "none"}, ["Bay City"]),
    ]
    assert set(ranks(given, "own")) == {"none"}


@pytest.mark.parametrize("key", [INTENSITY, RANK])
def test_a_condition_that_all_cities_meet_together_is_not_split(key, tmp_path):
    """The condition of one city alone would be met in another week, and the change would undo the arm."""
    value = 0.9 if key == INTENSITY else "secretary"
    changes = [{"when": "agenda >= 1", "set": {key: value}}]
    given = case(tmp_path / "all", cities=2, changes=changes)
    assert "no-group" not in names(given) if key == INTENSITY else "deputy" not in names(given)
    with pytest.raises(InputError, match="condition") as caught:
        case(tmp_path / "own", cities=2, changes=changes, own={key: 0.1 if key == INTENSITY else "none"})
    assert caught.value.key == "case.counterfactuals.own.set"
    mine = [{**changes[0], "cities": ["Bay City"]}]
    assert "own" in names(case(tmp_path / "mine", cities=2, changes=mine, own={"execution.oversight": 0.1}))
    assert "no-group" in names(case(tmp_path / "alone", changes=changes))


def test_a_wording_of_ones_own_is_that_of_every_signal(tmp_path):
    given = case(tmp_path, {"signals": SIGNALS}, own={"instruction.wording": 0.2})
    spec = given.spec.with_values(arms(given)[-1].values)
    assert [signal.wording for signal in spec.signals] == [0.2]
    assert spec.instruction.wording == 0.2


def test_severities_of_ones_own_are_not_drawn_anew(tmp_path):
    scores = {"Ash": {"nimby": 0.9}}
    tables = {"severity": "unit,domain,severity,sd\nAsh,nimby,0.3,0.1\n"}
    given = case(tmp_path, tables, own={"structure": {"severities": scores}})
    assert given.scenario_for(arms(given)[-1].values, 5).structure.severities == scores
    assert given.scenario_for({}, 5).structure.severities != given.spec.structure.severities


def test_metrics_are_those_of_the_cases_city(tmp_path):
    given = case(tmp_path, {"meetings": months("secretary")}, cities=2)
    metrics, _ = Predicting(given)({"arm": "as-it-was", "draw": 0}, 3)
    spec, seed = Predicting(given).scenario({"arm": "as-it-was", "draw": 0}, 3)
    model = MomentumModel(spec, rng=seed)
    model.compute(spec.weeks)
    table = model.outcome(given.hierarchy.cities.index("Bay City"))
    assert metrics["end.effectiveness"] == METRICS["effectiveness"].compute(table)[-1]
    assert metrics["end.effectiveness"] != model.metric("effectiveness")
