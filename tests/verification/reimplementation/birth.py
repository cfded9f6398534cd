"""Initialisation (ODD 3.2): the world in the moment before week 0."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import draws
from .citizens import Citizens
from .sample import keep
from .structure import CityRow, UnitRow, read
from .world import KINDS, City, Community, Department, Executor, Parameters, Place, Unit, World


def rescaled(values: Mapping[str, Any]) -> tuple[Parameters, list[float]]:
    """Return the parameters after those that rescale others (ODD 4), and the intensities J of stages 1 to 5 (4.1)."""
    p = dict(values)
    intensity = [0.0] + [p[f"stages.{s}.intensity"] for s in ("trend", "authority", "publicity", "settlement")]
    intensity.append(p["stages.leverage.intensity"])
    meetings = p["stages.authority.meetings_per_year"]
    if intensity[2] in (None, "computed"):
        rank = {"secretary": 1.0, "deputy": p["stages.authority.deputy"], "none": 0.0}[p["stages.authority.rank"]]
        often = meetings / (meetings + p["stages.authority.meetings_half"])
        intensity[2] = rank * p["stages.authority.coverage"] * often
    if intensity[2] != 0:
        p["execution.capacity"] *= 1.0 - p["transmission.meeting_cost"] * meetings
    p["execution.w_over"] *= 1.0 + p["synergies.law_oversight"] * p["synergies.law"]
    p["citizens.b_trust"] *= 1.0 + p["synergies.moral_trust"] * p["synergies.moral"]
    p["citizens.b_platform"] *= 1.0 + p["synergies.self_governance_platform"] * p["synergies.self_governance"]
    p["evaluation.inflate"] *= 1.0 - p["synergies.smart_reports"] * p["synergies.smart"]
    p["scouting.scout_error"] *= 1.0 - p["synergies.smart_scouting"] * p["synergies.smart"]
    p["scouting.scout_error"] *= 1.0 - p["leverage.expert_scouting"] * p["leverage.horizontal"]
    return p, intensity


def build(values: Mapping[str, Any], path: Path | None, seed: int) -> World:
    """Return the world of a scenario."""
    p, intensity = rescaled(values)
    rows = read(values, path)
    kept = keep(rows, values)
    domains = list(p["domains"])
    world = World(p, seed, domains, p["instruction.domain"] or domains[0], [], [], intensity)
    for row in rows:
        city = City(row.name, row.province)
        world.cities.append(city)
        city.units = [Unit(unit_row.name, city, unit_row.is_department) for unit_row in row.units]
        communities = [k for u, r in zip(city.units, row.units, strict=True) for k in communities_of(u, r, kept, seed)]
        world.communities += communities
        for unit, unit_row in zip(city.units, row.units, strict=True):
            own = communities if unit.is_department else [k for k in communities if k.county is unit]
            staff(world, unit, unit_row, own)
        fill(world, city, row)
    world.citizens = Citizens(world)
    return world


def communities_of(unit: Unit, row: UnitRow, kept: Mapping[str, tuple[float, int]], seed: int) -> list[Community]:
    """Return the simulated communities of a county with the bodies that they start with."""
    found = []
    for r in row.communities:
        if r.name not in kept:
            continue
        k = Community(r.name, unit, r.town, r.pilot, *kept[r.name])
        k.platforms = draws.uniform(draws.key(seed, "platforms", k.name)) if r.platforms is None else r.platforms
        for kind in KINDS:
            own = draws.key(seed, "body", draws.pair(draws.named(k.name), kind))
            if draws.uniform(own) < k.platforms:
                k.bodies.add(kind)
        found.append(k)
    return found


def staff(world: World, unit: Unit, row: UnitRow, communities: list[Community]) -> None:
    """Give a unit its places and executors, and each domain the order in which the unit opens sites."""
    executors: dict[str | None, Executor] = {}
    with_towns = world.p["structure.towns"] == "given" and not unit.is_department
    for town in [*row.towns, None]:
        own = [k for k in communities if (k.town if with_towns else None) == town]
        if own:
            name, tiers = (unit.name, 1) if town is None else (town, 2)
            executors[town] = Executor(name, unit, tiers)
    unit.executors = list(executors.values())
    for k in communities:
        place = Place(k, unit, executors[k.town if with_towns else None])
        place.executor.places.append(place)
        unit.places.append(place)
        k.places.append(place)
    better_off = world.p["plan.sites"] == "better-off"
    for d in world.domains:
        first = draws.pair(draws.key(world.seed, "sites", unit.name), d)
        score: dict[Place, float] = {}
        for place in unit.places:
            k = place.community
            score[place] = draws.uniform(draws.mix(first ^ draws.named(k.name)))
            score[place] -= (k.platforms if better_off else 0.0) + (3.0 if k.pilot == d else 0.0)
        for rank, place in enumerate(sorted(unit.places, key=score.__getitem__)):
            place.rank[d] = rank


def fill(world: World, city: City, row: CityRow) -> None:
    """Give a city's units severity, zeal and errors of scouting, and the city its departments."""
    p, seed = world.p, world.seed
    for unit in city.units:
        for d in world.domains:
            own = draws.pair(draws.key(seed, "scouting", unit.name), d)
            unit.scouted[d] = draws.normal(own)
        unit.capacity = p["execution.capacity"] * (p.get("structure.capacities") or {}).get(unit.name, 1.0)
    for unit in city.counties:
        unit.zeal = p["transmission.zeal_low"] + (
            p["transmission.zeal_high"] - p["transmission.zeal_low"]
        ) * draws.uniform(draws.key(seed, "zeal", unit.name))
        unit.zeal = (p.get("structure.zeal") or {}).get(unit.name, unit.zeal)
        for d in world.domains:
            unit.severity[d] = severity(world, unit, d)
    for unit in city.units:
        if unit.is_department:
            for d in world.domains:
                if d in given(world, unit):
                    unit.severity[d] = given(world, unit)[d]
                elif p["structure.severity"] == "matched" and unit.name in p["domains"][d]["matched"]:
                    unit.severity[d] = p["structure.severity_matched"]
                else:
                    unit.severity[d] = math.fsum(u.severity[d] for u in city.counties) / len(city.counties)
    for name, entry in p["departments.named"].items():
        leads = {d for d in world.domains if p["domains"][d].get("lead") == name}
        belongs = [d for d in world.domains if d in leads or name in (p["domains"][d].get("supporting") or [])]
        if belongs:
            own_unit = next((u for u in city.units if u.name in (entry.get("units") or [])), None)
            city.departments.append(Department(f"{city.name}: {name}", own_unit, belongs, leads))
    city.co_operation = dict.fromkeys(world.domains, 1.0)


def given(world: World, unit: Unit) -> dict[str, float]:
    """Return the severities that the scenario gives for a unit, by domain."""
    scores: dict[str, float] = (world.p.get("structure.severities") or {}).get(unit.name, {})
    return scores


def severity(world: World, unit: Unit, d: str) -> float:
    """Return the severity of a domain's problem in a county."""
    p = world.p
    if d in given(world, unit):
        return given(world, unit)[d]
    low, high = p["structure.severity_low"], p["structure.severity_high"]
    own = draws.pair(draws.key(world.seed, "severity", unit.name), d)
    if p["structure.severity"] == "facts":
        facts = p["structure.facts"].get(unit.name, {})
        known = sum(w * facts.get(fact, 0.0) for fact, w in p["structure.weights"].get(d, {}).items())
        return min(max(low + p["structure.severity_noise"] * draws.normal(own) + known, 0.0), 1.0)
    if unit.name in p["domains"][d]["matched"]:
        return float(p["structure.severity_matched"])
    return float(low + (high - low) * draws.uniform(own))
