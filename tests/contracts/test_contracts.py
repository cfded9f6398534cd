"""What every kind of agent, plan and metric owes, collected from the package: a new one is under contract at once."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from kit.cities import counties, finished, make, small_city
from kit.strategies import plan_tasks, scenarios

import simulation.agents
from simulation import MomentumModel
from simulation.agents.institution import Institution
from simulation.agents.plans import PlanTask, plan_kinds
from simulation.metrics import METRICS, weekly
from simulation.results import RunResult
from simulation.scenario import Scenario


def _agent_kinds() -> list[type[mesa.Agent]]:
    found = set()
    for module in pkgutil.iter_modules(simulation.agents.__path__, "simulation.agents."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, mesa.Agent) and kind not in (mesa.Agent, Institution):
                found.add(kind)
    return sorted(found, key=lambda kind: kind.__name__)


KINDS = _agent_kinds()


def _state_shown(agent: mesa.Agent) -> dict[str, Any]:
    """Return what an agent's own properties show, as text or numbers."""
    kinds = [kind for kind in type(agent).__mro__ if kind.__module__.startswith("simulation")]
    names = [name for kind in kinds for name, entry in vars(kind).items() if isinstance(entry, property)]
    shown = {name: getattr(agent, name) for name in names if name != "state"}
    if hasattr(agent, "trust"):
        shown |= {name: getattr(agent, name) for name in ("concern", "salience", "trust", "awareness", "took_part")}
    return {
        name: np.round(value, 12).tolist() if isinstance(value, np.ndarray) else repr(value)
        for name, value in shown.items()
    }


def _replay(kind: type[mesa.Agent], seed: int) -> list[dict[str, Any]]:
    model = MomentumModel(small_city(), rng=seed)
    shown = []
    for _ in range(4):
        model.run_for(9)
        shown += [_state_shown(agent) for agent in list(model.agents_by_type[kind])[:40]]
    return shown


