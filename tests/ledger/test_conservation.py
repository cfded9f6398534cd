"""Momentum is conserved: in every week of any scenario, by each stage alone, and a breach is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from kit.cities import finished, small_city
from kit.strategies import scenarios

from simulation import MomentumModel, stages
from simulation.ledger.accounts import FLOWS, OVERLOAD, SIGNS
from simulation.ledger.balance import LedgerError
from simulation.results import RunResult
from simulation.scenario import Scenario
from simulation.scenario.windows import STAGES

HANDED_IN = {3: "F3", 4: "F4"}  # what a stage takes over in the same week from the one before
HANDED_ON = {2: "F3", 3: "F4"}


@settings(max_examples=60)
@given(scenarios())
def test_momentum_is_conserved_in_any_scenario(spec: Scenario) -> None:
    record = finished(spec, seed=1).record
    stock = np.concatenate([np.zeros((1, *record.stock.shape[1:])), record.stock])
    booked = record.booked
    scale = np.abs(stock[1:]) + booked @ np.abs(SIGNS) + 1e-300
    assert (np.abs(np.diff(stock, axis=0) - booked @ SIGNS) <= 1e-9 * scale).all()
    kinds = np.array([flow.kind for flow in FLOWS])
    total = {kind: booked[:, :, kinds == kind].sum() for kind in ("source", "sink", "delivered")}
    left = total["source"] - total["sink"] - total["delivered"]
    assert left == pytest.approx(stock[-1].sum(), rel=1e-9, abs=1e-9 * total["source"])
    assert np.isfinite(booked).all()
    assert booked.min() >= -1e-12 * booked.max(initial=0)
    assert record.stock.min() >= 0


@settings(max_examples=30)
@given(scenarios())
def test_levels_effects_and_shares_stay_between_nothing_and_all(spec: Scenario) -> None:
    model = finished(spec, seed=2)
    s = model.state
    for values in (s.level, s.gate, s.effect, s.confidence, s.routine, s.participation, s.share, s.mean_effect):
        assert values.min() >= 0
        assert values.max() <= 1 + 1e-12
    assert ((s.mode >= 0) == s.has).all()
    assert (s.sites[s.has] >= 1).all()
    places = np.repeat(np.arange(len(s.sites)), np.diff(model.ground.unit_place))
    for d in range(s.sites.shape[1]):
        assert (np.bincount(places, s.open[:, d], minlength=len(s.sites)) == s.sites[:, d]).all()


def test_the_ledger_table_balances_by_itself() -> None:
    table = RunResult.of(finished(small_city())).ledger
    flows = table.groupby("kind")["amount"].sum()
    last = table[(table.kind == "stock") & (table.week == table.week.max())]["amount"].sum()
    assert flows["source"] - flows["sink"] - flows["delivered"] == pytest.approx(last, rel=1e-9)
    assert flows["source"] > 5
    assert last > 0.1


@pytest.mark.parametrize(("stock", "stage"), list(zip("SABQL", STAGES, strict=True)))
def test_momentum_from_nowhere_stops_the_run_and_the_stock_is_named(
    stock: str, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MomentumModel(small_city(), rng=0)
    model.run_for(30)

    def slip(self: MomentumModel, handle: Any, week: int) -> None:
        getattr(self.state, stock).flat[0] += 1e-4

    monkeypatch.setattr(MomentumModel, "_plan", slip)
    with pytest.raises(LedgerError, match=rf"week 30, City: .*stage \d \({stage}\)"):
        model.step()


def test_an_entry_without_a_movement_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MomentumModel(small_city(), rng=0)
    model.run_for(30)

    def slip(self: MomentumModel, handle: Any, week: int) -> None:
        self.state.booked[0, OVERLOAD] += 1e-4

    monkeypatch.setattr(MomentumModel, "_plan", slip)
    with pytest.raises(LedgerError, match="settlement"):
        model.step()


def _midway(weeks: int = 40) -> MomentumModel:
    model = MomentumModel(small_city({"leverage.horizontal": 0.5, "plan.per_county": 2}), rng=5)
    model.run_for(weeks)
    s = model.state
    s.booked[:] = 0.0
    rng = np.random.default_rng(0)
    for stock in (s.S, s.A, s.B, s.Q, s.L):
        stock[:] = rng.random(stock.shape) * 0.1
    s.F3[:] = 0.0
    s.F4[:] = 0.0
    return model


def _changes(model: MomentumModel) -> np.ndarray:
    s, g = model.state, model.ground
    places = np.repeat(g.unit_city, np.diff(g.unit_place))
    totals = (s.dS, s.dA)
    by_unit = [np.bincount(g.unit_city, change) for change in (s.dB, s.dQ.sum(axis=1))]
    return np.stack([*totals, *by_unit, np.bincount(places, s.dL.sum(axis=1))], axis=1)


@pytest.mark.parametrize("stage", stages.IN_ORDER, ids=lambda stage: stage.__name__.rpartition(".")[2])
def test_each_stage_alone_moves_what_it_books(stage: object) -> None:
    number = stages.IN_ORDER.index(stage)
    model = _midway()
    s, city = model.state, model.ground.unit_city
    if number in HANDED_IN:
        getattr(s, HANDED_IN[number])[:] = 0.01 * s.has if number == 4 else 0.01
    taken = np.zeros(5)
    if number in HANDED_IN:
        taken[number] = np.bincount(city, getattr(s, HANDED_IN[number]).reshape(len(city), -1).sum(axis=1))[0]
    stage.convert(model.parameters, model.ground, s)
    if number in HANDED_ON:
        taken[number + 1] -= getattr(s, HANDED_ON[number]).sum()
    moved = _changes(model)[0]
    assert moved[number] != 0
    np.testing.assert_allclose(moved, (s.booked @ SIGNS)[0] + taken, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("stage", stages.IN_ORDER, ids=lambda stage: stage.__name__.rpartition(".")[2])
def test_each_stage_moves_nothing_where_there_is_nothing(stage: object) -> None:
    model = _midway()
    s = model.state
    for stock in (s.S, s.A, s.B, s.Q, s.L):
        stock[:] = 0.0
    stage.convert(model.parameters, model.ground, s)
    assert not _changes(model).any()
    assert not s.booked.any()
    assert not s.push.any() or stage is not stages.leverage


def test_every_stage_module_is_in_order_and_explains_itself() -> None:
    assert [stage.__name__.rpartition(".")[2] for stage in stages.IN_ORDER] == list(STAGES)
    assert all(stage.__doc__.startswith(f"Stage {n}, ") for n, stage in enumerate(stages.IN_ORDER, 1))
