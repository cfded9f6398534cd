"""Tiers below the city: counties' own groups, their local resources, and the towns that execute for them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulation import load_scenario
from simulation.agents.modes import perceived_pressure
from simulation.ledger.accounts import NEED, OVERLOAD
from simulation.scenario.windows import AUTHORITY
from simulation.stages import settlement
from simulation.stages.levels import follow_groups
from simulation.verification import Row
from simulation.verification._kit import PLAIN, after, small_city


def groups() -> list[Row]:
    """Counties' groups approach zeal·a₂ by the factor 1 − follow a week; with follow and zeal 1 they are the city's."""
    values = {"transmission.follow": 0.25, "transmission.zeal_low": 0.8, "transmission.zeal_high": 0.8}
    model = after(small_city(values), 1)
    g, s = model.ground, model.state
    s.level[0, AUTHORITY], s.group[:] = 0.6, 0.0
    path = []
    for _ in range(30):
        follow_groups(model.numbers, g, s)
        path.append(float(s.group[0]))
    expected = 0.8 * 0.6 * (1 - 0.75 ** np.arange(1, 31))
    exact = {"transmission.follow": 1.0, "transmission.zeal_low": 1.0, "transmission.zeal_high": 1.0}
    whole = after(load_scenario("zhaoqing").with_values({"structure.citizens": 300} | exact), 0)
    gap = 0.0
    for _ in range(60):
        whole.step()
        county = ~whole.ground.is_department
        gap = max(gap, float(np.abs(whole.state.group[county] - whole.state.level[0, AUTHORITY]).max()))
    return [
        Row("group_path", 0.0, float(np.abs(np.array(path) - expected).max()), 1e-12),
        Row("group_whole", 0.0, gap),
    ]


def _need(values: dict[str, Any], stock: float) -> tuple[float, float]:
    """Return the need that one programme of a given stock draws in a week, and Π, the pressure behind it."""
    model = after(small_city(PLAIN | {"execution.unlock": 0.04, "effect.gain": 0.0} | values), 60)
    p, g, s = model.parameters, model.ground, model.state
    s.Q[:], s.booked[:], s.confidence[:] = stock, 0.0, 0.5
    pressure = perceived_pressure(p, stock, 0.5, s.group[0], s.routine[0, 0])
    settlement.convert(model.numbers, g, s)
    return float(s.booked[0, NEED]), float(pressure)


def local_resources() -> list[Row]:
    """Need is demand·budget/(budget + demand), and demand (Q/q_ref)^fuel of what it is at Q = q_ref."""
    budgets = (0.001, 0.01, 0.1, 1.0, 100.0)
    endless, pressure = _need({"execution.budget": math.inf}, 0.2)
    wanted = 0.04 * pressure
    bounded = np.array([_need({"execution.budget": budget}, 0.2)[0] for budget in budgets])
    expected = np.array([wanted * budget / (budget + wanted) for budget in budgets])
    at_reference = [_need({"execution.q_ref": 0.2, "execution.fuel": fuel}, 0.2)[0] for fuel in (0.0, 0.25, 1.0)]
    low, high = (_need({"execution.q_ref": 0.2, "execution.fuel": 0.7}, stock) for stock in (0.2, 0.8))
    slope = math.log(high[0] / high[1] / (low[0] / low[1])) / math.log(4)
    return [
        Row("need_endless", wanted, endless, 1e-12),
        Row("need_bounded", 0.0, float(np.abs(bounded - expected).max()), 1e-12),
        Row("need_rises", 1.0, float((np.diff([*bounded, endless]) > 0).all())),
        Row("fuel_reference", 0.0, max(at_reference) - min(at_reference), 1e-12),
        Row("fuel_slope", 0.7, slope, 1e-9),
    ]


def equal_towns() -> list[Row]:
    """Towns of equal load that all execute substantively give what one executor of the whole county gives."""
    loaded = {"plan.pilot_share": 1.0, "execution.capacity": 0.6, "plan.kind": "uniform", "citizens.rule": "logit"}
    found = {}
    for towns in (0, 1, 4):
        values = PLAIN | loaded | {"structure.severity_low": 0.5}
        spec = small_city(values, towns=towns, communities=12, persons=10, domains=("a", "b"), weeks=104)
        found[towns] = after(spec, 104)
    one = found[0].record.effect[:104]
    gaps = [float(np.abs(found[towns].record.effect[:104] - one).max()) for towns in (1, 4)]
    lost = float(found[4].record.booked[:104, 0, OVERLOAD].sum())
    return [
        Row("one_town", 0.0, gaps[0], 1e-12),
        Row("equal_towns", 0.0, gaps[1], 1e-12),
        Row("equal_towns_loaded", 1.0, float(lost > 0.01 and one[-1].min() > 0.1)),
    ]
