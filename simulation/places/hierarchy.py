"""The places: province → city → county → town → community, and the departments under a city."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.names import labelled
from simulation.places.building import build
from simulation.places.sampling import Sample, Strata, sample, stratify
from simulation.places.structure import structure_rows

if TYPE_CHECKING:
    import networkx
    from numpy.typing import NDArray

    from simulation.scenario.scenario import Scenario

__all__ = ["Hierarchy", "Sample", "check_against", "load_hierarchy", "sample"]

#: Most valid names that a message shows.
_MOST_SHOWN = 12


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """All places by name, with parents as indices. Arrays are read-only; equal only to itself.

    Attributes
    ----------
    provinces, cities, units, towns, communities : tuple of str
        Names, each unique over all tiers; ``units`` are counties and departments, city by city, else in the
        order of the file; communities stand county by county.
    city_province, unit_city, town_county, community_county : array of int
        Index of the parent (``town_county`` and ``community_county`` index ``units``).
    community_town : array of int
        Index into ``towns``; -1 for a community directly under its county.
    unit_is_department, community_is_village : array of bool
    community_population : array of float
        Persons, above 0.
    community_platforms : array of float
        Share of the kinds of participating body present, in [0, 1]; NaN where the structure does not say.
    community_pilot : tuple of str
        Key of the domain that the community (or its town) pilots; empty for the others.
    zh : dict
        Name to Chinese label, where given.
    """

    provinces: tuple[str, ...]
    cities: tuple[str, ...]
    units: tuple[str, ...]
    towns: tuple[str, ...]
    communities: tuple[str, ...]
    city_province: NDArray[np.int64]
    unit_city: NDArray[np.int64]
    unit_is_department: NDArray[np.bool_]
    town_county: NDArray[np.int64]
    community_county: NDArray[np.int64]
    community_town: NDArray[np.int64]
    community_is_village: NDArray[np.bool_]
    community_population: NDArray[np.float64]
    community_platforms: NDArray[np.float64]
    community_pilot: tuple[str, ...]
    zh: dict[str, str] = field(repr=False)

    @functools.cached_property
    def community_city(self) -> NDArray[np.int64]:
        """Index of each community's city."""
        return self.unit_city[self.community_county]

    @functools.cached_property
    def unit_population(self) -> NDArray[np.float64]:
        """Persons in each unit's jurisdiction: a county's own, for a department its whole city's."""
        own = np.bincount(self.community_county, self.community_population, minlength=len(self.units))
        city = np.bincount(self.community_city, self.community_population, minlength=len(self.cities))
        return np.where(self.unit_is_department, city[self.unit_city], own)

    @functools.cached_property
    def pilot_rows(self) -> list[int]:
        """Indices of the communities that the structure names as pilots."""
        return [row for row, pilot in enumerate(self.community_pilot) if pilot]

    @functools.cached_property
    def strata(self) -> Strata:
        """Communities grouped by county and kind, for :func:`sample`."""
        return stratify(self)

    @functools.cached_property
    def graph(self) -> networkx.DiGraph:
        """The tree as a ``networkx.DiGraph``, from parent to child.

        Nodes carry ``tier``, ``zh`` and ``population``; communities also ``kind`` and ``pilot``. A department has no
        children; its ``jurisdiction`` names the city for whose communities it is responsible.
        """
        import networkx

        graph: Any = networkx.DiGraph()
        city_population = np.bincount(self.community_city, self.community_population, minlength=len(self.cities))
        for index, name in enumerate(self.provinces):
            persons = float(city_population[self.city_province == index].sum())
            graph.add_node(name, tier="province", zh=self.label(name, "zh"), population=persons)
        for index, name in enumerate(self.cities):
            persons = float(city_population[index])
            graph.add_node(name, tier="city", zh=self.label(name, "zh"), population=persons)
            graph.add_edge(self.provinces[self.city_province[index]], name)
        for index, name in enumerate(self.units):
            city = self.cities[self.unit_city[index]]
            persons = float(self.unit_population[index])
            tier = "department" if self.unit_is_department[index] else "county"
            graph.add_node(name, tier=tier, zh=self.label(name, "zh"), population=persons)
            if tier == "department":
                graph.nodes[name]["jurisdiction"] = city
            graph.add_edge(city, name)
        placed = self.community_town >= 0
        town_population = np.bincount(
            self.community_town[placed], self.community_population[placed], minlength=len(self.towns)
        )
        for index, name in enumerate(self.towns):
            persons = float(town_population[index])
            graph.add_node(name, tier="town", zh=self.label(name, "zh"), population=persons)
            graph.add_edge(self.units[self.town_county[index]], name)
        for index, name in enumerate(self.communities):
            town = self.community_town[index]
            graph.add_node(
                name,
                tier="community",
                zh=self.label(name, "zh"),
                population=float(self.community_population[index]),
                kind="village" if self.community_is_village[index] else "resident",
                pilot=self.community_pilot[index],
            )
            graph.add_edge(self.towns[town] if town >= 0 else self.units[self.community_county[index]], name)
        return networkx.freeze(graph)

    def label(self, name: str, lang: str) -> str:
        """Return the name in ``lang`` ('en' or 'zh'); the name itself where no Chinese label is given."""
        return self.zh.get(name, name) if lang == "zh" else name

    def jurisdiction(self, unit: int) -> NDArray[np.int64]:
        """Return the indices of the communities for which unit number ``unit`` is responsible."""
        if self.unit_is_department[unit]:
            return np.flatnonzero(self.community_city == self.unit_city[unit])
        return np.flatnonzero(self.community_county == unit)


