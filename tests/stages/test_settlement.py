"""Stage 4: losses by the way of executing, overload, and nothing executed without a stock."""

from __future__ import annotations

import numpy as np

from simulation import MomentumModel, load_scenario
from simulation.agents.town import all_loads
from simulation.ledger.accounts import LOST_BY_MODE, OVERLOAD
from simulation.scenario.modes import MODES


def test_what_is_lost_in_execution_is_booked_under_the_way_of_executing() -> None:
    values = {"structure.citizens": 400, "weeks": 80, "execution.oversight": 0.2}
    model = MomentumModel(load_scenario("zhaoqing").with_values(values), rng=3)
    lossy = np.flatnonzero(LOST_BY_MODE >= 0)
    seen = np.zeros(len(MODES), bool)
    for week in range(80):
        before = model.state.Q.copy()
        model.step()
        s = model.state
        if week % 13 == 0:
            continue  # towns that get their first site at the review choose a mode after the week's flows
        for mode in lossy:
            stock = before[model.ground.executor_unit]
            here = bool((stock[s.mode == mode] > 0).any()) and model.parameters.modes.yields[mode] < 1
            assert (model.record.booked[model.week - 1, :, LOST_BY_MODE[mode]].sum() > 0) == here
            seen[mode] |= here
    assert seen.sum() >= 2


def test_nothing_executed_last_week_is_executed_again_without_a_stock() -> None:
    model = MomentumModel(load_scenario("zhaoqing").with_values({"structure.citizens": 400, "weeks": 60}), rng=3)
    model.run_for(50)
    s = model.state
    free = s.worked == 0
    assert free.any()
    s.F4[free] = 1.0
    model.step()
    assert (s.F4[free & (s.worked == 0)] == 0).all()


def test_a_town_below_one_programmes_capacity_is_overloaded_by_one_light_programme() -> None:
    values = {"structure.citizens": 400, "weeks": 70, "execution.capacity": 0.1, "agenda.domains": 1}
    model = MomentumModel(load_scenario("zhaoqing").with_values(values), rng=3)
    light = 0
    for _ in range(70):
        model.step()
        s, loads = model.state, all_loads(model)
        for x, u in enumerate(model.ground.executor_unit):
            light += bool(0 < loads[x] <= 1 and s.F4[x].sum() > 0)
            if loads[x] > 0.1 and s.has[u].any():
                out = model.spec.values["stages.settlement.convert"] * s.Q[u][s.has[u]].max()
                assert s.F4[x].max() < 0.9 * out or out == 0
    assert light > 0
    assert model.record.booked[:, :, OVERLOAD].sum() > 0
