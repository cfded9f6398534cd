"""The world, which does not change during a run, as arrays: jurisdictions, severities, orders of sites, keys of draws.

Axes: c city, u unit (county or municipal department), x executor, d domain, k community, j place. A *place* is one
community in one unit's jurisdiction: a county's communities, and every community of the city for a department. An
*executor* works a unit's places: a town or subdistrict its own, a department's staff all of the department's.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compute import randomness
from simulation.world import departments
from simulation.world.executors import lay_out
from simulation.world.rivals import attention_left, draw_arrivals

if TYPE_CHECKING:
    from simulation.places.hierarchy import Hierarchy, Sample
    from simulation.scenario import Scenario

#: Named pilots come before all other places, whose score is a draw less a share.
_FIRST = 3.0  # literal: more than the difference between any two scores
#: Kinds of body that may take part in a community (Bu 2022, §4.5).
BODIES = (
    "party-unit",
    "residents-council",
    "owners-and-property",
    "social-organisation",
    "volunteers",
    "business-circle",
    "experts",
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]


class World(NamedTuple):
    """The fixed arrays of a run; compiled rules call them ``g``, the ground on which they stand."""

    city_unit: Ints  # [c + 1] first unit of each city
    unit_executor: Ints  # [u + 1] first executor of each unit
    executor_unit: Ints  # [x]
    executor_places: Ints  # [x] number of places that the executor works
    executor_tier: Ints  # [x] tiers below the city: 2 for a town, 1 for the staff of a county or a department
    unit_city: Ints  # [u]
    is_department: Flags  # [u]
    unit_place: Ints  # [u + 1] first place of each unit
    place_community: Ints  # [j]
    place_unit: Ints  # [j] the unit in whose jurisdiction the place is
    place_executor: Ints  # [j] the executor that works the place
    place_city: Ints  # [j]
    community_county: Ints  # [k] the unit that is the community's county
    community_city: Ints  # [k]
    population: Floats  # [k] persons that the community stands for
    unit_population: Floats  # [u] persons in the unit's jurisdiction
    platforms: Floats  # [k] share of the kinds of participating body present at the start
    bodies: Flags  # [k, body] kinds of participating body present at the start
    severity: Floats  # [u, d]
    scouted: Floats  # [u, d] standard normal error of scouting
    domain_order: Ints  # [d] domains by name
    city_department: Ints  # [c + 1] first department of each city
    department_city: Ints  # [m]
    department_unit: Ints  # [m] the unit that is this department, -1 for none
    belongs: Flags  # [m, d] department belongs to the domain
    leads: Flags  # [m, d] department is in the lead
    members: Ints  # [c, d] number of departments that belong to a domain
    join_key: Keys  # [m, d]
    body_key: Keys  # [k, body]
    site_rank: Ints  # [j, d] position of the place in the order in which the unit opens sites
    pilots: Ints  # [u] number of pilot sites a domain gets
    zeal: Floats  # [u] how far the county's own group follows the city's
    arrivals: Ints  # [weeks, c] rival campaigns that begin
    lasting: Ints  # [weeks, c] weeks that rival campaigns last that begin then
    undivided: Floats  # [weeks, c] 1 / (1 + rival campaigns under way)
    mode_key: Keys  # [x, d]
    revise_key: Keys  # [x, d]
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

    executors = lay_out(spec, hierarchy, chosen, place_unit, place_community)
    executor_keys = randomness.name_keys(executors.names)

    body_keys = randomness.pair(community_keys, randomness.name_keys(BODIES))
    scouting_keys = randomness.pair(randomness.keys(seed, "scouting", unit_keys), domain_keys)
    drawn = randomness.uniform(randomness.keys(seed, "platforms", community_keys))
    given = hierarchy.community_platforms[chosen]
    platforms = np.where(np.isnan(given), drawn, given)
    by_name = randomness.pair(randomness.keys(seed, "sites", unit_keys), domain_keys)[place_unit]
    score = randomness.uniform(randomness.mix(by_name ^ community_keys[place_community][:, None]))
    if spec.plan.sites == "better-off":
        score -= platforms[place_community][:, None]
    score[_named_pilots(hierarchy, domains)[chosen][place_community]] -= (
        3.0  # literal: below every other score, which is a draw less a share
    )

    arrived = _arrivals(spec, hierarchy, seed, 0, weeks)
    lasting = np.full(arrived.shape, spec.rivals.length, np.int64)
    return World(
        city_unit=np.searchsorted(unit_city, np.arange(n_cities + 1)),
        unit_executor=np.searchsorted(executors.unit, np.arange(n_units + 1)),
        executor_unit=executors.unit,
        executor_places=np.bincount(executors.of_place, minlength=len(executors.unit)),
        executor_tier=executors.tier,
        unit_city=unit_city,
        is_department=is_department,
        unit_place=unit_place,
        place_community=place_community,
        place_unit=place_unit,
        place_executor=executors.of_place,
        place_city=unit_city[place_unit],
        community_county=county,
        community_city=community_city,
        population=sample.weights,
        unit_population=np.bincount(place_unit, sample.weights[place_community], n_units),
        platforms=platforms,
        bodies=randomness.uniform(randomness.keys(seed, "body", body_keys)) < platforms[:, None],
        body_key=randomness.keys(seed, "body week", body_keys),
        scouted=randomness.normal(scouting_keys),
        domain_order=np.argsort(np.array(domains), kind="stable"),
        **departments.lay_out(spec, hierarchy, seed, domain_keys)._asdict(),
        severity=_severity(spec, hierarchy, seed, unit_keys, domain_keys),
        site_rank=_ranks(score, place_unit, unit_place),
        pilots=pilot_sites(np.full(n_units, spec.plan.pilot_share), unit_place),
        zeal=draw_zeal(
            np.full(n_units, spec.transmission.zeal_low),
            np.full(n_units, spec.transmission.zeal_high),
            randomness.keys(seed, "zeal", unit_keys),
            is_department,
            given_zeal(spec, hierarchy),
        ),
        arrivals=arrived,
        lasting=lasting,
        undivided=attention_left(arrived, lasting, np.full(n_cities, spec.rivals.campaigns)),
        mode_key=randomness.pair(randomness.keys(seed, "mode", executor_keys), domain_keys),
        revise_key=randomness.pair(randomness.keys(seed, "revise", executor_keys), domain_keys),
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
    """Return severities: those that are given, others by the scenario's rule; a department has its counties' mean."""
    structure = spec.structure
    rule = _severity_from_facts if structure.severity == "facts" else _severity_matched
    severity, fixed = rule(spec, hierarchy, seed, units, domains)
    given = _given_severities(spec, hierarchy)
    severity = np.where(np.isnan(given), severity, given)
    for department in np.flatnonzero(hierarchy.unit_is_department):
        counties = (hierarchy.unit_city == hierarchy.unit_city[department]) & ~hierarchy.unit_is_department
        mean = severity[counties].mean(axis=0)
        severity[department] = np.where(fixed[department] | ~np.isnan(given[department]), severity[department], mean)
    return severity


def _given_severities(spec: Scenario, hierarchy: Hierarchy) -> Floats:
    """Return the severities that the scenario gives by unit and domain; NaN elsewhere."""
    given = np.full((len(hierarchy.units), len(spec.domains)), np.nan)
    columns = {domain: column for column, domain in enumerate(spec.domains)}
    for unit, scores in (spec.structure.severities or {}).items():
        row = hierarchy.units.index(unit)
        for domain, score in scores.items():
            given[row, columns[domain]] = score
    return given


def _severity_matched(
    spec: Scenario, hierarchy: Hierarchy, seed: int, units: Keys, domains: Keys
) -> tuple[Floats, Flags]:
    """Return severities that are high where a unit is matched to a domain and drawn elsewhere, and where they match."""
    structure = spec.structure
    draws = randomness.uniform(randomness.pair(randomness.keys(seed, "severity", units), domains))
    severity = structure.severity_low + (structure.severity_high - structure.severity_low) * draws
    index = {name: position for position, name in enumerate(hierarchy.units)}
    matched = np.zeros(severity.shape, bool)
    for column, domain in enumerate(spec.domains.values()):
        for name in domain.matched:
            matched[index[name], column] = True
    severity[matched] = structure.severity_matched
    return severity, matched


def _severity_from_facts(
    spec: Scenario, hierarchy: Hierarchy, seed: int, units: Keys, domains: Keys
) -> tuple[Floats, Flags]:
    """Return severities from facts that do not know the plan: low + Σ weight·fact + noise, cut to [0, 1]."""
    structure = spec.structure
    noise = randomness.normal(randomness.pair(randomness.keys(seed, "severity", units), domains))
    severity = structure.severity_low + structure.severity_noise * noise
    for row, name in enumerate(hierarchy.units):
        facts = structure.facts.get(name, {})
        for column, domain in enumerate(spec.domains):
            weights = structure.weights.get(domain, {})
            severity[row, column] += sum(weight * facts.get(fact, 0.0) for fact, weight in weights.items())
    return np.clip(severity, 0.0, 1.0), np.zeros(severity.shape, bool)


def pilot_sites(share: Floats, unit_place: Ints) -> Ints:
    """Return the number of pilot sites that a domain gets in each unit: its share of the unit's places, at least 1."""
    return np.maximum(1, np.floor(share * np.diff(unit_place) + 0.5)).astype(np.int64)


def given_zeal(spec: Scenario, hierarchy: Hierarchy) -> Floats:
    """Return the zeal that the scenario gives by unit; NaN elsewhere."""
    given = spec.structure.zeal or {}
    return np.array([given.get(unit, np.nan) for unit in hierarchy.units])


def draw_zeal(low: Floats, high: Floats, keys: Keys, is_department: Flags, given: Floats) -> Floats:
    """Return how far each unit's own leading group follows the city's: as given, else drawn between two values.

    A department is part of the city: 1.
    """
    drawn = np.where(np.isnan(given), low + (high - low) * randomness.uniform(keys), given)
    return np.where(is_department, 1.0, drawn)


def _arrivals(spec: Scenario, hierarchy: Hierarchy, seed: int, first: int, last: int) -> Ints:
    cities = randomness.keys(seed, "rivals", names_of(hierarchy.cities))
    return draw_arrivals(cities, np.full(len(cities), spec.rivals.rate), first, last)