def test_the_theory_s_kinds_of_agent_are_there() -> None:
    assert [kind.__name__ for kind in KINDS] == ["Citizen", "CityLeadershipGroup", "CountyPilot", "ProvincialLeader"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_agent_replays_from_its_seed_and_shows_its_state(kind: type[mesa.Agent]) -> None:
    first = _replay(kind, 8)
    assert first == _replay(kind, 8)
    assert all(first)
    if kind.__name__ in {"Citizen", "CountyPilot"}:
        assert first != _replay(kind, 9)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_agent_explains_itself(kind: type[mesa.Agent]) -> None:
    assert kind.__doc__
    for name, member in vars(kind).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            assert inspect.getdoc(member), f"{kind.__name__}.{name}"


def test_units_and_cities_show_what_the_arrays_hold() -> None:
    model = finished(small_city({"plan.per_county": 2, "weeks": 40}), 3)
    s = model.state
    for unit in model.units:
        assert unit.confidence == s.confidence[unit.index]
        assert unit.momentum == pytest.approx(s.Q[unit.index].sum())
        assert len(unit.domains) == s.has[unit.index].sum() > 0
        efforts = {"substantive": 1.0, "adaptive": 0.6, "symbolic": 0.15, "selective": 0.0}
        own = {d: s.routine[unit.index, model.domain_index(d)] for d in unit.domains}
        assert unit.load == pytest.approx(sum(efforts[unit.mode(d)] * (1 - 0.7 * own[d]) for d in unit.domains))
        for domain in unit.domains:
            stock, routine = s.Q[unit.index, model.domain_index(domain)], own[domain]
            gconf = 0.33 + 0.67 * unit.confidence
            standing = 1 - model.spec.execution.lapse * (1 - s.level[0, 1]) * (1 - routine)
            assert unit.pressure(domain) == pytest.approx(stock**2 / (stock**2 + 0.05**2) * gconf * standing)
    group = model.cities[0]
    assert group.momentum == pytest.approx(model.stocks[0].sum())
    assert sum(group.execution().values()) == s.has.sum()
    assert group.planned
    assert model.provinces[0].cities == [group]


def test_the_utilities_a_unit_shows_are_the_table_of_modes() -> None:
    model = finished(small_city({"plan.per_county": 2, "weeks": 40}), 3)
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
            saved = 1 - 0.7 * s.routine[unit.index, column]
            present = before[unit.mode(domain)][0] * saved
            for mode, value in unit.utilities(domain).items():
                effort = before[mode][0] * saved
                load = unit.load - present + effort
                assert value == pytest.approx(before[mode][1] - 0.8 * (load / capacity) ** 2 - 0.8 * effort)


@pytest.mark.parametrize("kind", plan_kinds())
@settings(max_examples=40)
@given(task=plan_tasks())
def test_every_plan_kind_keeps_to_units_and_domains_and_leaves_nobody_idle(kind: str, task: PlanTask) -> None:
    plan = plan_kinds()[kind](task)
    assert plan.shape == task.perceived.shape
    assert plan.dtype == np.bool_
    kept = np.zeros(len(task.domains), bool)
    kept[task.kept] = True
    assert not plan[:, ~kept].any()
    if kind != "table":
        assert plan.any(axis=1).all()
    assert np.array_equal(plan, plan_kinds()[kind](task))


@settings(max_examples=40)
@given(task=plan_tasks())
def test_what_each_plan_kind_promises(task: PlanTask) -> None:
    plans = {kind: draw_up(task) for kind, draw_up in plan_kinds().items()}
    units, kept = len(task.units), len(task.kept)
    assert plans["uniform"].sum() == units * kept
    assert plans["point"].sum() == units == plans["point"][:, task.point].sum()
    for kind in ("division", "random"):
        assert (plans[kind].sum(axis=1) == min(task.per_unit, kept)).all()
        if task.per_unit == 1:
            shared = plans[kind][:, task.kept].sum(axis=0)
            assert shared.max() - shared.min() <= 1  # a division as even as can be
    for row, unit in enumerate(task.units):
        for column in np.flatnonzero(plans["table"][row]):
            assert task.domains[column] in task.table[unit]
    if units <= kept and task.per_unit == 1:
        matched = task.perceived[plans["division"]].sum()
        assert matched >= task.perceived[plans["random"]].sum() - 1e-12


@pytest.mark.parametrize("kind", [kind for kind in plan_kinds() if kind != "table"])
@pytest.mark.parametrize("breadth", [1.0, 0.5])
def test_ties_fall_by_name_whatever_the_order_of_the_file(kind: str, breadth: float) -> None:
    rows = counties("Ash", "Birch", "Cedar", "Oak", departments=("Bureau",))
    plans = []
    for order in (rows, [*rows[:2], *reversed(rows[2:])]):
        spec = make(
            {"scouting.scout_error": 0.0, "structure.severity_low": 0.5, "structure.severity_high": 0.5,
             "plan.kind": kind, "scouting.breadth": breadth, "weeks": 17},
            structure={"units": order, "citizens": 200},
            domains={"a": {}, "b": {}, "c": {}},
        )  # fmt: skip
        model = finished(spec)
        plans.append({unit.name: (unit.engaged, unit.domains) for unit in model.units})
    assert plans[0] == plans[1]
    if breadth == 0.5:
        assert [name for name, (engaged, _) in sorted(plans[0].items()) if engaged] == ["Ash", "Birch", "Bureau"]


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_says_what_it_is(name: str) -> None:
    entry = METRICS[name]
    assert entry.name == name
    assert entry.compute.__doc__
    assert entry.unit
    assert entry.low < entry.high


@settings(max_examples=40)
@given(scenarios(weeks=70))
def test_every_metric_stays_in_its_range(spec: Scenario) -> None:
    for name, series in weekly(finished(spec, seed=4).outcome()).items():
        entry = METRICS[name]
        assert series.shape == (70,)
        told = series[~np.isnan(series)]
        slack = 1e-12 * max(1.0, np.abs(told).max(initial=0.0))
        assert (told >= entry.low - slack).all(), name
        assert (told <= entry.high + slack).all(), name


def test_metrics_agree_with_the_cells_they_summarise() -> None:
    model = finished(small_city({"weeks": 110, "evaluation.proven_at": 0.3}), 6)
    result = RunResult.of(model)
    cells, summary = result.cells, result.summary
    people = dict(
        zip(np.array(model.hierarchy.communities)[model.sample.communities], model.sample.weights, strict=True)
    )
    weight = cells.community.map(people) * cells.severity
    assert summary["effectiveness"] == pytest.approx((cells.effect * weight).sum() / weight.sum())
    core = cells[cells.domain == model.spec.point]
    assert summary["core_effect"] == pytest.approx(np.average(core.effect, weights=core.community.map(people)))
    sites = cells[cells.site_since.notna()]
    assert summary["surface"] == pytest.approx(len(sites) / len(cells))
    assert summary["site_effect"] == pytest.approx(sites.effect.mean())
    assert summary["breadth"] == (sites.groupby("domain").effect.mean() > 0.4).sum() > 0
    share = cells.groupby("domain").apply(lambda t: (t.effect * t.community.map(people)).sum(), include_groups=False)
    assert summary["focus"] == pytest.approx(((share / share.sum()) ** 2).sum())
    by_county = [model.state.mean_effect[unit.index].mean() for unit in model.units if not unit.is_department]
    gaps = np.abs(np.subtract.outer(by_county, by_county)).mean() / (2 * np.mean(by_county))
    assert summary["equity"] == pytest.approx(1 - gaps)
    assert 0 < summary["surface"] < 1


def test_metrics_agree_with_the_agents_they_count() -> None:
    model = finished(small_city({"weeks": 70, "plan.per_county": 3, "execution.oversight": 0.1}), 2)
    summary = RunResult.of(model).summary
    modes = [unit.mode(domain) for unit in model.units for domain in unit.domains]
    for mode in ("substantive", "adaptive", "symbolic", "selective"):
        assert summary[mode] == pytest.approx(modes.count(mode) / len(modes))
    assert summary["symbolic"] + summary["adaptive"] > 0
    assert summary["participation"] == pytest.approx(model.citizens.get("took_part").mean())
    assert summary["trust"] == pytest.approx(model.citizens.get("trust").mean(), rel=1e-6)
    assert summary["awareness"] == pytest.approx(model.citizens.get("awareness").mean(), rel=1e-6)
    # participation by cell, counted again from the citizens themselves
    took, home, concern = (model.citizens.get(name) for name in ("took_part", "community", "concern"))
    for k, d in np.ndindex(model.state.participation.shape):
        here = (home == k) & (concern == d)
        assert model.state.participation[k, d] == pytest.approx(took[here].mean() if here.any() else 0)
    reported, true, sites = model.evaluation()
    gap = ((reported - true) * sites).sum() / sites.sum()
    assert summary["reporting_gap"] == pytest.approx(gap)
    assert gap > 0
    ledger = RunResult.of(model).ledger
    for account in ("adaptive", "symbolic", "selective", "overload", "idle", "stretch", "undirected"):
        assert summary[f"lost_{account}"] == pytest.approx(ledger[ledger.account == account].amount.sum())
    assert summary["delivered"] == pytest.approx(ledger[ledger.kind == "delivered"].amount.sum())
