"""Input data (ODD 3.3): rows of places become cities, counties, departments, towns and communities."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESIDENT, VILLAGE = "resident", "village"


@dataclass(eq=False)
class CommunityRow:
    """A community of the structure, listed or counted."""

    name: str
    kind: str
    town: str | None
    persons: float
    pilot: str | None
    platforms: float | None


@dataclass(eq=False)
class UnitRow:
    """A county with its communities, or a department."""

    name: str
    is_department: bool
    communities: list[CommunityRow] = field(default_factory=list)
    towns: list[str] = field(default_factory=list)


@dataclass(eq=False)
class CityRow:
    """A city with its units in the order of the file."""

    name: str
    province: str
    units: list[UnitRow] = field(default_factory=list)


def read(values: Mapping[str, Any], path: Path | None) -> list[CityRow]:
    """Return the cities of a scenario."""
    rows: Iterable[Mapping[str, Any]]
    if path is None:
        rows = values["structure.units"]
    else:
        with Path(path).open(encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
    return places([{name: v for name, v in row.items() if v not in (None, "")} for row in rows])


def places(rows: list[dict[str, Any]]) -> list[CityRow]:
    """Return the cities that the rows describe."""
    cities = {r["unit"]: CityRow(r["unit"], r.get("parent", "")) for r in rows if r["tier"] == "city"}
    for row in rows:
        if row["tier"] == "department":
            cities[row["parent"]].units.append(UnitRow(row["unit"], True))
        elif row["tier"] == "county":
            cities[row["parent"]].units.append(county(row, rows))
    return list(cities.values())


def county(row: dict[str, Any], rows: list[dict[str, Any]]) -> UnitRow:
    """Return a county: the communities listed under it or its towns, then those that it counts."""
    name = row["unit"]
    towns = {r["unit"]: r for r in rows if r["tier"] == "town" and r["parent"] == name}
    found: list[CommunityRow] = []
    given: dict[str, float] = {}
    for r in rows:
        if r["tier"] != "community" or (r["parent"] != name and r["parent"] not in towns):
            continue
        town = r["parent"] if r["parent"] in towns else None
        kind = VILLAGE if r.get("kind") == VILLAGE else RESIDENT
        if "population" in r:
            given[r["unit"]] = float(r["population"])
        pilot = r.get("pilot") or (towns[town].get("pilot") if town else None)
        found.append(CommunityRow(r["unit"], kind, town, 0.0, pilot, number(r.get("platforms"))))
    for kind, column, letter in ((RESIDENT, "residential", "R"), (VILLAGE, "villages", "V")):
        count = int(row.get(column, 0))
        for q, town in enumerate(towns_of_counted(kind, towns, count)):
            pilot = towns[town].get("pilot") if town else None
            label = f"{name} {letter}{q + 1:03d}"
            found.append(CommunityRow(label, kind, town, 0.0, pilot, number(row.get("platforms"))))
    populate(row, found, given)
    return UnitRow(name, False, found, list(towns))


def number(value: object) -> float | None:
    """Return a number that may be missing."""
    return None if value is None else float(str(value))


def towns_of_counted(kind: str, towns: dict[str, dict[str, Any]], count: int) -> list[str | None]:
    """Return the town of each counted community of a kind."""
    if not towns:
        return [None] * count
    urban = [t for t, r in towns.items() if r.get("kind") == "subdistrict"]
    rural = [t for t in towns if t not in urban]
    order = urban + rural if kind == RESIDENT else rural or urban
    return [order[q * len(order) // max(count, len(order))] for q in range(count)]


def populate(row: dict[str, Any], communities: list[CommunityRow], given: dict[str, float]) -> None:
    """Spread the county's population over its communities."""
    total = float(row.get("population", sum(given.values())))
    for kind in (RESIDENT, VILLAGE):
        own = [c for c in communities if c.kind == kind]
        if not own:
            continue
        if len(own) == len(communities):
            part = 1.0
        elif "urban_share" in row:
            urban = float(row["urban_share"])
            part = urban if kind == RESIDENT else 1.0 - urban
        else:
            part = len(own) / len(communities)
        listed = sum(given[c.name] for c in own if c.name in given)
        rest = [c for c in own if c.name not in given]
        for c in own:
            c.persons = given[c.name] if c.name in given else (total * part - listed) / len(rest)