_KEPT = 400_000
"""Communities in all hierarchies that are kept: ordinary cities by the hundred, or ten large provinces."""
_built: dict[str, Hierarchy] = {}


def load_hierarchy(spec: Scenario) -> Hierarchy:
    """Return the places of a scenario, built once for each content of the structure.

    Raises
    ------
    InputError
        A structure that cannot be used, or a scenario that names a unit or city that is not in it.
    """
    digest = spec.structure_digest
    hierarchy = _built.get(digest)
    if hierarchy is None:
        hierarchy = Hierarchy(**build(structure_rows(spec), spec.structure_path))
        while _built and sum(len(one.communities) for one in _built.values()) + len(hierarchy.communities) > _KEPT:
            _built.pop(next(iter(_built)), None)
        _built[digest] = hierarchy
    check_against(spec, hierarchy)
    return hierarchy


def check_against(spec: Scenario, hierarchy: Hierarchy) -> None:
    """Raise InputError where the scenario names a unit or a city that the hierarchy does not have."""
    units, cities = frozenset(hierarchy.units), frozenset(hierarchy.cities)

    def known(name: str, valid: tuple[str, ...], key: str, what: str) -> None:
        if name not in (units if what == "unit" else cities):
            raise InputError(
                told(f"error.structure.no_such.{what}"),
                file=spec.set_in(key) or spec.set_in(re.split(r"[.[]", key)[0]),
                key=key,
                given=name,
                allowed=listed([*valid[:_MOST_SHOWN], *(["…"] if len(valid) > _MOST_SHOWN else [])]),
                suggestion=nearest(name, valid) or labelled(name, {one: hierarchy.label(one, "zh") for one in valid}),
            )

    for unit in spec.plan.table or {}:
        known(unit, hierarchy.units, "plan.table", "unit")
    for domain, entry in spec.domains.items():
        for unit in entry.matched:
            known(unit, hierarchy.units, f"domains.{domain}.matched", "unit")
    for unit in spec.structure.facts:
        known(unit, hierarchy.units, "structure.facts", "unit")
    for table in ("severities", "capacities", "zeal"):
        for unit in getattr(spec.structure, table) or {}:
            known(unit, hierarchy.units, f"structure.{table}", "unit")
    _check_zeal(spec, hierarchy)
    for key, department in spec.departments.named.items():
        homes: dict[int, str] = {}
        for unit in department.units:
            known(unit, hierarchy.units, f"departments.named.{key}.units", "unit")
            home = int(hierarchy.unit_city[hierarchy.units.index(unit)])
            if home in homes:
                raise InputError(
                    told("error.departments.same_city", other=homes[home]),
                    file=spec.set_in("departments.named"),
                    key=f"departments.named.{key}.units",
                    given=unit,
                    allowed=told("error.departments.same_city.allowed"),
                )
            homes[home] = unit
    for city in spec.instruction.cities:
        known(city, hierarchy.cities, "instruction.cities", "city")
    for number, signal in enumerate(spec.signals, 1):
        for city in signal.cities:
            known(city, hierarchy.cities, f"signals[{number}].cities", "city")
    for number, change in enumerate(spec.changes, 1):
        for city in change.cities:
            known(city, hierarchy.cities, f"changes[{number}].cities", "city")
        for unit in change.units:
            known(unit, hierarchy.units, f"changes[{number}].units", "unit")
        if not _NAMING.isdisjoint(change.set):
            try:
                check_against(spec.with_settings(change.set), hierarchy)
            except InputError as problem:
                key = f"changes[{number}].set.{problem.key}"
                raise problem.replaced(file=spec.set_in("changes"), key=key) from None


def _check_zeal(spec: Scenario, hierarchy: Hierarchy) -> None:
    """Raise InputError for the zeal of a department: it is part of the city, and has no leading group of its own."""
    for unit in spec.structure.zeal or {}:
        if hierarchy.unit_is_department[hierarchy.units.index(unit)]:
            raise InputError(
                told("error.zeal.department"),
                file=spec.set_in("structure.zeal"),
                key="structure.zeal",
                given=unit,
                allowed=told("error.zeal.department.allowed"),
            )


#: Parameters that name places and can change during a run.
_NAMING = frozenset({"plan.table", "instruction.cities", "signals"})
