"""Contracts that every stage keeps: it moves what it books, nothing where there is nothing, and explains itself."""

from __future__ import annotations

import numpy as np
import pytest
from kit.cities import small_city

from simulation import MomentumModel, stages
from simulation.ledger.accounts import SIGNS, STAGES

HANDED_IN = {3: "F3", 4: "F4"}  # momentum that a stage takes over in the same week from the stage before it


HANDED_ON = {2: "F3", 3: "F4"}


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
    stage.convert(model.numbers, model.ground, s)
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
    stage.convert(model.numbers, model.ground, s)
    assert not _changes(model).any()
    assert not s.booked.any()
    assert not s.push.any() or stage is not stages.leverage


def test_every_stage_module_is_in_order_and_explains_itself() -> None:
    assert [stage.__name__.rpartition(".")[2] for stage in stages.IN_ORDER] == list(STAGES)
    assert all(stage.__doc__.startswith(f"Stage {n}, ") for n, stage in enumerate(stages.IN_ORDER, 1))
