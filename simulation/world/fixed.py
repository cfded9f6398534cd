"""The world, which does not change during a run, as arrays: jurisdictions, severities, orders of sites, keys of draws.

Axes: c city, u unit (county or municipal department), d domain, k community, j place. A *place* is one community in one
unit's jurisdiction: a county's communities, and every community of the city for a department.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compute import randomness
from simulation.scenario.sections import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from simulation.places.hierarchy import Hierarchy, Sample
    from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]


class World(NamedTuple):
    """The fixed arrays of a run; compiled rules call them ``g``, the ground on which they stand."""

    city_unit: Ints  # [c + 1] first unit of each city
    unit_city: Ints  # [u]
    is_department: Flags  # [u]
    unit_place: Ints  # [u + 1] first place of each unit
    place_community: Ints  # [j]
    place_unit: Ints  # [j] the unit in whose jurisdiction the place is
    place_city: Ints  # [j]
    community_county: Ints  # [k] the unit that is the community's county
    community_city: Ints  # [k]
    population: Floats  # [k] persons that the community stands for
    unit_population: Floats  # [u] persons in the unit's jurisdiction
    platforms: Floats  # [k] share of the kinds of participating body present
    severity: Floats  # [u, d]
    site_rank: Ints  # [j, d] position of the place in the order in which the unit opens sites
    pilots: Ints  # [u] number of pilot sites a domain gets
    attention: Floats  # [weeks, c] 1 / (1 + rival campaigns)
    mode_key: Keys  # [u, d]
    revise_key: Keys  # [u, d]
    adopt_key: Keys  # [u, d]
    downward_key: Keys  # [k]
    unit_turnover_key: Keys  # [u]
    city_turnover_key: Keys  # [c]
    neighbour_key: Keys  # [c]
    city_province: Ints  # [c]
    point: int  # index of the domain that the instruction names


def build_world(spec: Scenario, hierarchy: Hierarchy, sample: Sample, seed: int, weeks: int) -> World:
    """Lay out jurisdictions, severities, orders of sites and chance events of one run.

    Units must stand in the order of their cities, and the sample's communities in the order of their counties.
    """
    domains = list(spec.domains)
    unit_keys, domain_keys = names_of(hierarchy.units), randomness.name_keys(domains)
    chosen = sample.communities
    community_keys = names_of(hierarchy.communities)[chosen]
    county = hierarchy.community_county[chosen]
    # Copies, because a hierarchy's arrays are read-only: copies of a model would be of another type and compiled anew.
    unit_city, is_department = hierarchy.unit_city.copy(), hierarchy.unit_is_department.copy()
    n_cities, n_units = len(hierarchy.cities), len(hierarchy.units)

    bounds = np.searchsorted(county, np.arange(n_units + 1))
    community_city = unit_city[county]
    city_bounds = np.searchsorted(community_city, np.arange(n_cities + 1))
    first = np.where(is_department, city_bounds[unit_city], bounds[:-1])
    last = np.where(is_department, city_bounds[unit_city + 1], bounds[1:])
    unit_place = np.concatenate([[0], np.cumsum(last - first)])
    place_unit = np.repeat(np.arange(n_units), last - first)
    place_community = np.arange(unit_place[-1]) - unit_place[place_unit] + first[place_unit]

    drawn = randomness.uniform(randomness.keys(seed, "platforms", community_keys))
    given = hierarchy.community_platforms[chosen]
    platforms = np.where(np.isnan(given), drawn, given)
    by_name = randomness.pair(randomness.keys(seed, "sites", unit_keys), domain_keys)[place_unit]
    score = randomness.uniform(randomness.mix(by_name ^ community_keys[place_community][:, None]))
    if spec.plan.sites == "better-off":
        worse = np.unique(1.0 - platforms, return_inverse=True)[1]
        score += worse[place_community][:, None]  # ties fall by the draws, not by the order of the file
    score[_named_pilots(hierarchy, domains)[chosen][place_community]] -= len(platforms) + 1.0

    return World(
        city_unit=np.searchsorted(unit_city, np.arange(n_cities + 1)),
        unit_city=unit_city,
        is_department=is_department,
        unit_place=unit_place,
        place_community=place_community,
        place_unit=place_unit,
        place_city=unit_city[place_unit],
        community_county=county,
        community_city=community_city,
        population=sample.weights,
        unit_population=np.bincount(place_unit, sample.weights[place_community], n_units),
        platforms=platforms,
        severity=_severity(spec, hierarchy, seed, unit_keys, domain_keys),
        site_rank=_ranks(score, place_unit, unit_place),
        pilots=np.maximum(1, np.floor(spec.plan.pilot_share * np.diff(unit_place) + 0.5)).astype(np.int64),
        attention=_attention(spec, hierarchy, seed, weeks),
        mode_key=randomness.pair(randomness.keys(seed, "mode", unit_keys), domain_keys),
        revise_key=randomness.pair(randomness.keys(seed, "revise", unit_keys), domain_keys),
        adopt_key=randomness.pair(randomness.keys(seed, "adopt", unit_keys), domain_keys),
        downward_key=randomness.keys(seed, "downward", community_keys),
        unit_turnover_key=randomness.keys(seed, "unit turnover", unit_keys),
        city_turnover_key=randomness.keys(seed, "city turnover", names_of(hierarchy.cities)),
        neighbour_key=randomness.keys(seed, "neighbour", names_of(hierarchy.cities)),
        city_province=hierarchy.city_province.copy(),
        point=domains.index(spec.instruction.domain or domains[0]),
    )


@functools.lru_cache(maxsize=32)
def names_of(names: tuple[str, ...]) -> Keys:
    """Return the keys of a hierarchy's names, worked out once."""
    return randomness.name_keys(names)


