"""A run as documents would have seen it agrees with the run's own tables."""

import numpy as np
import pytest

from simulation import load_scenario, run
from simulation.cases.watching import real_per_simulated, watch
from simulation.scenario.modes import MODES
from simulation.world.state import NEVER

WEEKS, SEED = 70, 4


@pytest.fixture(scope="module")
def spec():
    return load_scenario("zhaoqing").with_values({"structure.citizens": 2000, "weeks": WEEKS})


@pytest.fixture(scope="module")
def seen(spec):
    return watch(spec, SEED, [40, 10, 10, WEEKS - 1])


@pytest.fixture(scope="module")
def result(spec):
    return run(spec, SEED)


def test_each_week_is_looked_at_once_and_in_order(seen):
    assert seen.weeks == (10, 40, WEEKS - 1)
    assert len(seen.sites) == len(seen.agenda) == 3


def test_looking_changes_nothing(spec, seen, result):
    assert seen.model.state.effect.tobytes() == result.model.state.effect.tobytes()


def test_the_agenda_is_that_of_the_weekly_table(seen, result):
    assert seen.agenda.sum(axis=2)[:, 0].tolist() == result.weekly["agenda"].iloc[list(seen.weeks)].tolist()


def test_took_part_is_the_metric_participation(seen, result):
    assert seen.took_part[:, 0] == pytest.approx(result.weekly["participation"].iloc[list(seen.weeks)], abs=1e-12)


def test_sites_count_real_communities(seen):
    model = seen.model
    ratio, state, world = real_per_simulated(model), model.state, model.world
    county = model.hierarchy.units.index("Duanzhou")
    assert ratio[county] * np.sum(world.community_county == county) == pytest.approx(87)  # 85 made, 2 listed
    assert ratio[world.is_department].tolist() == [0.0] * int(world.is_department.sum())
    each = ratio[world.community_county[world.place_community]]
    for unit in range(len(ratio)):
        mine = world.place_unit == unit
        assert seen.sites[-1, unit] == pytest.approx((each[mine, None] * state.open[mine]).sum(axis=0))
    counties = ~world.is_department
    assert seen.sites[-1, counties] == pytest.approx(ratio[counties, None] * state.sites[counties])


def test_a_report_of_the_city_counts_real_communities(seen, result):
    model = seen.model
    ratio = dict(zip(model.hierarchy.units, real_per_simulated(model), strict=True))
    for column, domain in enumerate(model.spec.domains):
        if model.state.has[model.world.is_department, column].any():
            continue
        rows = result.cells[(result.cells["domain"] == domain) & result.cells["site_since"].notna()]
        if len(rows):
            expected = np.average(rows["reported"], weights=rows["county"].map(ratio))
            assert seen.city_reported[-1, 0, column] == pytest.approx(expected)


def test_reports_of_units_average_over_their_open_sites(seen, result):
    model = seen.model
    for u in np.flatnonzero(~model.world.is_department):
        rows = result.cells[(result.cells["county"] == model.hierarchy.units[u])]
        for column, domain in enumerate(model.spec.domains):
            mine = rows[(rows["domain"] == domain) & rows["site_since"].notna()]
            assert seen.reported[-1, u, column] <= 1
            if model.state.sites[u, column] == 0:
                assert seen.reported[-1, u, column] == 0
            elif not model.state.has[model.world.is_department, column].any() and len(mine):
                assert seen.reported[-1, u, column] == pytest.approx(mine["reported"].mean())


def test_participation_is_the_share_of_residents_concerned_who_take_part(seen):
    model = seen.model
    people, world = model.population, model.world
    took = np.asarray(model.citizens.get("took_part"), dtype=bool)
    each = (world.population / np.bincount(people.home, minlength=len(world.population)))[people.home]
    county = world.community_county[people.home]
    for d in range(len(model.spec.domains)):
        concerned = people.concern == d
        for u in (0, 3):
            mine = concerned & (county == u)
            expected = each[mine & took].sum() / each[mine].sum() if mine.any() else 0.0
            assert seen.participation[-1, u, d] == pytest.approx(expected)
        whole = each[concerned & took].sum() / each[concerned].sum()
        assert seen.city_participation[-1, 0, d] == pytest.approx(whole)
    assert 0 < seen.city_participation[-1, 0].max() < 1


def test_a_community_in_which_a_county_and_a_department_work_is_one_of_the_city(seen):
    model = seen.model
    ratio, state, world = real_per_simulated(model), model.state, model.world
    twice = 0
    for d in range(len(model.spec.domains)):
        worked = world.place_community[state.open[:, d]]
        twice += len(worked) - len(set(worked))
        assert seen.city_sites[-1, 0, d] == pytest.approx(ratio[world.community_county[np.unique(worked)]].sum())
    assert twice > 0


def test_since_is_the_week_of_assignment_under_the_plan_and_never_elsewhere(seen):
    state, planned = seen.model.state, int(seen.model.state.plan_week[0])
    later = state.has & (state.since >= planned)
    assert later.any()
    assert (seen.since[later] == state.since[later]).all()
    assert (seen.since[state.has & ~later] == planned).all()
    assert (seen.since[~state.has] == NEVER).all()


def test_nobody_has_taken_a_domain_on_before_the_plan(spec):
    early = watch(spec, SEED, [12])
    assert early.model.state.has.any()
    assert (early.since == NEVER).all()


def test_a_plan_that_hands_the_point_to_one_unit_withdraws_nothing(seen):
    model = seen.model
    planned = int(model.state.plan_week[0])
    assert (model.record.sites[planned - 1, :, model.world.point] > 0).sum() > 1
    assert (model.record.sites[planned, :, model.world.point] > 0).sum() == 1
    assert not (seen.withdrawn == planned).any()


def test_a_unit_that_drops_a_domain_has_withdrawn():
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 1000, "weeks": 104})
    spec = spec.with_change(60, {"execution.modes.selective.reward": 50.0})
    seen = watch(spec, 0, [103])
    weeks = seen.withdrawn[seen.withdrawn != NEVER]
    assert len(weeks)
    mode = seen.model.record.mode
    for u, d in np.argwhere(seen.withdrawn != NEVER):
        week = seen.withdrawn[u, d]
        assert week >= 60
        assert mode[week, u, d] == MODES.index("selective") != mode[week - 1, u, d]
