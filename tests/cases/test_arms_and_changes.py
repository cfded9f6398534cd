"""Counterfactuals beside changes of the scenario: they hold in the whole city, in every week, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fitted_cases import UNITS
from fitted_cases import with_own as case
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.cases.arms import Arm, arms
from simulation.cases.case import Case
from simulation.cases.horizon import horizon
from simulation.files.errors import InputError
from simulation.model import MomentumModel
from simulation.schedule import Schedule
from simulation.world.in_force import in_force

OVERSIGHT, REVIEW, RANK = "execution.oversight", "evaluation.review_every", "stages.authority.rank"
WORDING = "instruction.wording"
NARROW = {"wording": 0.0, "cities": ["Bay City"]}


def refused(folder, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        case(folder, **options)
    assert caught.value.file == str(folder / "case.toml")
    return caught.value


def arm_of(one: Case, name: str = "own") -> Arm:
    return next(arm for arm in arms(one) if arm.name == name)


def names(one: Case) -> list[str]:
    return [arm.name for arm in arms(one)]


def oversight(one: Case, values: dict[str, Any], week: int) -> dict[str, float]:
    """Return the oversight in force in a week, by city and unit."""
    spec = one.scenario_for(values)
    held = in_force(spec, Schedule(spec.changes).holding(week), one.hierarchy)
    rows = {**dict(zip(one.hierarchy.cities, held.city_row, strict=True)),
            **dict(zip(one.hierarchy.units, held.unit_row, strict=True))}  # fmt: skip
    return {name: float(held.numbers[row]["execution"]["oversight"]) for name, row in rows.items()}


def run(one: Case, values: Any, weeks: int = 52) -> MomentumModel:
    model = MomentumModel(one.scenario_for(dict(values)), rng=2)
    model.compute(weeks)
    return model


def differ(one: Case, name: str) -> bool:
    """Tell whether an arm changes a run: momentum, or how far the signals received cover other domains."""
    was, now = run(one, {}), run(one, arm_of(one, name).values)
    return not np.array_equal(was.record.level[:52], now.record.level[:52]) or not np.array_equal(
        was.state.wording, now.state.wording
    )


def listing(wording: float | None, week: int = 6, **more: Any) -> dict[str, Any]:
    """Return a change from week 5 on that lists one signal."""
    said = {} if wording is None else {"wording": wording}
    return {"week": 5, "set": {"signals": [{"week": week, "domain": "nimby", **said, **more}]}}


def test_what_holds_for_all_cities_runs_beside_a_counterfactual_of_one(tmp_path):
    changes = [{"week": 20, "set": {REVIEW: 26, OVERSIGHT: 0.1, RANK: "deputy"}}]
    made = case(tmp_path, cities=2, changes=changes, own={REVIEW: 13, OVERSIGHT: 0.9})
    values = dict(arm_of(made).values)
    found = [(one["week"], one["set"], one.get("cities")) for one in values["changes"]]
    assert found == [
        (0, {OVERSIGHT: 0.9}, ["Bay City"]),
        (20, {REVIEW: 13, OVERSIGHT: 0.1, RANK: "deputy"}, None),
        (20, {OVERSIGHT: 0.9}, ["Bay City"]),
    ]
    model = run(made, values, 25)
    assert {spec.evaluation.review_every for spec in model.held.specs} == {13}
    assert {name: value for name, value in oversight(made, values, 24).items() if name in ("Ash", "Dune")} == {
        "Ash": 0.9,
        "Dune": 0.1,
    }


def test_a_condition_may_set_what_holds_for_all_cities(tmp_path):
    changes = [{"when": "agenda >= 1", "set": {REVIEW: 26}}]
    made = case(tmp_path, cities=2, changes=changes, own={REVIEW: 13, OVERSIGHT: 0.9})
    assert [one["set"] for one in arm_of(made).values["changes"]] == [{OVERSIGHT: 0.9}, {REVIEW: 13}]


@pytest.mark.parametrize("cities", [1, 2])
def test_a_counterfactual_that_a_change_rules_out_is_told_as_the_case_is_read(cities, tmp_path):
    costly = {"transmission.meeting_cost": 0.004, "stages.authority.meetings_per_year": 12}
    changes = [{"week": 20, "set": costly, "cities": ["Bay City"]}]
    own = {"stages.authority.meetings_per_year": 300, "transmission.meeting_cost": 0.0005}
    assert case(tmp_path, cities=cities, changes=changes, own=own), "all of it is the counterfactual's"
    found = refused(tmp_path, cities=cities, changes=changes, own={"stages.authority.meetings_per_year": 250})
    assert found.key is not None
    assert found.key.startswith("case.counterfactuals.own.set.changes[")


def test_a_counterfactual_that_names_no_place_of_the_case_is_told_as_it_is_read(tmp_path):
    found = refused(tmp_path, own={"instruction.cities": ["Nowhere"]})
    assert (found.key, found.given) == ("case.counterfactuals.own.set.instruction.cities", "Nowhere")


def test_a_standard_counterfactual_that_cannot_be_run_is_told_as_the_case_is_read(tmp_path):
    """In a province each of these changes becomes two, more than a scenario may have."""
    changes = [{"week": week, "length": 1, "set": {RANK: "deputy"}} for week in range(101)]
    found = refused(tmp_path / "province", cities=2, weeks=104, changes=changes, stages={"authority": {"rank": "none"}})
    assert found.key == "case.counterfactuals.secretary.changes"
    assert "secretary" in names(
        case(tmp_path / "city", weeks=104, changes=changes, stages={"authority": {"rank": "none"}})
    )


def test_parts_of_changes_and_values_from_a_week_on_keep_their_places_in_a_province(tmp_path):
    changes = [{"week": 20, "set": {OVERSIGHT: 0.1}}]
    own = {RANK: "none", "changes.1.week": 30, f"{OVERSIGHT}@40": 0.9}
    made = case(tmp_path, cities=2, changes=changes, own=own)
    by_week = {week: oversight(made, dict(arm_of(made).values), week) for week in (29, 30, 40)}
    assert by_week[29]["Ash"] == by_week[29]["Dune"] == made.spec.execution.oversight
    assert by_week[30]["Ash"] == by_week[30]["Dune"] == 0.1
    assert (by_week[40]["Ash"], by_week[40]["Dune"]) == (0.9, 0.1)


def test_a_change_of_the_city_and_of_one_of_its_units_is_undone_in_all_of_it(tmp_path):
    changes = [{"week": 5, "set": {OVERSIGHT: 0.1}, "cities": ["Bay City", "Far City"], "units": ["Ash"]}]
    made = case(tmp_path, cities=2, changes=changes, own={OVERSIGHT: 0.9})
    found = oversight(made, dict(arm_of(made).values), 5)
    assert {found[name] for name in (*UNITS, "Bay City")} == {0.9}
    assert found["Dune"] == found["Far City"] == 0.1


def test_a_condition_that_reaches_units_of_the_city_alone_is_no_obstacle(tmp_path):
    changes = [{"when": "agenda >= 1", "set": {OVERSIGHT: 0.1}, "units": ["Ash", "Birch"]}]
    made = case(tmp_path, cities=2, changes=changes, own={OVERSIGHT: 0.9})
    assert [one["set"] for one in arm_of(made).values["changes"]] == [{OVERSIGHT: 0.9}] * 2
    reaching = [{**changes[0], "units": ["Ash", "Dune"]}]
    assert refused(tmp_path, cities=2, changes=reaching, own={OVERSIGHT: 0.9}).key == "case.counterfactuals.own.set"


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    return case(tmp_path_factory.mktemp("province"), cities=2, own={OVERSIGHT: 0.9})


@st.composite
def a_change(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"week": draw(st.integers(0, 9)), "set": {OVERSIGHT: draw(st.sampled_from([0.1, 0.2]))}}
    for where, known in (("cities", ("Bay City", "Far City")), ("units", ("Ash", "Birch", "Dune"))):
        if chosen := draw(st.lists(st.sampled_from(known), unique=True)):
            made[where] = chosen
    return made | ({"length": 3} if draw(st.booleans()) else {})


@given(changes=st.lists(a_change(), max_size=4))
@settings(max_examples=40, deadline=None)
def test_whatever_changes_a_counterfactual_holds_in_every_week_in_its_city_and_nowhere_else(province, changes):
    made = replace(province, spec=province.spec.with_values({"changes": changes}))
    values = dict(arm_of(made).values)
    for week in range(14):
        was, now = oversight(made, {}, week), oversight(made, values, week)
        assert {now[name] for name in (*UNITS, "Bay City")} == {0.9}
        assert [now[name] for name in ("Far City", "Dune")] == [was[name] for name in ("Far City", "Dune")]


@pytest.mark.parametrize("cities", [1, 2])
@pytest.mark.parametrize(
    ("change", "base", "kept"),
    [
        (listing(0.9), 0.0, True),
        (listing(0.0), 0.0, False),
        (listing(None), 0.0, False),
        (listing(0.9, week=4), 0.0, False),
        (listing(0.9, week=9) | {"length": 4}, 0.0, False),
        (listing(0.9) | {"week": 90}, 0.0, False),
        (listing(0.0), 0.7, True),
        ({"when": "agenda >= 1", "set": listing(0.9, week=30)["set"]}, 0.0, True),
    ],
)
def test_the_wording_of_signals_that_a_change_lists_counts_where_they_are_sent(change, base, kept, cities, tmp_path):
    """With a base of 0.7 the instruction, sent in week 0 without strength, lends its wording to the later signal."""
    silent = NARROW | {"intensity": 0.0, "wording": base}
    made = case(tmp_path, cities=cities, instruction=silent, changes=[change], weeks=104)
    assert ("no-wording" in names(made)) is kept
    if kept and change.get("week") == 5:
        assert differ(made, "no-wording")


def test_signals_that_a_later_change_replaces_or_that_address_others_do_not_count(tmp_path):
    silent = NARROW | {"intensity": 0.0}
    wide, narrow = listing(0.9, week=12), listing(0.0, week=12) | {"week": 8}
    assert "no-wording" not in names(case(tmp_path, instruction=silent, changes=[wide, narrow]))
    other = listing(0.9, cities=["Far City"])
    assert "no-wording" not in names(case(tmp_path, cities=2, instruction=silent, changes=[other]))


@pytest.mark.parametrize(("week", "kept"), [(58, True), (59, False)])
def test_what_is_sent_after_the_report_cannot_be_worded_otherwise(week, kept, tmp_path):
    """The last row is of week 48, and the report goes on for ten weeks."""
    asked = {"forecast": {"weeks": 10}}
    late = [{"week": 0, "wording": 0.0}, {"week": week, "wording": 0.9}]
    signals = case(tmp_path, instruction=NARROW | {"intensity": 0.0}, signals=late, weeks=104, asked=asked)
    wide = NARROW | {"wording": 0.9, "week": week}
    assert horizon(signals) == (48, 58)
    for made in (signals, case(tmp_path, instruction=wide, weeks=104, asked=asked)):
        assert ("no-wording" in names(made)) is kept


def test_an_instruction_of_a_free_week_can_be_worded_otherwise_if_it_may_come_in_time(tmp_path):
    free = {"instruction.week": {"low": 3, "high": 100, "integer": True}}
    changes = [{"week": 10, "set": {WORDING: 0.7}}]
    made = case(tmp_path / "a", instruction=NARROW, changes=changes, weeks=104, asked={"free": free})
    assert "no-wording" in names(made)
    free = {"instruction.week": {"values": [3, 200]}}
    made = case(tmp_path / "b", instruction=NARROW, changes=changes, weeks=104, asked={"free": free})
    assert "no-wording" not in names(made)


def test_an_instruction_that_a_change_addresses_to_the_city_counts(tmp_path):
    far = {"wording": 0.7, "cities": ["Far City"], "week": 9}
    assert "no-wording" not in names(case(tmp_path, cities=2, instruction=far))
    changes = [{"week": 5, "set": {"instruction.cities": ["Bay City"]}}]
    assert "no-wording" in names(case(tmp_path, cities=2, instruction=far, changes=changes))


@pytest.mark.parametrize("cities", [1, 2])
def test_a_wording_of_ones_own_is_that_of_signals_in_changes_too(cities, tmp_path):
    """Also beside signals of the scenario itself, which are others and stay so; other cities keep theirs."""
    signals = [{"week": 1, "domain": "land", "wording": 0.8}]
    changes = [listing(0.9)]
    if cities > 1:
        changes[0]["set"]["signals"].append({"week": 7, "wording": 0.6, "cities": ["Far City"]})
    made = case(tmp_path, cities=cities, signals=signals, changes=changes, own={WORDING: 0.2})
    spec = made.scenario_for(arm_of(made).values)
    assert [(one.week, one.domain, one.wording) for one in spec.signals] == [(1, "land", 0.2)]
    later = spec.with_settings(spec.changes[-1].set).signals
    assert [(one.week, one.domain, one.wording) for one in later] == [(6, "nimby", 0.2), (7, None, 0.6)][:cities]
    assert differ(made, "own")


def test_the_cases_own_wording_is_a_counterfactual_where_signals_in_a_change_have_another(tmp_path):
    made = case(tmp_path / "a", instruction=NARROW, changes=[listing(0.9)], own={WORDING: 0.0})
    assert differ(made, "own")
    assert "nothing" in str(refused(tmp_path / "b", instruction=NARROW, changes=[listing(0.0)], own={WORDING: 0.0}))
