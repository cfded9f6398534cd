"""Momentum is conserved: in every week of any scenario, by each stage alone, and a breach is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from kit.cities import finished, small_city
from kit.strategies import scenarios

from simulation import MomentumModel, load_scenario
from simulation.ledger.accounts import FLOWS, OVERLOAD, SIGNS
from simulation.ledger.balance import LedgerError
from simulation.results import RunResult
from simulation.scenario import Scenario
from simulation.scenario.windows import STAGES


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
    assert ((s.mode >= 0) == (s.has[model.ground.executor_unit] & (s.worked > 0))).all()
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


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("convert", [0.0, 2.3e-13, 1e-12, 0.3, 1.0])
def test_a_stage_that_gives_away_all_it_has_is_left_with_nothing_and_balances(stage: str, convert: float) -> None:
    # 1e-12 is what rounding may add to convert + fade; the smallest capacity makes the smallest stocks.
    fade = 1.0 if convert < 0.3 else 1.0 - convert
    values = {f"stages.{stage}.convert": convert, f"stages.{stage}.fade": fade, "execution.capacity": 1e-6}
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 1300, "leverage.downward": 1.0} | values)
    model = MomentumModel(spec=spec, rng=0)
    for _ in range(100):
        model.step()
        for stock in (model.state.S, model.state.A, model.state.B, model.state.Q, model.state.L):
            assert stock.min() >= 0.0
