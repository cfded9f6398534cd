"""Contracts that every kind of agent keeps, collected from the package: a new one is under contract at once."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import mesa
import numpy as np
import pytest
from kit.cities import city_with_towns, finished, plain_city

import simulation.agents
from simulation import MomentumModel
from simulation.agents.columns import RowAgent
from simulation.agents.institution import Institution


def _agent_kinds() -> list[type[mesa.Agent]]:
    found = set()
    for module in pkgutil.iter_modules(simulation.agents.__path__, "simulation.agents."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, mesa.Agent) and kind not in (mesa.Agent, Institution, RowAgent):
                found.add(kind)
    return sorted(found, key=lambda kind: kind.__name__)


KINDS = _agent_kinds()


def _state_shown(agent: mesa.Agent) -> dict[str, Any]:
    """Return the values of an agent's own properties, as text or numbers."""
    kinds = [kind for kind in type(agent).__mro__ if kind.__module__.startswith("simulation")]
    names = [name for kind in kinds for name, entry in vars(kind).items() if isinstance(entry, property)]
    shown = {name: getattr(agent, name) for name in names if name != "state"}
    if isinstance(agent, RowAgent):
        shown |= {name: getattr(agent, name) for name in agent.everybody.columns if name != "threshold"}
    return {
        name: np.round(value, 12).tolist() if isinstance(value, np.ndarray) else repr(value)
        for name, value in shown.items()
    }


def _replay(kind: type[mesa.Agent], seed: int) -> list[dict[str, Any]]:
    model = MomentumModel(city_with_towns(), rng=seed)
    shown = []
    for _ in range(4):
        model.run_for(12)
        shown += [_state_shown(agent) for agent in list(model.agents_by_type[kind])[:40]]
    return shown