def _named_pilots(hierarchy: Hierarchy, domains: list[str]) -> Flags:
    """Return which community the structure names as pilot of which domain, shape (all communities, domains)."""
    named = np.zeros((len(hierarchy.communities), len(domains)), np.bool_)
    for row in hierarchy.pilot_rows:
        if hierarchy.community_pilot[row] in domains:
            named[row, domains.index(hierarchy.community_pilot[row])] = True
    return named


def _ranks(score: Floats, place_unit: Ints, unit_place: Ints) -> Ints:
    """Rank each unit's places by score, one domain per column."""
    ranks = np.empty(score.shape, np.int64)
    for column in range(score.shape[1]):
        order = np.lexsort((score[:, column], place_unit))
        ranks[order, column] = np.arange(len(order)) - unit_place[place_unit[order]]
    return ranks


def _severity(spec: Scenario, hierarchy: Hierarchy, seed: int, units: Keys, domains: Keys) -> Floats:
    structure = spec.structure
    draws = randomness.uniform(randomness.pair(randomness.keys(seed, "severity", units), domains))
    severity = structure.severity_low + (structure.severity_high - structure.severity_low) * draws
    index = {name: position for position, name in enumerate(hierarchy.units)}
    matched = np.zeros(severity.shape, bool)
    for column, domain in enumerate(spec.domains.values()):
        for name in domain.matched:
            matched[index[name], column] = True
    severity[matched] = structure.severity_matched
    is_department = hierarchy.unit_is_department
    for department in np.flatnonzero(is_department):
        counties = (hierarchy.unit_city == hierarchy.unit_city[department]) & ~is_department
        mean = severity[counties].mean(axis=0)
        severity[department] = np.where(matched[department], structure.severity_matched, mean)
    return severity


def _attention(spec: Scenario, hierarchy: Hierarchy, seed: int, weeks: int) -> Floats:
    """Return 1 / (1 + rival campaigns active), shape (weeks, cities); arrivals are a Poisson process."""
    if spec.rivals.rate == 0:
        return np.ones((weeks, len(hierarchy.cities)))
    from scipy.stats import poisson

    cities = randomness.keys(seed, "rivals", names_of(hierarchy.cities))
    draws = np.array([randomness.uniform(randomness.week_keys(cities, week)) for week in range(weeks)])
    arrivals = poisson.ppf(draws, spec.rivals.rate / WEEKS_PER_YEAR).astype(np.int64)
    started = np.vstack([np.zeros((1, arrivals.shape[1]), np.int64), np.cumsum(arrivals, axis=0)])
    earlier = np.maximum(np.arange(weeks) + 1 - int(min(spec.rivals.length, weeks)), 0)
    return np.asarray(1.0 / (1.0 + started[1:] - started[earlier]), dtype=np.float64)
