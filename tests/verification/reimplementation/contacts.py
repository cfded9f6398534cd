"""Contacts (ODD 3.2): the small world inside communities and counties, and complete mixing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import draws


@dataclass
class Ring:
    """The citizens of one community: their first number among the county's, their count, and the community's key."""

    first: int
    size: int
    key: int


@dataclass
class Tie:
    """A tie between two citizens, by their numbers in the county."""

    near: int
    far: int


def ties_of_county(rings: list[Ring], values: Mapping[str, Any]) -> list[Tie]:
    """Return all ties of a county's citizens, whose communities come in order."""
    count = values["citizens.contacts"]
    half = count // 2
    across, rewire = values["citizens.across"], values["citizens.rewire"]
    found: list[Tie] = []
    leaving: list[Tie] = []
    for ring in rings:
        n = ring.size
        if values["citizens.network"] == "complete" or n <= count + 1:
            found += [Tie(ring.first + i, ring.first + j) for i in range(n) for j in range(i)]
            continue
        rewired: list[Tie] = []
        for i in range(n):
            for f in range(half):
                tie = Tie(ring.first + i, ring.first + (i + f + 1) % n)
                found.append(tie)
                u = draws.uniform(draws.mix(ring.key + (i * half + f + 1) * draws.GOLD))
                if u < across:
                    leaving.append(tie)
                elif u < across + rewire:
                    rewired.append(tie)
        exchange(rewired, draws.mix(ring.key ^ draws.GOLD), on_ring(n, half))
    if len(rings) > 1:
        exchange(leaving, draws.mix(rings[0].key ^ (draws.GOLD + 1)), at_home(rings))
    return found


def on_ring(n: int, half: int) -> Callable[[int, int], bool]:
    """Return whether a rewired tie is too near: one citizen, or at most half apart on the ring."""

    def too_near(a: int, b: int) -> bool:
        apart = (a - b) % n
        return min(apart, n - apart) <= half

    return too_near


def at_home(rings: list[Ring]) -> Callable[[int, int], bool]:
    """Return whether a leaving tie is too near: both ends live in one community."""

    def home(i: int) -> int:
        return next(q for q, ring in enumerate(rings) if ring.first <= i < ring.first + ring.size)

    return lambda a, b: home(a) == home(b)


def exchange(ties: list[Tie], all_: int, too_near: Callable[[int, int], bool]) -> None:
    """Shuffle the far ends, then repair the ties that are too near."""
    count = len(ties)
    if count < 2:
        return
    for q in range(count - 1, 0, -1):
        other = ties[int(draws.uniform(draws.mix(all_ + q * draws.GOLD)) * (q + 1))]
        ties[q].far, other.far = other.far, ties[q].far
    for q, tie in enumerate(ties):
        for n in range(1, 41):
            if not too_near(tie.near, tie.far):
                break
            mixed = draws.mix(all_ ^ ((41 * q + n) * draws.GOLD & draws.MASK))
            other = ties[int(draws.uniform(mixed) * count)]
            if not too_near(tie.near, other.far) and not too_near(other.near, tie.far):
                tie.far, other.far = other.far, tie.far