def test_the_theory_s_kinds_of_agent_are_there() -> None:
    assert [kind.__name__ for kind in KINDS] == [
        "Body", "Citizen", "CityLeadershipGroup", "CountyPilot", "Department", "ProvincialLeader", "TownGovernment",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_agent_replays_from_its_seed_and_shows_its_state(kind: type[mesa.Agent]) -> None:
    first = _replay(kind, 8)
    assert first == _replay(kind, 8)
    assert all(first)
    if kind.__name__ in {"Body", "Citizen", "CountyPilot", "TownGovernment"}:
        assert first != _replay(kind, 9)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_agent_explains_itself(kind: type[mesa.Agent]) -> None:
    assert kind.__doc__
    for name, member in vars(kind).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            assert inspect.getdoc(member), f"{kind.__name__}.{name}"


def test_units_and_cities_show_what_the_arrays_hold() -> None:
    model = finished(plain_city({"plan.per_county": 2, "weeks": 40}), 3)
    s = model.state
    for unit in model.units:
        assert unit.confidence == s.confidence[unit.index]
        assert unit.momentum == pytest.approx(s.Q[unit.index].sum())
        assert len(unit.domains) == s.has[unit.index].sum() > 0
        assert [town.name for town in unit.towns] == [unit.name]  # its own staff
        efforts = {"substantive": 1.0, "adaptive": 0.6, "symbolic": 0.15, "selective": 0.0}
        own = {d: unit.routine(d) for d in unit.domains}
        assert unit.load == pytest.approx(sum(efforts[unit.mode(d)] * (1 - 0.7 * own[d]) for d in unit.domains))
        for domain in unit.domains:
            stock, routine = s.Q[unit.index, model.domain_index(domain)], own[domain]
            gconf = 0.33 + 0.67 * unit.confidence
            standing = 1 - model.spec.execution.lapse * (1 - s.level[0, 1]) * (1 - routine)
            assert unit.pressure(domain) == pytest.approx(stock**2 / (stock**2 + 0.05**2) * gconf * standing)
    group = model.cities[0]
    assert group.momentum == pytest.approx(model.stocks[0].sum())
    assert sum(group.execution().values()) == (s.mode >= 0).sum()
    assert group.planned
    assert model.provinces[0].cities == [group]


def test_the_utilities_a_unit_shows_are_the_table_of_modes() -> None:
    model = finished(plain_city({"plan.per_county": 2, "weeks": 40}), 3)
    s, p = model.state, model.spec.execution
    o = p.oversight * s.level[0, 1]
    capacity = p.capacity * (1 - 0.002 * 68)
    for unit in model.units:
        for domain in unit.domains:
            column = model.domain_index(domain)
            others = [other for other in model.units if other is not unit and domain in other.domains]
            peers = np.mean([other.mode(domain) == "substantive" for other in others]) if others else 0.0
            pressure, severity = unit.pressure(domain), model.ground.severity[unit.index, column]
            before = {
                "substantive": (1.0, 3 * pressure + severity + 0.6 * peers),
                "adaptive": (0.6, 0.8 * 3 * pressure + 0.6 * severity - 0.3 * 2 * o),
                "symbolic": (0.15, 0.9 * 3 * pressure * (1 - o) + 0.4 - 0.3 * 2 * o),
                "selective": (0.0, 0.5 - 2 * o * pressure),
            }
            saved = 1 - 0.7 * unit.routine(domain)
            present = before[unit.mode(domain)][0] * saved
            for mode, value in unit.utilities(domain).items():
                effort = before[mode][0] * saved
                load = unit.load - present + effort
                assert value == pytest.approx(before[mode][1] - p.w_load * (load / capacity) ** 2 - 0.8 * effort)


def test_a_town_decides_by_the_table_of_modes_on_its_own_load_peers_and_coverage() -> None:
    model = finished(city_with_towns({"agenda.domains": "all", "plan.per_county": 2, "weeks": 60}), 3)
    p, s = model.spec.execution, model.state
    modes, told = p.modes, 0
    t = model.spec.transmission
    adaptive, symbolic = modes.adaptive, modes.symbolic
    capacity = p.capacity * (1 - t.meeting_cost * 68)
    for town in model.towns:
        unit = town.county
        o = p.oversight * unit.authority * model.cities[0].attention
        for domain in town.domains:
            column = model.domain_index(domain)
            peers = [other for other in unit.towns if other is not town and other.sites(domain) > 0]
            peers = peers or [other for other in model.towns if other is not town and other.sites(domain) > 0]
            like = np.mean([other.mode(domain) == "substantive" for other in peers]) if peers else 0.0
            stock, routine = s.Q[unit.index, column], town.routine(domain)
            gconf = t.base + (1 - t.base) * unit.confidence
            pressure = stock**p.h / (stock**p.h + p.q_half**p.h) * gconf * t.relay
            assert town.pressure(domain) == pytest.approx(pressure)
            covered = town.sites(domain) / town.places
            assert town.coverage(domain) == pytest.approx(covered)
            severity = model.ground.severity[unit.index, column]
            before = {
                "substantive": (1.0, p.w_press * pressure + p.w_need * severity + p.w_peer * like),
                "adaptive": (
                    adaptive.effort,
                    adaptive.pressure * p.w_press * pressure
                    + adaptive.need * p.w_need * severity
                    - adaptive.caught * p.w_over * o,
                ),
                "symbolic": (
                    symbolic.effort,
                    symbolic.pressure * p.w_press * pressure * (1 - symbolic.veiled * o)
                    + symbolic.reward
                    - symbolic.caught * p.w_over * o,
                ),
                "selective": (0.0, modes.selective.reward - p.w_over * o * pressure),
            }
            saved = 1 - p.routine_saves * routine
            elsewhere = town.load - before[town.mode(domain)][0] * saved * covered
            for mode, value in town.utilities(domain).items():
                effort = before[mode][0] * saved
                load = elsewhere + effort * covered
                assert value == pytest.approx(before[mode][1] - p.w_load * (load / capacity) ** 2 - p.w_effort * effort)
                told += 1
    assert told >= 40


def test_a_department_weighs_authority_lead_peers_work_and_turf() -> None:
    model = finished(city_with_towns({"agenda.domains": "all", "weeks": 60}), 3)
    d, s, group = model.spec.departments, model.state, model.cities[0]
    for department in model.departments:
        for domain in department.domains:
            others = [one for one in model.departments if one is not department and domain in one.domains]
            joined = np.mean([domain in one.joined for one in others]) if others else 0.5
            busy = len(set(department.joined) - {domain})
            value = d.w_authority * s.level[0, 1] * group.attention + d.w_lead * (domain in department.leads)
            value += d.w_join * (2 * joined - 1) - d.w_busy * ((busy + 1) / d.capacity) ** 2 - d.turf
            assert department.utilities(domain) == pytest.approx({"join": value, "pass": 0.0})
            own = "Bureau" in d.named[department.key].units and domain in model.units[-1].domains
            chance = 1.0 if own else 1 / (1 + np.exp(-value / d.noise))
            assert department.chance(domain) == pytest.approx(chance)
    assert {name for one in model.departments for name in one.leads} == set(model.spec.domains)
