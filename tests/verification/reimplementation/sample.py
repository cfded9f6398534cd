"""The sample (ODD 3.3): which communities are simulated, for how many persons, and with how many citizens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from . import draws
from .structure import RESIDENT, VILLAGE, CityRow, CommunityRow

Kept = dict[str, tuple[float, int]]


def apportion(
    total: float, shares: Sequence[float], low: Sequence[float], high: Sequence[float], names: Sequence[str]
) -> list[int]:
    """Apportion a total by shares within bounds."""
    everyone = range(len(shares))
    fixed: dict[int, float] = {}
    while True:
        free = [i for i in everyone if i not in fixed]
        weight = sum(shares[i] for i in free)
        left = total - sum(fixed.values())
        wish = {i: left * shares[i] / weight for i in free}
        short = sum(low[i] - wish[i] for i in free if wish[i] < low[i])
        long = sum(wish[i] - high[i] for i in free if wish[i] > high[i])
        if short == 0 and long == 0:
            break
        below = [i for i in free if wish[i] < low[i]]
        above = [i for i in free if wish[i] > high[i]]
        if short >= long:
            fixed |= {i: low[i] for i in below}
        if long >= short:
            fixed |= {i: high[i] for i in above}
    quota = [fixed[i] if i in fixed else wish[i] for i in everyone]
    got = [int(min(max(math.floor(quota[i] + 1e-9), low[i]), high[i])) for i in everyone]
    missing = round(total) - sum(got)
    while missing > 0:
        order = sorted(everyone, key=lambda i: (-round(quota[i] - got[i], 9), draws.named(names[i])))
        order = [i for i in order if got[i] < high[i]]
        for i in order[:missing]:
            got[i] += 1
        missing -= len(order[:missing])
    return got


def keep(cities: list[CityRow], values: Mapping[str, Any]) -> Kept:
    """Return W and the number of citizens of each simulated community."""
    citizens, wanted = values["structure.citizens"], values["structure.communities"]
    counties = sorted((u for c in cities for u in c.units if not u.is_department), key=lambda u: u.name)
    strata: list[list[CommunityRow]] = []
    least: list[int] = []
    for county in counties:
        kinds = [[c for c in county.communities if c.kind == kind] for kind in (RESIDENT, VILLAGE)]
        for own in kinds:
            if own:
                strata.append(sorted(own, key=lambda c: (c.pilot is None, draws.named(c.name))))
                least.append(min(1 if all(kinds) else 2, len(own)))
    every = sum(len(own) for own in strata)
    if citizens == "all":
        persons = {c.name: c.persons for own in strata for c in own}
        return spread(persons, max(every, round(sum(persons.values()))))
    count = round(citizens / 40) if wanted in (None, "auto") else wanted
    count = min(max(count, sum(least)), every)
    totals = [sum(c.persons for c in own) for own in strata]
    kept = apportion(count, totals, least, [len(own) for own in strata], [own[0].name for own in strata])
    persons = {}
    for own, total, n in zip(strata, totals, kept, strict=True):
        first = own[:n]
        weight = total / sum(c.persons for c in first)
        persons |= {c.name: c.persons * weight for c in first}
    return spread(persons, citizens)


def spread(persons: dict[str, float], citizens: int) -> Kept:
    """Apportion the citizens to the kept communities, at least one each."""
    names = list(persons)
    got = apportion(citizens, list(persons.values()), [1] * len(names), [math.inf] * len(names), names)
    return {name: (persons[name], n) for name, n in zip(names, got, strict=True)}
