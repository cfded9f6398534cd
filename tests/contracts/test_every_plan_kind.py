"""Contracts that every plan kind keeps, collected from the package: a new one is under contract at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from kit.cities import counties, finished, make
from kit.strategies import plan_tasks

from simulation.agents.plans import PlanTask, plan_kinds


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
            assert shared.max() - shared.min() <= 1  # a division as even as possible
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
             "plan.kind": kind, "scouting.breadth": breadth, "bodies.voice": 0.0, "weeks": 17},
            structure={"units": order, "citizens": 200},
            domains={"a": {}, "b": {}, "c": {}},
        )  # fmt: skip
        model = finished(spec)
        plans.append({unit.name: (unit.engaged, unit.domains) for unit in model.units})
    assert plans[0] == plans[1]
    if breadth == 0.5:
        assert [name for name, (engaged, _) in sorted(plans[0].items()) if engaged] == ["Ash", "Birch", "Bureau"]
