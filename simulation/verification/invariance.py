"""Invariance: changes that must not matter change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation import load_scenario, run
from simulation.model import MomentumModel
from simulation.verification import Row
from simulation.verification._kit import PLAIN, after, small_city


def _city(units: list[dict[str, Any]], domains: list[str], **values: Any) -> MomentumModel:
    """Return a run of 104 weeks of given places, every person simulated, the instruction to "Bay City"."""
    spec = load_scenario("classroom")
    entries = {name: spec.domains[name] for name in domains}
    changed = {
        "structure.units": units,
        "structure.citizens": "all",
        "domains": entries,
        "instruction.domain": "nimby",
        "instruction.wording": 1.0,
    }
    return after(spec.with_values(changed | values), 104)


def _classroom() -> tuple[list[dict[str, Any]], list[str]]:
    """Return the classroom city's places, each with a fiftieth of its people, and its domains."""
    spec = load_scenario("classroom")
    units = [dict(unit) for unit in spec.structure.units or ()]
    for unit in units:
        if unit["tier"] == "county":
            unit["population"] /= 50
    return units, list(spec.domains)


def order_of_domains() -> list[Row]:
    """Domains in another order in the file: the same results under the same names (adoption off, wording 1).

    Adoption takes domains in the order of the file, because load grows with each; nothing else may depend on their
    order.
    """
    units, domains = _classroom()
    one = _city(units, domains, **{"diffusion.adopt": 0.0})
    other = _city(units, domains[::-1], **{"diffusion.adopt": 0.0})
    gap = np.abs(one.state.effect - other.state.effect[:, ::-1]).max()
    return [
        Row("order_of_domains", 0.0, float(gap), 1e-9),
        Row("order_of_domains_alive", 1.0, float(one.effectiveness > 0.1)),
    ]


def order_of_units() -> list[Row]:
    """Counties in another order in the file: the same results under the same names."""
    units, domains = _classroom()
    counties = [unit for unit in units if unit["tier"] == "county"]
    turned = [unit for unit in units if unit["tier"] in ("province", "city")] + counties[::-1]
    turned += [unit for unit in units if unit["tier"] == "community"]
    one, other = _city(units, domains), _city(turned, domains)
    rows = [other.hierarchy.units.index(name) for name in one.hierarchy.units]
    gap = np.abs(one.state.mean_effect - other.state.mean_effect[rows]).max()
    return [Row("order_of_units", 0.0, float(gap), 1e-9)]


def far_away() -> list[Row]:
    """Add a city in another province: nothing changes here, because every draw belongs to its own name."""
    units, domains = _classroom()
    far: list[dict[str, Any]] = [
        {"unit": "Far Province", "parent": "", "tier": "province"},
        {"unit": "Far City", "parent": "Far Province", "tier": "city"},
        {
            "unit": "Far County",
            "parent": "Far City",
            "tier": "county",
            "population": 900,
            "residential": 2,
            "villages": 1,
        },
    ]
    one, other = _city(units, domains), _city([*far, *units], domains)
    here = [other.hierarchy.units.index(name) for name in one.hierarchy.units]
    effect = np.abs(one.record.effect[:104] - other.record.effect[:104, here]).max()
    severity = np.abs(one.ground.severity - other.ground.severity[here]).max()
    return [Row("far_away_draws", 0.0, float(severity)), Row("far_away_effect", 0.0, float(effect))]


