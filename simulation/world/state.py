"""What the model knows: the ground it stands on and the state that changes, as arrays.

Axes: c city, u unit (county or municipal department), d domain, k community, j place. A *place* is one community in one
unit's jurisdiction: a county's communities, and every community of the city for a department. Agents are views on
these arrays; stages and agents' rules are compiled functions of them.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compute import randomness
from simulation.ledger.accounts import FLOWS, STAGES

if TYPE_CHECKING:
    from simulation.places.hierarchy import Hierarchy, Sample
    from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]

NO_MODE = -1
NEVER = -1


class Ground(NamedTuple):
    """What does not change during a run."""

    city_unit: Ints  # [c + 1] first unit of each city
    unit_city: Ints  # [u]
    is_department: Flags  # [u]
    unit_place: Ints  # [u + 1] first place of each unit
    place_community: Ints  # [j]
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
    point: int  # index of the domain that the instruction names


class State(NamedTuple):
    """What changes from week to week."""

    S: Floats  # [c] trend
    A: Floats  # [c] authority
    B: Floats  # [u] publicity
    Q: Floats  # [u, d] settlement
    L: Floats  # [j, d] leverage
    dS: Floats
    dA: Floats
    dB: Floats
    dQ: Floats
    dL: Floats
    F3: Floats  # [u] momentum leaving publicity this week
    F4: Floats  # [u, d] momentum leaving settlement this week
    booked: Floats  # [c, flow] the week's ledger
    level: Floats  # [c, 5]
    gate: Floats  # [c, 5]
    origin: Ints  # [c] week on which the city's stage windows count from; NEVER before it starts
    instruction: Floats  # [c] intensity of the instruction received, 0 before and without one
    plan_week: Ints  # [c] NEVER before the plan
    domains: Ints  # [c] number of domains in the plan, 1 before it
    active: Flags  # [c, d] domain in the plan; the point before it
    engaged: Flags  # [u]
    has: Flags  # [u, d] assigned or adopted
    since: Ints  # [u, d] week of assignment
    mode: NDArray[np.int8]  # [u, d]
    share: Floats  # [u, d] share of the communities worked, as decided (x)
    sites: Ints  # [u, d] number of open sites
    open: Flags  # [j, d]
    confidence: Floats  # [u]
    routine: Floats  # [u, d]
    effect: Floats  # [k, d]
    seen: Floats  # [k, d] last week's effect, as citizens see it
    push: Floats  # [k, d] this week's delivered momentum over pilot share, summed over units
    strongest: Floats  # [k, d] highest routine among units with a site there
    covered: Flags  # [k, d] a site of any unit
    pilot: Flags  # [k, d] a pilot site of any unit
    site_since: Ints  # [k, d]
    mean_effect: Floats  # [u, d] population-weighted mean over the unit's communities
    participation: Floats  # [k, d] P
    took_part: Floats  # [c] share of citizens who took part
    trust: Floats  # [c] mean trust
    awareness: Floats  # [c] mean awareness
    proven: Flags  # [c, d]
    best: Floats  # [c] highest mean reported effect at a review so far


def build_ground(spec: Scenario, hierarchy: Hierarchy, sample: Sample, seed: int, weeks: int) -> Ground:
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

    return Ground(
        city_unit=np.searchsorted(unit_city, np.arange(n_cities + 1)),
        unit_city=unit_city,
        is_department=is_department,
        unit_place=unit_place,
        place_community=place_community,
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
    """Rank each unit's places by score, a domain a column."""
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
    arrivals = poisson.ppf(draws, spec.rivals.rate / 52).astype(np.int64)
    started = np.vstack([np.zeros((1, arrivals.shape[1]), np.int64), np.cumsum(arrivals, axis=0)])
    earlier = np.maximum(np.arange(weeks) + 1 - int(min(spec.rivals.length, weeks)), 0)
    return np.asarray(1.0 / (1.0 + started[1:] - started[earlier]), dtype=np.float64)


def build_state(ground: Ground) -> State:
    """Return the state before the first week: nothing instructed, nothing known, nobody engaged."""
    cities, units = len(ground.city_unit) - 1, len(ground.unit_city)
    places, domains = ground.site_rank.shape
    communities = len(ground.population)
    shapes = {
        "c": (cities,),
        "cs": (cities, len(STAGES)),
        "u": (units,),
        "ud": (units, domains),
        "jd": (places, domains),
        "kd": (communities, domains),
        "cd": (cities, domains),
    }

    def zeros(axes: str) -> Floats:
        return np.zeros(shapes[axes])

    def flags(axes: str) -> Flags:
        return np.zeros(shapes[axes], np.bool_)

    def never(axes: str) -> Ints:
        return np.full(shapes[axes], NEVER, np.int64)

    return State(
        S=zeros("c"),
        A=zeros("c"),
        B=zeros("u"),
        Q=zeros("ud"),
        L=zeros("jd"),
        dS=zeros("c"),
        dA=zeros("c"),
        dB=zeros("u"),
        dQ=zeros("ud"),
        dL=zeros("jd"),
        F3=zeros("u"),
        F4=zeros("ud"),
        booked=np.zeros((cities, len(FLOWS))),
        level=zeros("cs"),
        gate=zeros("cs"),
        origin=never("c"),
        instruction=zeros("c"),
        plan_week=never("c"),
        domains=np.ones(cities, np.int64),
        active=flags("cd"),
        engaged=flags("u"),
        has=flags("ud"),
        since=never("ud"),
        mode=np.full(shapes["ud"], NO_MODE, np.int8),
        share=zeros("ud"),
        sites=np.zeros(shapes["ud"], np.int64),
        open=flags("jd"),
        confidence=zeros("u"),
        routine=zeros("ud"),
        effect=zeros("kd"),
        seen=zeros("kd"),
        push=zeros("kd"),
        strongest=zeros("kd"),
        covered=flags("kd"),
        pilot=flags("kd"),
        site_since=never("kd"),
        mean_effect=zeros("ud"),
        participation=zeros("kd"),
        took_part=zeros("c"),
        trust=zeros("c"),
        awareness=zeros("c"),
        proven=flags("cd"),
        best=zeros("c"),
    )
