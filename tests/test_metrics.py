"""Metrics are recomputed by hand in cities where all weights differ, so that a forgotten or exchanged weight shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation import MomentumModel, load_scenario
from simulation.ledger.accounts import FLOWS
from simulation.metrics import METRICS, _ratio


@pytest.fixture(scope="module", name="model")
def _model() -> MomentumModel:
    values = {
        "structure.citizens": 1500,
        "instruction.domain": "land",
        "weeks": 130,
        "execution.oversight": 0.3,
        "execution.budget": 0.2,
    }
    model = MomentumModel(load_scenario("zhaoqing-by-hand").with_values(values), rng=4)
    model.run_for(130)
    return model


def test_the_point_is_not_the_first_column_and_the_counties_differ(model: MomentumModel) -> None:
    assert model.ground.point != 0
    assert len(set(model.ground.unit_population)) > 5
    assert model.ground.is_department.any()


def test_effectiveness_weighs_severity_and_persons_of_the_counties(model: MomentumModel) -> None:
    total = weight = core = persons = 0.0
    for unit in range(len(model.hierarchy.units)):
        if model.hierarchy.unit_is_department[unit]:
            continue
        people = model.hierarchy.unit_population[unit]
        core += people * model.record.effect[129, unit, model.ground.point]
        persons += people
        for domain in range(model.ground.severity.shape[1]):
            share = people * model.ground.severity[unit, domain]
            total += share * model.record.effect[129, unit, domain]
            weight += share
    assert model.metric("effectiveness") == pytest.approx(total / weight, rel=1e-12)
    assert model.metric("core_effect") == pytest.approx(core / persons, rel=1e-12)


def test_breadth_counts_domains_whose_sites_work(model: MomentumModel) -> None:
    last = [model.record.covered_effect[129, 0] / np.maximum(model.record.covered[129, 0], 1)]
    assert 0 < (last[0] > 0.4).sum() < 8
    assert model.metric("breadth") == (last[0] > 0.4).sum()


def test_modes_share_out_all_that_is_assigned(model: MomentumModel) -> None:
    mode = model.state.mode
    assigned = int((mode >= 0).sum())
    assert 0 < assigned < mode.size
    shares = {name: model.metric(name) for name in ("substantive", "adaptive", "symbolic", "selective")}
    for number, share in enumerate(shares.values()):
        assert share == pytest.approx((mode == number).sum() / assigned)
    assert sum(shares.values()) == pytest.approx(1)


def test_reports_are_rosier_than_the_truth(model: MomentumModel) -> None:
    record = model.record
    said, true, count = (float(series[129].sum()) for series in (record.reported, record.true, record.reports))
    assert said > true
    assert model.metric("reporting_gap") == pytest.approx((said - true) / count)


def test_site_effect_is_over_all_sites_and_pilot_effect_over_pilots(model: MomentumModel) -> None:
    record = model.record
    assert record.covered[129].sum() > record.piloted[129].sum() > 0
    assert model.metric("site_effect") == pytest.approx(record.covered_effect[129].sum() / record.covered[129].sum())
    assert model.metric("pilot_effect") == pytest.approx(record.pilot_effect[129].sum() / record.piloted[129].sum())


def test_focus_is_the_sum_of_squared_shares(model: MomentumModel) -> None:
    county = ~model.ground.is_department
    people = model.ground.unit_population[county]
    share = (model.record.effect[129][county] * people[:, None]).sum(axis=0)
    share /= share.sum()
    assert model.metric("focus") == pytest.approx(float((share**2).sum()))


@pytest.mark.parametrize("stage", range(5))
def test_transmission_is_what_was_passed_on_of_what_is_left_or_has_left(model: MomentumModel, stage: int) -> None:
    booked = model.record.booked[:130].sum(axis=(0, 1))
    left = {row: booked[row] for row, flow in enumerate(FLOWS) if flow.origin == stage}
    passed = sum(amount for row, amount in left.items() if FLOWS[row].kind in ("passed", "delivered"))
    entered = float(model.record.stock[129, :, stage].sum()) + sum(left.values())
    assert 0 < passed < entered
    assert model.metric(f"transmission_{stage + 1}") == pytest.approx(passed / entered)


def test_the_scale_up_gap_is_pilots_less_later_sites_a_year_after_each_opened() -> None:
    values = {"structure.citizens": 1500, "weeks": 130, "evaluation.proven_at": 0.2}
    model = MomentumModel(load_scenario("zhaoqing").with_values(values), rng=4)
    s, g, shape = model.state, model.ground, model.state.covered.shape
    opened, pilot, grown = np.full(shape, -1), np.zeros(shape, bool), np.full(shape, np.nan)
    for week in range(130):
        model.step()
        new, closed = s.covered & (s.site_since == week), ~s.covered
        later = np.zeros(shape, bool)  # a site of the first week that is not among its unit's first ones
        np.logical_or.at(later, g.place_community, s.open & (g.site_rank >= g.pilots[g.place_unit][:, None]))
        opened[new], pilot[new] = week, ~later[new]
        opened[closed], grown[closed] = -1, np.nan
        planned = model.state.plan_week[0]
        due = s.covered & (np.maximum(opened, planned) + 52 == week) & (planned >= 0)
        grown[due] = s.effect[due]
    counted = np.isfinite(grown) & s.proven[0]
    assert 0 < pilot[counted].sum() < counted.sum()
    gap = grown[counted & pilot].mean() - grown[counted & ~pilot].mean()
    assert model.metric("scale_up_gap") == pytest.approx(gap)


def test_agenda_depth_and_co_operation_are_those_of_the_domains_taken_on(model: MomentumModel) -> None:
    s, g = model.state, model.ground
    active = s.active[0]
    assert 1 < active.sum() < len(active)
    assert model.metric("agenda") == active.sum()
    county = ~g.is_department
    people = g.unit_population[county]
    each = (s.mean_effect[county] * people[:, None]).sum(axis=0) / people.sum()
    assert model.metric("depth") == pytest.approx(each[active].mean())
    assert model.metric("co_operation") == pytest.approx(s.joins[:, active].sum() / g.belongs[:, active].sum())
    loads = [unit.load for unit in model.units if not unit.is_department]
    assert model.metric("town_load") == pytest.approx(np.mean(loads))


def test_breadth_of_four_is_dated_by_the_first_week_that_has_it(model: MomentumModel) -> None:
    first = next(week for week in range(130) if METRICS["breadth"].compute(model.outcome())[week] >= 4)
    series = METRICS["weeks_to_breadth_4"].compute(model.outcome())
    assert 1 < first < 129
    assert np.isnan(series[:first]).all()
    assert (series[first:] == first + 1).all()


@pytest.mark.parametrize("ends", [1.0, 40.0, 78.0])
def test_persistence_compares_a_year_after_authority_with_its_last_week(model: MomentumModel, ends: float) -> None:
    outcome = replace(model.outcome(), authority_ends=ends)
    if ends == 1.0:  # nothing has had an effect in the first week
        outcome = replace(outcome, record=outcome.record._replace(effect=outcome.record.effect + 0.01))
    series, kept = (METRICS[name].compute(outcome) for name in ("effectiveness", "persistence"))
    end = int(ends) - 1
    assert np.isnan(kept[: end + 52]).all()
    assert kept[end + 52 :] == pytest.approx(series[end + 52] / series[end])
    assert len(kept) == 130


@pytest.mark.parametrize("ends", [0.0, 79.0, np.inf])
def test_persistence_is_nothing_before_a_year_has_passed(model: MomentumModel, ends: float) -> None:
    assert np.isnan(METRICS["persistence"].compute(replace(model.outcome(), authority_ends=ends))).all()


def test_persistence_of_nothing_is_nothing(model: MomentumModel) -> None:
    outcome = replace(model.outcome(), authority_ends=40.0)
    outcome = replace(outcome, record=outcome.record._replace(effect=0 * outcome.record.effect))
    assert np.isnan(METRICS["persistence"].compute(outcome)).all()


@pytest.mark.parametrize("stage", range(5))
def test_what_a_stage_passes_on_in_a_week_is_what_its_rows_say(model: MomentumModel, stage: int) -> None:
    rows = [row for row, f in enumerate(FLOWS) if f.origin == stage and f.kind in ("passed", "delivered")]
    assert len(rows) == 1
    assert model.metric(f"passed_{stage + 1}") == pytest.approx(model.record.booked[129, :, rows[0]].sum())
    assert model.metric(f"passed_{stage + 1}") > 0


def test_a_ratio_to_nothing_is_nothing_and_to_little_is_a_number() -> None:
    assert _ratio(np.array([0.2, 3.0, 0.0]), np.array([0.5, 0.0, 0.0])).tolist() == pytest.approx(
        [0.4, np.nan, np.nan], nan_ok=True
    )


def test_a_citys_own_numbers_are_of_its_own_units() -> None:
    units = [{"unit": "P", "tier": "province"}]
    for city, names in (("C", ("A", "B")), ("D", ("E", "F", "G"))):
        units.append({"unit": city, "parent": "P", "tier": "city"})
        units += [
            {"unit": name, "parent": city, "tier": "county", "residential": 3, "villages": 2 + place, "population": 900}
            for place, name in enumerate(names)
        ]
    spec = {"weeks": 60, "structure": {"units": units, "citizens": 300}, "domains": {"x": {}, "y": {}}}
    model = MomentumModel(load_scenario(spec | {"instruction": {"cities": ["C", "D"]}}), rng=1)
    model.run_for(60)
    record, whole = model.record, model.outcome()
    for city, part in ((0, slice(0, 2)), (1, slice(2, 5))):
        own = model.outcome(city)
        assert own.record.effect.tolist() == record.effect[:, part].tolist()
        assert own.record.mode.tolist() == record.mode[:, part].tolist()
        assert own.record.sites.tolist() == record.sites[:, part].tolist()
        assert own.record.momentum.tolist() == record.momentum[:, part].tolist()
        assert own.record.level.tolist() == record.level[:, [city]].tolist()
        assert own.severity.tolist() == whole.severity[part].tolist()
        assert own.population.tolist() == whole.population[part].tolist()
        assert own.communities == int((model.ground.community_city == city).sum())
    assert whole.record.effect.shape[1] == 5
