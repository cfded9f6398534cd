"""Long runs and many runs: numbers stay finite, the ledger balances, and memory grows only by the record."""

from __future__ import annotations

import gc
import sys
import tracemalloc

import numpy as np
import pytest

from simulation import MomentumModel, load_scenario, run
from simulation.ledger.accounts import SIGNS
from simulation.scenario.fields import LONGEST

SMALL = {"structure.citizens": 200, "weeks": 8}


def bounds_hold(model: MomentumModel) -> None:
    record = model.record
    for series in record:
        assert np.isfinite(series[: model.week]).all()
    for share in (record.level, record.effect, record.trust, record.took_part, record.awareness):
        assert share.min() >= 0
        assert share.max() <= 1
    booked = record.booked[: model.week]
    change = np.diff(record.stock[: model.week], axis=0)
    moved = booked @ np.abs(SIGNS)
    assert np.abs(change - (booked @ SIGNS)[1:]).max() <= 1e-9 * max(1.0, moved.max())


def grown(before: int) -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


@pytest.fixture(name="traced")
def _traced():
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("events", [{}, {"turnover.rate": 1.0, "rivals.rate": 2.0}])
def test_forty_years_stay_in_bounds_and_take_no_memory_beside_the_record(events: dict, traced: None) -> None:
    spec = load_scenario("classroom").with_values({**SMALL, **events, "weeks": 2080})
    model = MomentumModel(spec, rng=1)
    model.run_for(80)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    model.run_for(2000)
    assert model.week == 2080
    bounds_hold(model)
    assert grown(before) < 300_000


@pytest.mark.parametrize(
    "weeks",
    [
        pytest.param(LONGEST // 8, id="250 years"),
        pytest.param(LONGEST, id="2,000 years", marks=[pytest.mark.slow, pytest.mark.thorough]),
    ],
)
def test_centuries_stay_in_bounds_and_take_no_memory_beside_the_record(weeks: int) -> None:
    spec = load_scenario("classroom").with_values({**SMALL, "weeks": weeks, "turnover.rate": 0.2, "rivals.rate": 0.5})
    model = MomentumModel(spec, rng=1)
    model.run_for(1000)
    gc.collect()
    # Tracing every allocation would take ten times as long; the number of live blocks also shows growth.
    before = sys.getallocatedblocks()
    model.run_for(weeks - 1000)
    gc.collect()
    assert sys.getallocatedblocks() - before < 3000
    assert model.week == weeks
    bounds_hold(model)


@pytest.mark.parametrize("runs", [100, pytest.param(300, marks=pytest.mark.thorough)])
def test_hundreds_of_small_runs_in_one_process_leave_nothing_behind(runs: int, traced: None) -> None:
    spec = load_scenario("classroom").with_values(SMALL)
    for seed in range(30):
        run(spec, seed=seed)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for seed in range(runs):
        run(spec.with_values({"plan.per_county": 1 + seed % 3}), seed=seed)
    assert grown(before) < 1000 * runs


def test_changed_structures_do_not_pile_up(traced: None) -> None:
    base = [
        {"unit": "P", "parent": "", "tier": "province"},
        {"unit": "C", "parent": "P", "tier": "city"},
        {"unit": "A", "parent": "C", "tier": "county", "residential": 3, "villages": 3},
    ]

    def once(number: int) -> None:
        units = [*base[:2], {**base[2], "population": 1000 + number}]
        run({"weeks": 2, "domains": {"d": {}}, "structure": {"units": units, "citizens": 200}})

    for number in range(20):
        once(number)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(60):
        once(1000 + number)
    assert grown(before) < 500_000
