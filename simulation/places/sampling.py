"""The sample: the communities, and the number of citizens in each, that represent the city in a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from simulation.compute.memory import refuse_beyond_memory
from simulation.files.errors import InputError, told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.places.hierarchy import Hierarchy

#: Approximate number of simulated citizens per kept community; fewer citizens bias outcomes.
CITIZENS_EACH = 40
#: Smallest number of bytes per citizen: the columns, and two contacts.
LEAST_BYTES = 23


@dataclass(frozen=True, eq=False)
class Sample:
    """The communities that are simulated.

    Attributes
    ----------
    communities : array of int, shape (kept,)
        Indices into ``hierarchy.communities``, ascending.
    weights : array of float, shape (kept,)
        Population that each stands for; sums to the population of the hierarchy.
    citizens : array of int, shape (kept,)
        Simulated citizens in each, at least 1.
    """

    communities: NDArray[np.int64]
    weights: NDArray[np.float64]
    citizens: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Strata:
    """Communities grouped by county and kind; computed once per hierarchy."""

    of: NDArray[np.int64]  # stratum of each community
    rank: NDArray[np.int64]  # place of each community within its stratum: pilots first, then by hashed name
    size: NDArray[np.int64]
    population: NDArray[np.float64]
    least: NDArray[np.int64]  # smallest number of communities to keep
    key: NDArray[np.uint64]  # hashed name of each community, which breaks ties


def stratify(hierarchy: Hierarchy) -> Strata:
    """Group the communities by county and kind, and order each group without any seed."""
    key = hashed(hierarchy.communities)
    pairs = [
        (hierarchy.units[county], bool(village))
        for county, village in zip(
            hierarchy.community_county.tolist(), hierarchy.community_is_village.tolist(), strict=True
        )
    ]
    names = sorted(set(pairs))
    position = {pair: index for index, pair in enumerate(names)}
    of = np.array([position[pair] for pair in pairs], dtype=np.int64)
    ordinary = np.array([pilot == "" for pilot in hierarchy.community_pilot])
    order = np.lexsort((key, ordinary, of))
    size = np.bincount(of, minlength=len(names))
    starts = np.concatenate(([0], np.cumsum(size)[:-1]))
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - starts[of[order]]
    # Summed in hashed order, so that the order of the file's rows leaves no rounding behind.
    by_key = np.argsort(key)
    population = np.bincount(of[by_key], hierarchy.community_population[by_key], minlength=len(names))
    kinds: dict[str, int] = {}
    for county, _ in names:
        kinds[county] = kinds.get(county, 0) + 1
    least = np.array([min(2 // kinds[county], size[index]) for index, (county, _) in enumerate(names)])
    return Strata(of, rank, size, population, least, key)


def hashed(names: tuple[str, ...]) -> NDArray[np.uint64]:
    """Return one stable 64-bit number per name."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def apportion(
    total: int,
    shares: NDArray[np.float64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    ties: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Divide ``total`` whole items in proportion to ``shares``, each within its bounds, by largest remainder.

    ``least.sum() <= total <= most.sum()`` must hold; equal remainders go by ``ties``, the smallest first.
    """
    quota = least.astype(float)
    free = np.ones(len(shares), dtype=bool)
    # Shares that would leave their bounds are fixed there, on the side that leaves more, until none does.
    while free.any():
        rest = total - quota[~free].sum()
        weight = shares[free].sum()
        wish = shares * (rest / weight) if weight > 0 else least + (rest - least[free].sum()) / free.sum()
        short, long = free & (wish < least), free & (wish > most)
        if not short.any() and not long.any():
            quota[free] = wish[free]
            break
        below, above = (least - wish)[short].sum(), (wish - most)[long].sum()
        if below >= above:
            quota[short] = least[short]
            free &= ~short
        if above >= below:
            quota[long] = most[long]
            free &= ~long
    given = np.clip(np.floor(quota + 1e-9).astype(np.int64), least, most)
    missing = total - int(given.sum())
    remainder = np.where(given < most, np.round(quota - given, 9), -np.inf)
    given[np.lexsort((ties, -remainder))[:missing]] += 1
    return given


def _check_memory(citizens: int, given: object) -> None:
    refuse_beyond_memory(citizens * LEAST_BYTES, "structure.citizens", given, "fewer citizens")


def sample(hierarchy: Hierarchy, citizens: int | Literal["all"] = "all", communities: int | None = None) -> Sample:
    """Choose the communities and numbers of citizens that represent the hierarchy.

    Parameters
    ----------
    hierarchy : Hierarchy
    citizens : int or "all"
        Simulated citizens in all; "all" keeps every citizen of every community.
    communities : int, optional
        Communities kept; by default about one for every 40 citizens, and at least two per county (one of each
        kind). Within a county and kind named pilots come first, then an order hashed from the names.

    Raises
    ------
    InputError
        Fewer citizens than communities, fewer than two communities per county, or more than there are; more citizens
        than the memory can hold.
    """
    strata: Strata = hierarchy.strata
    count = len(hierarchy.communities)
    if citizens == "all":
        everyone = np.arange(count)
        total = max(count, round(float(hierarchy.community_population.sum())))
        _check_memory(total, "all")
        ones, most = np.ones(count, dtype=np.int64), np.full(count, total)
        numbers = apportion(total, hierarchy.community_population, ones, most, strata.key)
        return Sample(everyone, hierarchy.community_population.copy(), numbers)
    _check_memory(citizens, citizens)
    least = int(strata.least.sum())
    if communities is None:
        kept = min(count, max(least, round(citizens / CITIZENS_EACH)))
    elif least <= communities <= count:
        kept = communities
    else:
        raise InputError(
            told("error.communities.number"),
            key="structure.communities",
            given=communities,
            allowed=told("error.from_to", least=least, most=count),
        )
    if citizens < kept:
        raise InputError(
            told("error.citizens.fewer", kept=kept),
            key="structure.citizens",
            given=citizens,
            allowed=told("error.citizens.least", kept=kept),
        )
    first = np.zeros(len(strata.size), dtype=np.uint64)
    first[strata.of[strata.rank == 0]] = strata.key[strata.rank == 0]
    allotted = apportion(kept, strata.population, strata.least, strata.size, first)
    chosen = np.flatnonzero(strata.rank < allotted[strata.of])
    of = strata.of[chosen]
    own = hierarchy.community_population[chosen]
    # A community stands for its share of its stratum: for itself where the whole stratum is kept.
    weights = own * (strata.population / np.bincount(of, own, minlength=len(allotted)))[of]
    ones = np.ones(kept, dtype=np.int64)
    numbers = apportion(citizens, weights, ones, np.full(kept, citizens), strata.key[chosen])
    return Sample(chosen, weights, numbers)
