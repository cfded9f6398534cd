"""One week computed again from the equations of model §§3-6 and compared: flows, confidence, effect, routine."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.cities import city_with_towns, plain_city, small_city

from simulation import MomentumModel
from simulation.agents.modes import choose
from simulation.agents.town import reconsider
from simulation.world.state import State

#: In the order of the model's numbers of modes.
MODES = ("substantive", "adaptive", "symbolic", "selective")


def _expected(model: MomentumModel, before: State) -> dict[str, Any]:
    """Return next week's stocks and slow variables of a city without review or plan in the week."""
    spec, g = model.spec, model.ground
    t, x = spec.transmission, spec.execution
    stages = spec.stages.in_order()
    convert, fade = [stage.convert for stage in stages], [stage.fade for stage in stages]
    a, group = model.state.level[0], model.state.group  # this week's values, tested elsewhere
    gate = t.base + (1 - t.base) * a
    gconf = t.base + (1 - t.base) * before.confidence  # last week's confidence
    S, A, B, Q, L = before.S[0], before.A[0], before.B, before.Q, before.L
    has, engaged, mode, K = before.has, before.engaged, before.mode, before.co_operation[0]
    n = engaged.sum()

    F1 = convert[0] * gate[0] * S
    X = convert[1] * A
    F2 = X * gate[1]
    fragmentation = (X - F2) * (1 - K[before.active[0]].mean()) if before.active[0].any() else 0.0
    F3 = convert[2] * gate[2] * B
    out = {
        "S": [S - F1 - fade[0] * S],
        "A": [A + F1 - F2 - fragmentation - fade[1] * A],
        "B": B + engaged * F2 * n**-t.rivalry_units - F3 - fade[2] * B,
    }

    units, executors = range(len(B)), g.executor_unit
    n_c = has.sum(axis=1)
    v = np.where(n_c > 0, F3 * np.maximum(n_c, 1.0) ** -t.rivalry_domains, 0)[:, None]
    tau = np.where(before.named[0], 1.0, spec.instruction.wording)
    effort = np.array([getattr(x.modes, name).effort for name in MODES])
    yields = np.array([getattr(x.modes, name).yields for name in MODES])
    H = Q**x.h / (Q**x.h + x.q_half**x.h)
    places = g.place_executor
    worked = np.stack([np.bincount(places, column, minlength=len(executors)) for column in before.open.T], axis=1)
    sites = np.stack([np.bincount(executors, column, minlength=len(B)) for column in worked.T], axis=1)
    part = worked / np.maximum(sites, 1)[executors]
    acting = mode >= 0
    y = np.where(acting, yields[mode], 0.0)
    y_mean = np.stack([(part * y)[executors == u].sum(axis=0) for u in units])
    r_mean = np.stack([(part * before.routine)[executors == u].sum(axis=0) for u in units])
    at = g.place_unit
    people = g.population[g.place_community]
    mean_effect = np.stack(
        [np.bincount(at, people * column[g.place_community]) / np.bincount(at, people) for column in before.effect.T],
        axis=1,
    )
    standing = 1 - x.lapse * (1 - group[:, None]) * (1 - r_mean)
    demand = has * x.unlock * g.severity * (1 - mean_effect) * H * gconf[:, None] * standing * y_mean * K
    demand *= np.where(Q > 0, Q / x.q_ref, 1.0) ** x.fuel
    need = demand if np.isinf(x.budget) else demand * x.budget / (x.budget + demand.sum(axis=1))[:, None]
    experts = np.where(has, spec.leverage.expert_help * spec.leverage.horizontal * H, 0)
    out["Q"] = Q * (1 - convert[3] - fade[3]) + np.where(has, v * gate[3] * tau, 0) + need + experts

    covered = np.where(worked > 0, worked / g.executor_places[:, None], 0.0) ** x.coverage * (worked > 0)
    load = np.where(acting, effort[mode] * (1 - x.routine_saves * before.routine) * covered, 0).sum(axis=1)
    capacity = x.capacity * (1 - t.meeting_cost * spec.stages.authority.meetings_per_year)
    quality = np.minimum(1, capacity / np.maximum(load, 1e-300))
    n_0 = g.pilots[executors][:, None]
    site = convert[3] * Q[executors] / n_0 * (n_0 / np.maximum(sites, 1)[executors]) ** t.rivalry_sites
    site = site * y * quality[:, None] * K
    favour = 1 + x.spotlight * spec.scouting.strength * (g.site_rank < g.pilots[at][:, None]) * ~before.proven[0]
    inflow = site[places] * before.open * favour
    P = before.participation[g.place_community]
    effect = spec.effect
    G = convert[4] * L * (effect.alone + (1 - effect.alone) * P)
    w_bodies = spec.bodies.w_bodies if spec.bodies.rule == "kinds" else 0.0
    acting_share = w_bodies * before.bodies_active[g.place_community][:, None] + (1 - w_bodies) * P
    out["L"] = L + inflow * (1 + effect.coproduce * acting_share) - G - fade[4] * L

    push, protected = np.zeros_like(before.effect), np.zeros_like(before.effect)
    np.add.at(push, g.place_community, G * g.pilots[at][:, None])
    np.maximum.at(protected, g.place_community, np.where(before.open, before.routine[places], 0))
    E = before.effect
    out["effect"] = (
        E + (1 - E) * (1 - np.exp(-effect.gain * push)) - effect.wear * (1 - effect.routine_protects * protected) * E
    )
    out["effect"] -= effect.rebound * (1 - group[g.community_county])[:, None] * (1 - protected) * E
    conf, scouting = before.confidence, spec.scouting
    out["confidence"] = conf + t.assure * a[2] * scouting.strength * (1 - conf) * engaged - t.doubt * (1 - group) * conf
    r = before.routine
    out["routine"] = np.where(mode == 0, r + x.routine * a[3] * (1 - r), r - x.unlearn * r)
    return out