def _towned(*far: dict[str, Any], town: str | None = None) -> MomentumModel:
    """Return a run of a city with towns and departments; ``far`` are rows put first, ``town`` one more in the west."""
    units: list[dict[str, Any]] = [
        *far,
        {"unit": "Province", "parent": "", "tier": "province"},
        {"unit": "City", "parent": "Province", "tier": "city"},
    ]
    for county in ("East", "West"):
        units.append({"unit": county, "parent": "City", "tier": "county"})
        towns = [f"{county} {n}" for n in range(3)] + ([town] if town and county == "West" else [])
        units += [{"unit": name, "parent": county, "tier": "town"} for name in towns]
        units += [
            {"unit": f"{name}, {n}", "parent": name, "tier": "community", "kind": "village", "population": 20}
            for name in towns
            for n in range(3)
        ]
    named = {name: {"en": name, "zh": name} for name in ("works", "police", "finance")}
    domains = {
        name: {"en": name, "zh": name, "lead": "works", "supporting": ["police", "finance"]} for name in ("a", "b", "c")
    }
    spec = load_scenario(
        {
            "weeks": 104,
            "structure": {"units": units, "citizens": "all", "towns": "given"},
            "domains": domains,
            "departments": {"named": named},
            "instruction": {"cities": ["City"]},
        }
    )
    return after(spec, 104)


def far_away_towns() -> list[Row]:
    """Add a city with towns and departments elsewhere: every town and department here decides as before.

    A town added to the next county changes no draw of the towns and units that were there.
    """
    far: list[dict[str, Any]] = [
        {"unit": "Far Province", "parent": "", "tier": "province"},
        {"unit": "Far City", "parent": "Far Province", "tier": "city"},
        {"unit": "Far County", "parent": "Far City", "tier": "county"},
        {"unit": "Far Town", "parent": "Far County", "tier": "town"},
        {"unit": "Far Place", "parent": "Far Town", "tier": "community", "kind": "village", "population": 20},
    ]
    one, other, more = _towned(), _towned(*far), _towned(town="West 3")
    towns = [other.executors.index(name) for name in one.executors]
    departments = [other.department_names.index(name) for name in one.department_names]
    differ = int((one.state.mode != other.state.mode[towns]).sum())
    differ += int((one.state.joins != other.state.joins[departments]).sum())
    towns = [more.executors.index(name) for name in one.executors]
    drawn = [
        (getattr(one.ground, name), getattr(more.ground, name)[rows])
        for name, rows in (
            ("mode_key", towns),
            ("revise_key", towns),
            ("severity", slice(None)),
            ("scouted", slice(None)),
            ("zeal", slice(None)),
            ("join_key", slice(None)),
        )
    ]
    changed = sum(int((a != b).sum()) for a, b in drawn)
    busy = one.state.joins.any() and len(np.unique(one.state.mode)) > 1
    return [
        Row("far_away_decisions", 0.0, float(differ)),
        Row("far_away_alive", 1.0, float(busy)),
        Row("next_door_draws", 0.0, float(changed)),
    ]


def fineness() -> list[Row]:
    """Without chance in it, effect does not depend on how many communities represent the city."""
    values = PLAIN | {"plan.pilot_share": 0.2, "effect.alone": 0.3, "instruction.intensity": 0.1}
    coarse = after(small_city(values, communities=5), 60)
    fine = after(small_city(values, communities=500), 60)
    return [Row("fineness", coarse.effectiveness, fine.effectiveness, 1e-12)]


def sample_size() -> list[Row]:
    """Effectiveness at 6,000, 20,000 and 200,000 citizens agrees within sampling error and the rounding of sites.

    Below about 4,000 it does not: a unit then has so few communities that its pilot sites are a larger share of them.
    """
    spec = load_scenario("zhaoqing")
    values = {}
    for citizens, seeds in ((6_000, 16), (20_000, 10), (200_000, 4)):
        one = spec.with_values({"structure.citizens": citizens})
        found = np.array([run(one, seed=seed).summary["effectiveness"] for seed in range(seeds)])
        values[citizens] = (float(found.mean()), float(found.std(ddof=1) / np.sqrt(seeds)))
    large, error = values[200_000]
    rows = []
    for citizens, rounding in ((6_000, 0.01), (20_000, 0.005)):
        mean, own = values[citizens]
        rows.append(Row(f"sample_{citizens}", large, mean, 3 * float(np.hypot(error, own)) + rounding))
    return rows
