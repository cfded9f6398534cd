"""Which municipal departments each city has, to which domains they belong, and which they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compute import randomness

if TYPE_CHECKING:
    import networkx

    from simulation.places.hierarchy import Hierarchy
    from simulation.scenario import Scenario


class Departments(NamedTuple):
    """The departments of all cities, city by city, in the order in which the scenario names them."""

    city_department: NDArray[np.int64]  # [c + 1] first department of each city
    department_city: NDArray[np.int64]  # [m]
    department_unit: NDArray[np.int64]  # [m] the unit that is this department, -1 for none
    belongs: NDArray[np.bool_]  # [m, d]
    leads: NDArray[np.bool_]  # [m, d]
    members: NDArray[np.int64]  # [c, d] number of departments that belong to a domain
    join_key: NDArray[np.uint64]  # [m, d]


def used(spec: Scenario) -> tuple[str, ...]:
    """Return the keys of the departments that belong to any domain, in the order of the file."""
    wanted = {name for domain in spec.domains.values() for name in domain.departments}
    return tuple(key for key in spec.departments.named if key in wanted)


def names(spec: Scenario, hierarchy: Hierarchy) -> tuple[str, ...]:
    """Return a name of its own for each department of each city."""
    return tuple(f"{city}: {key}" for city in hierarchy.cities for key in used(spec))


def lay_out(spec: Scenario, hierarchy: Hierarchy, seed: int, domain_keys: NDArray[np.uint64]) -> Departments:
    """Return every city's departments; each city has all those that belong to a domain."""
    keys, cities = used(spec), len(hierarchy.cities)
    shape = (cities, len(keys), len(spec.domains))
    belongs, leads = np.zeros(shape[1:], np.bool_), np.zeros(shape[1:], np.bool_)
    for column, domain in enumerate(spec.domains.values()):
        for name in domain.departments:
            belongs[keys.index(name), column] = True
        if domain.lead is not None:
            leads[keys.index(domain.lead), column] = True
    unit = np.full(shape[:2], -1, np.int64)
    index = {name: row for row, name in enumerate(hierarchy.units)}
    for column, key in enumerate(keys):
        for name in spec.departments.named[key].units:
            unit[hierarchy.unit_city[index[name]], column] = index[name]
    by_name = randomness.keys(seed, "join", randomness.name_keys(names(spec, hierarchy)))
    return Departments(
        city_department=np.arange(cities + 1) * len(keys),
        department_city=np.repeat(np.arange(cities), len(keys)),
        department_unit=unit.reshape(-1),
        belongs=np.tile(belongs, (cities, 1)),
        leads=np.tile(leads, (cities, 1)),
        members=np.tile(belongs.sum(axis=0), (cities, 1)),
        join_key=randomness.pair(by_name, domain_keys),
    )


def placed(graph: networkx.DiGraph, spec: Scenario, hierarchy: Hierarchy) -> networkx.DiGraph:
    """Return the tree of places with each city's departments under it; nodes carry ``tier`` and the domains they serve.

    A department that is a unit of the structure keeps that unit's node, which then carries ``domains`` too.
    """
    import networkx

    found: Any = networkx.DiGraph(graph)
    city_of = dict(zip(hierarchy.units, (hierarchy.cities[c] for c in hierarchy.unit_city.tolist()), strict=True))
    for city in hierarchy.cities:
        for key in used(spec):
            named = spec.departments.named[key]
            own = [unit for unit in named.units if city_of[unit] == city]
            node = own[0] if own else f"{city}: {key}"
            domains = tuple(name for name, domain in spec.domains.items() if key in domain.departments)
            leads = tuple(name for name, domain in spec.domains.items() if domain.lead == key)
            if not own:
                found.add_node(node, tier="department", zh=named.label("zh") or key, jurisdiction=city)
                found.add_edge(city, node)
            found.nodes[node].update(domains=domains, leads=leads)
    return networkx.freeze(found)