VALUES: list[dict[str, Any]] = [
    {},
    {"plan.per_county": 2, "execution.capacity": 1.2, "execution.h": 1.0, "leverage.horizontal": 0.6},
    {"plan.kind": "uniform", "instruction.wording": 0.2, "transmission.rivalry_units": 0.1, "execution.h": 3.5,
     "transmission.rivalry_domains": 0.3, "transmission.rivalry_sites": 0.9, "scouting.breadth": 0.5},
    {"execution.oversight": 0.0, "execution.w_load": 4.0, "plan.per_county": 3, "evaluation.proven_at": 0.05,
     "effect.coproduce": 2.0, "effect.alone": 0.6, "stages.authority.length": 30.0, "plan.pilot_share": 0.4},
]  # fmt: skip


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("city", [small_city, city_with_towns, plain_city])
def test_a_week_is_what_the_equations_say(values: dict[str, Any], city: Any) -> None:
    model = MomentumModel(city(values), rng=7)
    compared = 0
    for week in range(60):
        before = copy.deepcopy(model.state)
        model.step()
        if week % 4 == 0 or week % 13 == 0 or week in (0, 16):
            continue
        for name, value in _expected(model, before).items():
            np.testing.assert_allclose(
                getattr(model.state, name), value, rtol=1e-10, atol=1e-14, err_msg=f"{name}, week {week}"
            )
        assert np.array_equal(model.state.seen, before.effect)  # the effect that citizens saw
        compared += 1
    assert compared > 35
    assert model.state.effect.max() > 0.01
    assert model.state.L.max() > 0


@pytest.mark.parametrize("values", VALUES)
def test_the_peers_and_the_load_that_units_weigh_are_last_months(values: dict[str, Any]) -> None:
    # At noise near 0 a unit that reconsiders takes the best mode, given the modes that everybody had before.
    model = MomentumModel(small_city(values | {"execution.noise": 1e-6, "execution.revise": 1.0}), rng=3)
    model.run_for(20)
    for _ in range(3):
        best = {
            (unit.name, domain): max(unit.utilities(domain).items(), key=lambda item: item[1])[0]
            for unit in model.units
            for domain in unit.domains
        }
        reconsider(model.numbers, model.ground, model.state, model.week)
        assert {(u.name, d): u.mode(d) for u in model.units for d in u.domains} == best
        model.run_for(4)


@settings(max_examples=60)
@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4), st.floats(0.05, 3), st.floats(0, 1, exclude_max=True))
def test_modes_are_chosen_by_logit(utilities: list[float], noise: float, draw: float) -> None:
    weight = np.exp((np.array(utilities) - max(utilities)) / noise)
    ends = np.cumsum(weight / weight.sum())
    mode = choose(np.array(utilities), noise, draw)
    assert draw < ends[mode] + 1e-12
    assert mode == 0 or draw >= ends[mode - 1] - 1e-12


def test_units_rethink_with_the_probability_of_revision() -> None:
    from simulation.compute.randomness import uniform, week_keys

    model = MomentumModel(small_city({"execution.revise": 0.3, "execution.noise": 100.0}), rng=1)
    model.run_for(18)
    stayed = 0
    for week in range(20, 60, 4):
        model.run_for(week - model.week)
        before, due = model.state.mode.copy(), uniform(week_keys(model.ground.revise_key, week)) < 0.3
        had = model.state.mode >= 0
        model.step()
        kept = had & ~due
        assert (model.state.mode[kept] == before[kept]).all()
        stayed += kept.sum()
    assert stayed > 10


def test_modes_change_only_at_the_monthly_analysis() -> None:
    model = MomentumModel(small_city({"execution.noise": 100.0, "plan.per_county": 3}), rng=1)
    model.run_for(17)
    changes = []
    for week in range(17, 60):
        before, had = model.state.mode.copy(), model.state.mode >= 0
        model.step()
        if (model.state.mode[had] != before[had]).any():
            changes.append(week)
    assert changes
    assert all(week % 4 == 0 for week in changes)
