"""The network of contacts: a small world inside each community, with a few ties to other communities of the county.

Ties are mutual and everybody keeps the same number of contacts. The network starts as a ring on which each citizen
knows the ``contacts`` nearest; then some ties exchange their far ends at random, within the community (`rewire`) or
with another community of the county (`across`). Exchanging ends is degree-preserving, so contacts fit a fixed-width
table: the small world of Watts & Strogatz (1998), rewired as by Maslov & Sneppen (2002). In a community too small for
the ring everyone knows everyone.

Contacts are stored as positions in the community's own stretch of the array ``seen`` (who took part last week): first
its n citizens, then the outsiders whom a citizen of the community knows.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compute.kernel import kernel
from simulation.compute.randomness import GOLDEN, mix1, uniform1

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Bits = NDArray[np.uint8]
TABLE, GRAPH, COMPLETE = 0, 1, 2
TRIES = 40  # literal: attempts to find a tie an allowed far end; a tie that finds none keeps what it has


class Contacts(NamedTuple):
    """The network in the form that the week reads.

    ``first[k]`` is the first citizen of community k, ``base[k]`` the start of its stretch of ``seen``. With `TABLE`
    row i of ``table`` holds citizen i's contacts, ``degree[k]`` of them; with `GRAPH` they are
    ``neighbour[indptr[i]:indptr[i + 1]]``, positions in all of ``seen``; with `COMPLETE` everybody in the community.
    Ties of a table are mutual, so that those who took part can tell their contacts, instead of everybody asking all
    contacts.
    """

    kind: int
    first: NDArray[np.int64]  # [k + 1]
    base: NDArray[np.int64]  # [k + 1]
    degree: NDArray[np.int64]  # [k]
    table: NDArray[Any]  # [i, contacts] uint16 or uint32
    outside: NDArray[np.int64]  # position in seen of each outsider, communities in order
    outside_start: NDArray[np.int64]  # [k + 1]
    viewer: NDArray[np.int64]  # number in the community of the one citizen who knows each outsider
    indptr: NDArray[np.int64]
    neighbour: NDArray[np.int64]


@kernel
def _ring(first: Ints, degree: Ints, table: NDArray[Any], width: int) -> None:
    half = width // 2
    for k in range(len(degree)):
        n = first[k + 1] - first[k]
        for i in range(n):
            row = first[k] + i
            if n <= width + 1:
                for slot in range(n - 1):
                    table[row, slot] = slot if slot < i else slot + 1
            else:
                for f in range(half):
                    table[row, f] = (i + f + 1) % n
                    table[row, half + f] = (i - f - 1) % n


@kernel
def _choose_ties(keys: Keys, first: Ints, width: int, rewire: float, across: float, choice: Bits) -> None:
    half = width // 2
    for k in range(len(keys)):
        n = first[k + 1] - first[k]
        if n <= width + 1:
            continue
        for i in range(n):
            for f in range(half):
                draw = uniform1(mix1(keys[k] + GOLDEN * np.uint64(i * half + f + 1)))
                if draw < across:
                    choice[(first[k] + i) * half + f] = 2
                elif draw < across + rewire:
                    choice[(first[k] + i) * half + f] = 1


@kernel
def _exchange_within(keys: Keys, first: Ints, choice: Bits, table: NDArray[Any], width: int, everyone: Ints) -> None:
    half = width // 2
    for k in range(len(keys)):
        n = first[k + 1] - first[k]
        count = 0
        for t in range(first[k] * half, first[k + 1] * half):
            count += choice[t] == 1
        if count < 2:
            continue
        tie = np.empty(count, np.int64)
        near = np.empty(count, np.int64)
        far = np.empty(count, np.int64)
        at = 0
        for t in range(first[k] * half, first[k + 1] * half):
            if choice[t] == 1:
                i = t // half - first[k]
                tie[at] = t
                near[at] = i
                far[at] = ((i + t % half + 1) % n) * half + t % half
                at += 1
        _pair_up(mix1(keys[k] ^ GOLDEN), near, far, half, everyone, n)
        for e in range(count):
            i, j, f = near[e], far[e] // half, far[e] % half
            table[first[k] + i, tie[e] % half] = j
            table[first[k] + j, half + f] = i


@kernel(inline="always")
def _too_near(near: int, far: int, home: Ints, half: int, ring: int) -> bool:
    if home[near] == home[far]:
        return True
    gap = abs(near - far)
    return min(gap, ring - gap) <= half if ring > 0 else False


@kernel
def _pair_up(key: np.uint64, near: Ints, far: Ints, half: int, home: Ints, ring: int) -> None:
    """Shuffle far ends (citizen·half + slot) among ties.

    Ties within one home are avoided, and on a ring of ``ring`` citizens ties between neighbours, who know each other
    already; a few may stay so.
    """
    m = len(far)
    for e in range(m - 1, 0, -1):
        other = int(uniform1(mix1(key + GOLDEN * np.uint64(e))) * (e + 1))
        far[e], far[other] = far[other], far[e]
    for e in range(m):
        tries = 0
        while _too_near(near[e], far[e] // half, home, half, ring) and tries < TRIES:
            tries += 1
            other = int(uniform1(mix1(key ^ (GOLDEN * np.uint64((TRIES + 1) * e + tries)))) * m)
            here = _too_near(near[e], far[other] // half, home, half, ring)
            there = _too_near(near[other], far[e] // half, home, half, ring)
            if not here and not there:
                far[e], far[other] = far[other], far[e]


@kernel
def _exchange_across(keys: Keys, county: Ints, first: Ints, choice: Bits, width: int, home: Ints, out: Ints) -> int:
    """Write the ties that leave a community into ``out``, rows (near citizen, slot, far citizen, slot)."""
    half = width // 2
    written, k = 0, 0
    while k < len(county):
        last = k
        while last < len(county) and county[last] == county[k]:
            last += 1
        count = 0
        for t in range(first[k] * half, first[last] * half):
            count += choice[t] == 2
        tie = np.empty(count, np.int64)
        near = np.empty(count, np.int64)
        far = np.empty(count, np.int64)
        at = 0
        for community in range(k, last):
            n = first[community + 1] - first[community]
            for t in range(first[community] * half, first[community + 1] * half):
                if choice[t] == 2:
                    i = t // half - first[community]
                    tie[at] = t
                    near[at] = t // half
                    far[at] = (first[community] + (i + t % half + 1) % n) * half + t % half
                    at += 1
        if last - k > 1 and count > 1:
            _pair_up(mix1(keys[k] ^ (GOLDEN + np.uint64(1))), near, far, half, home, 0)
        for e in range(count):
            out[written, 0] = near[e]
            out[written, 1] = tie[e] % half
            out[written, 2] = far[e] // half
            out[written, 3] = half + far[e] % half  # literal: the fourth of four columns
            written += 1
        k = last
    return written


def small_world(
    keys: NDArray[np.uint64],
    county: NDArray[np.int64],
    sizes: NDArray[np.int64],
    *,
    contacts: int,
    rewire: float,
    across: float,
) -> Contacts:
    """Build the network of all communities.

    Parameters
    ----------
    keys : array of uint64, shape (communities,)
        One key per community. Its ties depend on this key alone; ties that leave it depend on its county's key as well.
    county : array of int
        The county of each community, in ascending order.
    sizes : array of int
        Citizens in each community.
    contacts : int
        Contacts of each citizen, even.
    rewire, across : float
        Shares of ties that exchange their far end inside the community, and with another one of the county.
    """
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    total, half = int(first[-1]), contacts // 2
    degree = np.minimum(sizes - 1, contacts)
    wide = np.uint16 if len(sizes) and sizes.max() < 60_000 else np.uint32
    table = np.zeros((total, contacts), wide)
    _ring(first, degree, table, contacts)

    choice = np.zeros(total * half, np.uint8)
    _choose_ties(keys, first, contacts, rewire, across, choice)
    _exchange_within(keys, first, choice, table, contacts, np.arange(int(sizes.max(initial=0))))
    crossing = np.empty((int((choice == 2).sum()), 4), np.int64)
    home = np.repeat(np.arange(len(sizes)), sizes)
    _exchange_across(keys, county, first, choice, contacts, home, crossing)

    leaving = home[crossing[:, 0]] != home[crossing[:, 2]]
    staying = crossing[~leaving]
    table[staying[:, 0], staying[:, 1]] = staying[:, 2] - first[home[staying[:, 2]]]
    table[staying[:, 2], staying[:, 3]] = staying[:, 0] - first[home[staying[:, 0]]]

    crossing = crossing[leaving]
    viewer = np.concatenate([crossing[:, 0], crossing[:, 2]])
    slot = np.concatenate([crossing[:, 1], crossing[:, 3]])
    viewed = np.concatenate([crossing[:, 2], crossing[:, 0]])
    order = np.lexsort((slot, viewer))
    viewer, slot, viewed = viewer[order], slot[order], viewed[order]
    counts = np.bincount(home[viewer], minlength=len(sizes))
    outside_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    base = first + outside_start
    place = np.arange(len(viewer)) - outside_start[home[viewer]] + sizes[home[viewer]]
    table[viewer, slot] = place
    return Contacts(
        kind=TABLE,
        first=first,
        base=base,
        degree=degree.astype(np.int64),
        table=table,
        outside=(viewed + outside_start[home[viewed]]).astype(np.int64),
        outside_start=outside_start,
        viewer=viewer - first[home[viewer]],
        indptr=np.zeros(1, np.int64),
        neighbour=np.zeros(0, np.int64),
    )


def complete_mixing(sizes: NDArray[np.int64]) -> Contacts:
    """Let everybody see everybody else of the community."""
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return _bare(COMPLETE, first, np.zeros(1, np.int64), np.zeros(0, np.int64))


def given_graph(graph: Any, sizes: NDArray[np.int64]) -> Contacts:
    """Take contacts from a networkx graph whose nodes are the citizens' numbers 0 … n − 1.

    In a directed graph a citizen's contacts, whom he sees, are his successors.

    Raises
    ------
    ValueError
        When the nodes are not exactly these numbers, or a citizen is his own contact.
    """
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    total = int(first[-1])
    if set(graph.nodes) != set(range(total)):
        raise ValueError(f"the network's nodes must be the citizens' numbers 0 to {total - 1}")
    if any(graph.has_edge(i, i) for i in range(total)):
        raise ValueError("nobody can be his own contact: the network has a self-loop")
    neighbours = [sorted(graph.neighbors(i)) for i in range(total)]
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in neighbours])]).astype(np.int64)
    flat = np.fromiter((j for row in neighbours for j in row), np.int64, count=int(indptr[-1]))
    return _bare(GRAPH, first, indptr, flat)


def _bare(kind: int, first: NDArray[np.int64], indptr: NDArray[np.int64], neighbour: NDArray[np.int64]) -> Contacts:
    communities = len(first) - 1
    return Contacts(
        kind=kind,
        first=first,
        base=first.copy(),
        degree=np.zeros(communities, np.int64),
        table=np.zeros((0, 1), np.uint16),
        outside=np.zeros(0, np.int64),
        outside_start=np.zeros(communities + 1, np.int64),
        viewer=np.zeros(0, np.int64),
        indptr=indptr,
        neighbour=neighbour,
    )


def edges(contacts: Contacts) -> NDArray[np.int64]:
    """Return all ties as pairs of citizens' numbers, each once, shape (ties, 2)."""
    first, sizes = contacts.first, np.diff(contacts.first)
    home = np.repeat(np.arange(len(sizes)), sizes)
    if contacts.kind == GRAPH:
        one = np.repeat(np.arange(first[-1]), np.diff(contacts.indptr))
        other = contacts.neighbour
    elif contacts.kind == COMPLETE:
        one = np.repeat(np.arange(first[-1]), sizes[home])
        other = np.concatenate([np.tile(np.arange(a, b), b - a) for a, b in itertools.pairwise(first)])
    else:
        position = contacts.base[home][:, None] + contacts.table
        citizen_at = np.empty(int(contacts.base[-1]), np.int64)
        citizen_at[np.arange(first[-1]) + contacts.outside_start[home]] = np.arange(first[-1])
        outsiders = np.repeat(contacts.base[:-1] + sizes, np.diff(contacts.outside_start))
        within = np.arange(len(contacts.outside)) - np.repeat(
            contacts.outside_start[:-1], np.diff(contacts.outside_start)
        )
        citizen_at[outsiders + within] = citizen_at[contacts.outside]
        used = np.arange(contacts.table.shape[1])[None, :] < contacts.degree[home][:, None]
        one = np.repeat(np.arange(first[-1]), contacts.degree[home])
        other = citizen_at[position[used]]
    return np.asarray(np.stack([one, other], axis=1)[one < other], dtype=np.int64)


def contacts_of(contacts: Contacts, community: int, citizen: int) -> NDArray[np.int64]:
    """Return the numbers of the citizens whom one citizen knows."""
    if contacts.kind == GRAPH:
        return contacts.neighbour[contacts.indptr[citizen] : contacts.indptr[citizen + 1]]
    first, last = contacts.first[community], contacts.first[community + 1]
    if contacts.kind == COMPLETE:
        return np.delete(np.arange(first, last), citizen - first)
    local = contacts.table[citizen, : contacts.degree[community]].astype(np.int64)
    outsiders = (
        contacts.outside[np.maximum(local - (last - first), 0) + contacts.outside_start[community]]
        if (local >= last - first).any()
        else local
    )
    shift = contacts.base[:-1]
    home = np.searchsorted(shift, outsiders, side="right") - 1
    elsewhere = outsiders - shift[home] + contacts.first[home]
    return np.asarray(np.where(local < last - first, first + local, elsewhere), dtype=np.int64)
