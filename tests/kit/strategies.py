"""Strategies for scenarios and plan tasks, drawn from the schema itself, so that they cover new parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from kit.cities import city_with_towns, small_city

from simulation.agents.plans import PlanTask
from simulation.scenario import Scenario
from simulation.scenario.table import ParameterInfo, parameters

#: Narrower than the schema where a sum of two parameters is bounded, or where the upper end only overflows time.
NARROW: dict[str, tuple[float, float]] = {
    "transmission.meeting_cost": (0, 0.01),
    "stages.authority.meetings_per_year": (0, 90),
    "citizens.threshold_low": (-1, 0),
    "citizens.threshold_high": (0, 2),
    "structure.severity_low": (0, 0.4),
    "structure.severity_high": (0.4, 1),
    "instruction.week": (0, 20),
    "effect.wear": (0, 0.5),
    "effect.rebound": (0, 0.5),
}
_BY_LEAF = {"convert": (0, 0.5), "fade": (0, 0.5), "build": (0, 0.5), "relax": (0, 0.5), "start": (0, 50)}
_APART = {"weeks", "structure.citizens", "structure.communities", "citizens.contacts", "agenda.domains"}
_APART |= {"structure.severity"}  # "facts" needs a table of them


def _values(info: ParameterInfo) -> st.SearchStrategy[Any]:
    if info.kind == "word":
        return st.sampled_from([word for word in info.choices if word != "table"])
    low, high = NARROW.get(info.key, _BY_LEAF.get(info.key.rpartition(".")[2], (info.low, info.high)))
    high = 60 if high is None else high
    if info.kind == "whole":
        return st.integers(int(low), int(min(high, low + 40)))
    return st.floats(low, high, exclude_min=info.above and info.key not in NARROW, allow_subnormal=False).filter(
        lambda value: value == 0 or abs(value) > 1e-6
    )


DRAWN = {
    info.key: _values(info)
    for info in parameters()
    if info.kind in ("number", "whole", "word") and info.key not in _APART
}


@st.composite
def scenarios(draw: st.DrawFn, weeks: int = 45) -> Scenario:
    """Draw a small city with up to twelve parameters anywhere in their ranges."""
    keys = draw(st.lists(st.sampled_from(sorted(DRAWN)), max_size=12, unique=True))
    values = {key: draw(DRAWN[key]) for key in keys}
    values["agenda.domains"] = draw(st.sampled_from([1, 2, 3, "chosen", "all"]))
    values["citizens.contacts"] = draw(st.sampled_from([2, 4, 8, 20]))
    values["weeks"] = weeks
    city = draw(st.sampled_from([small_city, city_with_towns]))
    return city(values, citizens=draw(st.sampled_from([60, 200])))


@st.composite
def plan_tasks(draw: st.DrawFn) -> PlanTask:
    """Draw the facts that a city may know when it plans: any numbers of units and domains, including ties."""
    units = tuple(f"unit {number:02d}" for number in range(draw(st.integers(1, 9))))
    domains = tuple(f"domain {number}" for number in range(draw(st.integers(1, 7))))
    point = draw(st.integers(0, len(domains) - 1))
    order = [point, *(column for column in range(len(domains)) if column != point)]
    size = (len(units), len(domains))
    seen = draw(st.lists(st.sampled_from([0.1, 0.5, 0.5, 0.9]), min_size=size[0] * size[1], max_size=size[0] * size[1]))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return PlanTask(
        units=units,
        domains=domains,
        kept=np.array(order[: draw(st.integers(1, len(domains)))]),
        point=point,
        perceived=np.array(seen).reshape(size),
        draws=rng.random(size),
        per_unit=draw(st.integers(1, 8)),
        table={name: list(domains[: 1 + number % 3]) for number, name in enumerate(units)},
    )
