"""A run with changes: exact limits, branches, conditions, places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation import MomentumModel, load_scenario, run
from simulation.results import TABLES, RunResult
from simulation.scenario import InputError
from simulation.schedule import FOR_GOOD, Schedule, Spell

SMALL = load_scenario("zhaoqing").with_values({"structure.citizens": 1000, "weeks": 60})
TWO = load_scenario("guangdong").with_values({"structure.citizens": 3000, "weeks": 40, "instruction.cities": []})
LESS = {"execution.oversight": 0.1}


def same(first: RunResult, second: RunResult, until: int | None = None) -> bool:
    names = [name for name in TABLES if name != "changes"] if until is None else ["weekly"]
    return all(getattr(first, name)[:until].equals(getattr(second, name)[:until]) for name in names)


def test_a_change_at_week_0_equals_the_scenario_so_set() -> None:
    assert same(run(SMALL.with_change(0, LESS)), run(SMALL.with_values(LESS)))


def test_a_change_to_the_present_value_changes_no_byte() -> None:
    present = {key: SMALL.values[key] for key in ("execution.oversight", "plan.pilot_share", "rivals.rate")}
    assert same(run(SMALL.with_change(30, present)), run(SMALL))


def test_a_change_leaves_the_past_and_alters_the_rest() -> None:
    before, after = run(SMALL), run(SMALL.with_change(30, LESS))
    assert same(before, after, 30)
    assert before.summary["effectiveness"] != after.summary["effectiveness"]


def test_values_return_after_the_length_of_a_change() -> None:
    model = MomentumModel(SMALL.with_change(20, LESS, length=10), rng=0)
    seen = []
    for _ in range(40):
        model.step()
        seen.append(float(model.parameters.execution.oversight))
    assert seen == [0.8] * 20 + [0.1] * 10 + [0.8] * 10


def test_of_two_changes_the_later_one_holds_and_the_earlier_one_returns() -> None:
    spec = SMALL.with_change(10, LESS, length=30).with_change(20, {"execution.oversight": 0.5}, length=5)
    model = MomentumModel(spec, rng=0)
    seen = {}
    for week in range(45):
        model.step()
        seen[week] = float(model.parameters.execution.oversight)
    assert [seen[week] for week in (9, 10, 19, 20, 24, 25, 39, 40)] == [0.8, 0.1, 0.1, 0.5, 0.5, 0.1, 0.1, 0.8]


def test_week_by_week_equals_many_weeks_at_once() -> None:
    spec = SMALL.with_values(
        {
            "changes": [
                {"when": "effectiveness > 0.02", "repeat": True, "length": 7, "set": LESS},
                {"week": 17, "set": {"evaluation.review_every": 5, "execution.analysis_every": 3}},
                {"week": 31, "length": 9, "set": {"stages.authority.rank": "none", "rivals.rate": 6}},
            ]
        }
    )
    stepped = MomentumModel(spec, rng=0)
    for _ in range(spec.weeks):
        stepped.step()
    computed = MomentumModel(spec, rng=0)
    computed.compute(spec.weeks)
    assert len(stepped.schedule.spells) > 3
    assert stepped.schedule.spells == computed.schedule.spells
    assert same(RunResult.of(stepped), RunResult.of(computed))


@pytest.mark.parametrize("week", [0, 1, 13, 29])
def test_branches_are_independent_and_go_on_as_the_run_would(week: int) -> None:
    trunk = MomentumModel(SMALL, rng=4)
    trunk.compute(week)
    first, second = trunk.branch(), trunk.branch()
    first.change(LESS)
    for model in (first, second, trunk):
        model.compute(SMALL.weeks - week)
    assert same(RunResult.of(trunk), run(SMALL, seed=4))
    assert same(RunResult.of(second), RunResult.of(trunk))
    assert same(RunResult.of(first), run(SMALL.with_change(week, LESS), seed=4))
    assert trunk.spec == SMALL
    assert first.time == trunk.time == SMALL.weeks


def test_what_is_done_to_a_branch_by_hand_stays_there() -> None:
    trunk = MomentumModel(SMALL, rng=4)
    trunk.compute(20)
    before = {name: array.copy() for name, array in trunk.state._asdict().items()}
    twin = trunk.branch()
    twin.citizens.set("trust", 0.0)
    twin.state.effect[:] = 1.0
    twin.numbers[0].execution.oversight = 0.0
    twin.compute(5)
    for name, array in trunk.state._asdict().items():
        np.testing.assert_array_equal(array, before[name])
    assert trunk.parameters.execution.oversight == 0.8
    assert trunk.citizens.get("trust").max() > 0


def test_another_future_of_a_result_equals_the_scenario_with_the_change(tmp_path: Any) -> None:
    result = run(SMALL, seed=2)
    future = result.branch(30, LESS, length=8)
    assert same(future, run(SMALL.with_change(30, LESS, length=8), seed=2))
    result.save(tmp_path / "run")
    assert same(RunResult.load(tmp_path / "run").branch(30, LESS, length=8), future)
    with pytest.raises(InputError, match="week"):
        result.branch(60, LESS)


def test_a_change_for_one_city_leaves_the_others_alone_until_they_meet() -> None:
    apart = TWO.with_values({"diffusion.adopt": 0.0})
    names = MomentumModel(apart, rng=0).hierarchy.cities
    here = run(apart.with_change(12, {**LESS, "execution.revise": 0.0}, cities=[names[2]]))
    there = run(apart)
    a, b = here.units, there.units
    assert a[a["city"] != names[2]].equals(b[b["city"] != names[2]])
    assert not a[a["city"] == names[2]].equals(b[b["city"] == names[2]])


def test_a_change_for_all_cities_by_name_equals_one_for_everywhere() -> None:
    names = MomentumModel(TWO, rng=0).hierarchy.cities
    assert same(run(TWO.with_change(12, LESS, cities=names)), run(TWO.with_change(12, LESS)))


def test_a_change_for_one_unit_reaches_its_executors_alone() -> None:
    model = MomentumModel(SMALL, rng=0)
    unit = model.hierarchy.units[3]
    model.change(LESS, units=[unit])
    model.compute(1)
    assert [float(one.parameters.execution.oversight) for one in model.units].count(0.1) == 1
    assert model.units[3].parameters.execution.oversight == 0.1
    assert model.cities[0].parameters.execution.oversight == 0.8
    assert all((town.parameters.execution.oversight == 0.1) == (town.county.name == unit) for town in model.towns)


def test_a_change_that_is_refused_leaves_the_model_as_it_was() -> None:
    model = MomentumModel(SMALL, rng=0)
    model.compute(10)
    for values, where in (({"weeks": 3}, {}), ({"execution.oversight": 3}, {}), (LESS, {"cities": ["Nowhere"]})):
        with pytest.raises(InputError):
            model.change(values, **where)
    assert model.spec == SMALL
    assert not model.schedule


def test_a_condition_is_asked_at_reviews_and_holds_from_the_week_after() -> None:
    spec = SMALL.with_values({"changes": [{"when": "effectiveness > 0.01", "set": LESS}]})
    result = run(spec)
    every = spec.evaluation.review_every
    series = result.weekly["effectiveness"]
    review = next(week for week in range(every, 60, every) if series[week] > 0.01)
    assert result.model.schedule.spells == [Spell(0, review + 1, FOR_GOOD)]
    assert same(result, run(SMALL.with_change(review + 1, LESS)))


def test_a_condition_that_never_holds_says_so_and_changes_no_byte() -> None:
    spec = SMALL.with_values({"changes": [{"when": "effectiveness > 0.99", "set": LESS}]})
    result = run(spec)
    assert same(result, run(SMALL))
    assert result.model.schedule.never_began(60) == list(spec.changes)
    assert result.changes["week"].isna().all()
    assert result.changes["condition"].tolist() == ["effectiveness > 0.99"]


def test_the_table_of_changes_has_a_row_per_time_and_parameter() -> None:
    spec = SMALL.with_change(20, {**LESS, "execution.revise": 0.9}, length=5, title="Less").with_change(50, LESS)
    table = run(spec).changes
    assert table["week"].tolist() == [20, 20, 50]
    assert table["last_week"].fillna(-1).tolist() == [24, 24, -1]
    assert table["parameter"].tolist() == ["execution.oversight", "execution.revise", "execution.oversight"]
    assert table["title"].tolist() == ["Less", "Less", ""]


def test_a_run_without_changes_writes_no_table_of_changes(tmp_path: Any) -> None:
    run(SMALL).save(tmp_path / "plain")
    run(SMALL.with_change(20, LESS)).save(tmp_path / "changed")
    assert not (tmp_path / "plain" / "changes.csv").exists()
    assert RunResult.load(tmp_path / "changed").changes.equals(run(SMALL.with_change(20, LESS)).changes)


def test_rival_campaigns_that_have_begun_go_on_and_known_ones_divide_attention_for_their_length() -> None:
    model = MomentumModel(SMALL.with_change(20, {"rivals.campaigns": 1}, length=10), rng=0)
    model.compute(60)
    left = model.world.undivided[:, 0]
    assert (left[20:30] == 0.5).all()
    assert (left[:20] == 1).all()
    assert (left[30:] == 1).all()
    chance = SMALL.with_values({"rivals.rate": 6, "rivals.length": 8})
    stopped = MomentumModel(chance.with_change(25, {"rivals.rate": 0}), rng=3)
    stopped.compute(60)
    arrived = stopped.world.arrivals[:, 0]
    changed = MomentumModel(chance.with_change(25, {"rivals.length": 40}), rng=3)
    changed.compute(60)
    lasting = np.where(np.arange(60) < 25, 8, 40)
    came = changed.world.arrivals[:, 0]
    there = [sum(came[at] for at in range(week + 1) if week < at + lasting[at]) for week in range(60)]
    np.testing.assert_array_equal(changed.world.undivided[:, 0], 1 / (1 + np.array(there)))
    assert arrived[:25].any()
    assert not arrived[25:].any()
    under_way = [arrived[max(0, week - 7) : week + 1].sum() for week in range(60)]
    np.testing.assert_array_equal(stopped.world.undivided[:, 0], 1 / (1 + np.array(under_way)))


def test_what_a_later_change_does_to_the_window_of_authority_leaves_earlier_weeks_of_every_metric_alone() -> None:
    ended = SMALL.with_values({"stages.authority.length": 2, "weeks": 80})
    first, second = run(ended), run(ended.with_change(70, {"stages.authority.length": 90}))
    assert first.weekly["persistence"].notna().any()
    assert same(first, second, 70)
    closed = run(SMALL.with_change(30, {"stages.authority.length": 1}))
    assert closed.model.authority_ends.tolist() == [30.0]


def test_a_result_whose_past_its_seed_does_not_give_is_not_branched() -> None:
    model = MomentumModel(SMALL, rng=0)
    model.compute(20)
    model.citizens.set("trust", 1.0)
    model.compute(40)
    with pytest.raises(InputError, match="options of its own"):
        RunResult.of(model).branch(50, LESS)


def test_a_run_goes_on_past_its_planned_end_under_what_holds_then() -> None:
    long = SMALL.with_values({"rivals.rate": 5}).with_change(20, {"rivals.rate": 1})
    beyond, planned = MomentumModel(long, rng=1), MomentumModel(long.with_values({"weeks": 90}), rng=1)
    beyond.compute(90)
    planned.compute(90)
    np.testing.assert_array_equal(beyond.world.undivided[:90], planned.world.undivided[:90])


def test_a_schedule_that_is_put_into_data_comes_back() -> None:
    spec = SMALL.with_values({"changes": [{"when": "effectiveness > 0", "set": LESS, "length": 3, "repeat": True}]})
    model = MomentumModel(spec, rng=0)
    model.compute(40)
    again = Schedule(spec.changes)
    again.restore(model.schedule.to_data(), 40)
    assert again.spells == model.schedule.spells
    with pytest.raises(InputError):
        Schedule(spec.changes).restore([[1, 2, 3]], 40)
