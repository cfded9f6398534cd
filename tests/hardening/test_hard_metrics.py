"""Metrics recomputed by hand where every weight differs, so that a forgotten or exchanged weight shows."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import MomentumModel, load_scenario
from simulation.accounts import FLOWS


@pytest.fixture(scope="module", name="model")
def _model() -> MomentumModel:
    values = {"structure.citizens": 1500, "instruction.domain": "land", "weeks": 130, "execution.oversight": 0.3}
    model = MomentumModel(load_scenario("zhaoqing").with_values(values), rng=4)
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
    mode = model.record.mode[129]
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
