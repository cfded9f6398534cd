"""From the rows of a structure to places with parents, kinds and populations."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from simulation.files.errors import InputError, in_words, listed, nearest, told
from simulation.places.structure import Row, spot

#: Largest number of communities of a structure, listed and generated together.
MOST_COMMUNITIES = 2_000_000

#: Smallest population of a community, in persons.
FEWEST = 1e-6

_PARENTS = {
    "province": (),
    "city": ("province",),
    "county": ("city",),
    "department": ("city",),
    "town": ("county",),
    "community": ("town", "county"),
}
#: Name of the province above cities that name none.
UNNAMED_PROVINCE = Row("", "Province", "", "province", "省")


def build(rows: list[Row], path: Path | None) -> dict[str, Any]:
    """Return the fields of a :class:`simulation.places.hierarchy.Hierarchy`.

    Raises
    ------
    InputError
        Duplicate name, orphan, circle, parent of the wrong tier, no city; a county or town without communities;
        a county without people.
    """
    rows = _with_province(rows)
    by_name = _named(rows, path)
    _check_parents(rows, by_name, path)
    tiers: dict[str, list[Row]] = {tier: [row for row in rows if row.tier == tier] for tier in _PARENTS}
    if not tiers["city"]:
        raise InputError(
            told("error.city.none"),
            file=path,
            key=None if path else "structure.units",
            allowed=told("error.city.none.allowed"),
        )
    if not tiers["county"]:
        raise InputError(told("error.county.none"), file=path, key=None if path else "structure.units")
    with_counties = {row.parent for row in tiers["county"]}
    for row in tiers["city"]:
        if row.unit not in with_counties:
            raise InputError(told("error.city.empty"), file=path, key=spot(row.where, unit=row.unit))
    city = {row.unit: number for number, row in enumerate(tiers["city"])}
    tiers["county"].sort(key=lambda row: city[row.parent])
    units = sorted((row for row in rows if row.tier in ("county", "department")), key=lambda row: city[row.parent])
    index = {
        row.unit: number
        for group in (tiers["province"], tiers["city"], units, tiers["town"])
        for number, row in enumerate(group)
    }
    places = _communities(tiers, by_name, path)
    carrying = {place["town"] for place in places}
    for row in tiers["town"]:
        if row.unit not in carrying:
            raise InputError(
                told("error.town.empty"),
                file=path,
                key=spot(row.where, unit=row.unit),
                allowed=told("error.town.empty.allowed"),
            )
    zh = {row.unit: row.zh for row in rows if row.zh} | {place["name"]: place["zh"] for place in places if place["zh"]}
    return {
        "provinces": tuple(row.unit for row in tiers["province"]),
        "cities": tuple(row.unit for row in tiers["city"]),
        "units": tuple(row.unit for row in units),
        "towns": tuple(row.unit for row in tiers["town"]),
        "communities": tuple(place["name"] for place in places),
        "city_province": _fixed((index[row.parent] for row in tiers["city"]), np.int64),
        "unit_city": _fixed((index[row.parent] for row in units), np.int64),
        "unit_is_department": _fixed((row.tier == "department" for row in units), np.bool_),
        "town_county": _fixed((index[row.parent] for row in tiers["town"]), np.int64),
        "community_county": _fixed((index[place["county"]] for place in places), np.int64),
        "community_town": _fixed((index.get(place["town"], -1) for place in places), np.int64),
        "community_is_village": _fixed((place["village"] for place in places), np.bool_),
        "community_population": _fixed((place["population"] for place in places), np.float64),
        "community_platforms": _fixed((place["platforms"] for place in places), np.float64),
        "community_pilot": tuple(place["pilot"] for place in places),
        "zh": zh,
    }


def _fixed(values: Iterable[Any], kind: Any) -> Any:
    array = np.array(list(values), dtype=kind)
    array.setflags(write=False)
    return array


def _with_province(rows: list[Row]) -> list[Row]:
    if any(row.tier == "province" for row in rows) or not any(row.tier == "city" for row in rows):
        return rows
    return [UNNAMED_PROVINCE] + [
        Row(**(row.__dict__ | {"parent": UNNAMED_PROVINCE.unit})) if row.tier == "city" and not row.parent else row
        for row in rows
    ]


def _named(rows: list[Row], path: Path | None) -> dict[str, Row]:
    by_name: dict[str, Row] = {}
    for row in rows:
        if row.unit in by_name:
            first = by_name[row.unit].where
            raise InputError(
                told("error.name.duplicate_of", first=in_words(spot(first))) if first else told("error.name.duplicate"),
                file=path,
                key=spot(row.where) or None,
                given=row.unit,
            )
        by_name[row.unit] = row
    return by_name


def _check_parents(rows: list[Row], by_name: dict[str, Row], path: Path | None) -> None:
    rooted: set[str] = set()  # known to stand in no circle, so that long chains are walked once
    for row in rows:
        key = spot(row.where, "parent")
        if not row.parent:
            if row.tier != "province":
                raise InputError(told("error.parent.missing", unit=row.unit), file=path, key=key)
            continue
        if row.parent not in by_name:
            raise InputError(
                told("error.parent.unknown", unit=row.unit),
                file=path,
                key=key,
                given=row.parent,
                suggestion=nearest(row.parent, by_name),
            )
        trail = {row.unit: None}
        above = row.parent
        while above in by_name and above not in rooted:
            if above in trail:
                names = list(trail)
                circle = " -> ".join((*names[names.index(above) :], above))
                raise InputError(told("error.parent.circle", circle=circle), file=path, key=key)
            trail[above] = None
            above = by_name[above].parent
        rooted.update(trail)
    for row in rows:
        allowed = _PARENTS[row.tier]
        if row.parent and by_name[row.parent].tier not in allowed:
            raise InputError(
                told("error.parent.tier", unit=row.unit, tier=row.tier, above=by_name[row.parent].tier),
                file=path,
                key=spot(row.where, "parent"),
                given=row.parent,
                allowed=told("error.parent.tier.allowed", tiers=listed(allowed, "or"))
                if allowed
                else told("error.parent.none.allowed"),
            )


def _communities(tiers: dict[str, list[Row]], by_name: dict[str, Row], path: Path | None) -> list[dict[str, Any]]:
    """Return all communities, county by county in file order: the listed ones first, then those generated."""
    towns: dict[str, list[Row]] = {row.unit: [] for row in tiers["county"]}
    for town in tiers["town"]:
        towns[town.parent].append(town)
    written: dict[str, list[Row]] = {row.unit: [] for row in tiers["county"]}
    for row in tiers["community"]:
        above = by_name[row.parent]
        written[above.parent if above.tier == "town" else above.unit].append(row)
    total = len(tiers["community"]) + sum((row.residential or 0) + (row.villages or 0) for row in tiers["county"])
    if total > MOST_COMMUNITIES:
        raise InputError(
            told("error.communities.many"),
            file=path,
            given=int(total),
            allowed=told("error.limit.number", most=MOST_COMMUNITIES),
        )
    places: list[dict[str, Any]] = []
    names = set(by_name)
    for county in tiers["county"]:
        made = [_listed(row, county, by_name) for row in written[county.unit]]
        made += _generated(county, towns[county.unit])
        if not made:
            raise InputError(
                told("error.county.no_communities", unit=county.unit),
                file=path,
                key=spot(county.where) or None,
                allowed=told("error.county.no_communities.allowed"),
            )
        for place in made[len(written[county.unit]) :]:
            if place["name"] in names:
                raise InputError(told("error.community.name_taken"), file=path, given=place["name"])
            names.add(place["name"])
        _populate(county, made, path)
        places += made
    return places


def _listed(row: Row, county: Row, by_name: dict[str, Row]) -> dict[str, Any]:
    above = by_name[row.parent]
    town = above if above.tier == "town" else None
    return {
        "name": row.unit,
        "zh": row.zh,
        "county": county.unit,
        "town": town.unit if town else "",
        "village": row.kind == "village",
        "population": row.population,
        "platforms": np.nan if row.platforms is None else row.platforms,
        "pilot": row.pilot or (town.pilot if town else ""),
    }


def _generated(county: Row, towns: list[Row]) -> list[dict[str, Any]]:
    made = []
    subdistricts = [town for town in towns if town.kind == "subdistrict"]
    country = [town for town in towns if town.kind != "subdistrict"]
    # Residents' communities fill the subdistricts first, villages the towns; a remainder goes to the first.
    for count, letter, noun, places in (
        (int(county.residential or 0), "R", "社区", subdistricts + country),
        (int(county.villages or 0), "V", "村", country or subdistricts),
    ):
        for number in range(count):
            town = places[number * len(places) // max(count, len(places))] if places else None
            made.append(
                {
                    "name": f"{county.unit} {letter}{number + 1:03d}",
                    "zh": f"{county.zh}{noun}{number + 1:03d}" if county.zh else "",
                    "county": county.unit,
                    "town": town.unit if town else "",
                    "village": letter == "V",
                    "population": None,
                    "platforms": np.nan if county.platforms is None else county.platforms,
                    "pilot": town.pilot if town else "",
                }
            )
    return made


def _populate(county: Row, places: list[dict[str, Any]], path: Path | None) -> None:
    """Split what a county's listed communities leave of its population by urban share, then equally."""
    unknown = [place for place in places if place["population"] is None]
    if unknown and county.population is None:
        raise InputError(
            told("error.population.unknown", county=county.unit, community=unknown[0]["name"]),
            file=path,
            key=spot(county.where, "population"),
        )
    kinds = {village: [place for place in places if place["village"] is village] for village in (False, True)}
    for village, group in kinds.items():
        open_places = [place for place in group if place["population"] is None]
        if not open_places:
            continue
        urban = county.urban_share
        if not kinds[not village]:
            part = 1.0
        elif urban is None:
            part = len(group) / len(places)
        else:
            part = 1 - urban if village else urban
        left = (county.population or 0) * part - sum(place["population"] or 0 for place in group)
        for place in open_places:
            place["population"] = left / len(open_places)
    for place in places:
        # Where the listed communities share out the whole population, a remainder from rounding counts as nobody.
        if not place["population"] >= FEWEST:
            kind = "villages" if place["village"] else "residents' communities"
            raise InputError(
                told("error.community.no_people", community=place["name"], unit=county.unit, kind=kind),
                file=path,
                key=spot(county.where) or None,
                given=place["population"],
            )
