"""The citizens' week, compiled: one pass a community at a time.

`reference.py` states the same rule in numpy; a test holds the two equal. The parallel form differs from the serial one
only in who runs a community, so that results do not depend on threads.

What costs time is memory and mispredicted branches, and few take part in most weeks. So those who took part tell their
contacts (ties are mutual) instead of everybody asking eight; draws are made only for those whose concern has a site in
their community, gathered first without a branch; and a community without participants or sites does neither.
"""

from __future__ import annotations

import os
import threading
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from simulation.citizens.network import COMPLETE, GRAPH, TABLE
from simulation.citizens.population import Population
from simulation.compiled import kernel
from simulation.randomness import GOLDEN, mix1, uniform1

LOGIT, THRESHOLD, NOBODY = 0, 1, 2
RULES = {"logit": LOGIT, "threshold": THRESHOLD, "none": NOBODY}
STRETCHES = 8  # a thread: a slow one leaves work to the others
_ONE_AT_A_TIME = threading.Lock()
_alone = False  # in a forked child: numba's threads stayed with the parent


def _after_fork() -> None:
    global _alone
    _alone = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _Room(NamedTuple):
    """Space to work in, made once for many communities."""

    social: NDArray[np.float64]
    around: NDArray[np.int32]
    found: NDArray[np.int64]
    taking: NDArray[np.int64]  # a domain
    share: NDArray[np.float64]  # of contacts, by their number


@kernel
def _room(contacts: Any, domains: int, first: int, last: int) -> Any:
    most, known = 0, 0
    for k in range(first, last):
        outsiders = contacts.outside_start[k + 1] - contacts.outside_start[k]
        most = max(most, contacts.first[k + 1] - contacts.first[k] + outsiders)
        known = max(known, contacts.degree[k])
    return _Room(
        np.empty(most),
        np.empty(most, np.int32),
        np.empty(most + 1, np.int64),
        np.empty(domains, np.int64),
        np.empty(known + 1),
    )


@kernel
def _those(flags: Any, found: Any) -> int:
    """Write the positions of all set flags into ``found`` (one longer than ``flags``); return how many there are."""
    count = 0
    for i in range(len(flags)):
        found[count] = i
        count += np.int64(flags[i])
    return count


@kernel(inline="always")
def _look(contacts: Any, seen: Any, k: int, room: Any) -> None:
    """Write the share of each citizen's contacts who took part last week into ``social`` (0 without contacts)."""
    first, base, social = contacts.first[k], contacts.base[k], room.social
    n = contacts.first[k + 1] - first
    if contacts.kind == TABLE:
        degree, start = contacts.degree[k], contacts.outside_start[k]
        outsiders = contacts.outside_start[k + 1] - start
        here = seen[base : base + n + outsiders]
        taking, around, share = room.found, room.around, room.share
        around[: n + outsiders] = 0
        told = _those(here[:n], taking)
        for at in range(told):
            for slot in range(degree):
                around[contacts.table[first + taking[at], slot]] += 1
        for m in range(outsiders):
            if here[n + m]:
                told += 1
                around[contacts.viewer[start + m]] += 1
        if told == 0 or degree == 0:
            social[:n] = 0.0
        else:
            for count in range(degree + 1):
                share[count] = count / degree
            for i in range(n):
                social[i] = share[around[i]]
    elif contacts.kind == GRAPH:
        for i in range(n):
            count = 0
            begin, end = contacts.indptr[first + i], contacts.indptr[first + i + 1]
            for at in range(begin, end):
                count += np.int64(seen[contacts.neighbour[at]])
            social[i] = count / (end - begin) if end > begin else 0.0
    elif contacts.kind == COMPLETE:
        here = seen[base : base + n]
        together = 0
        for i in range(n):
            together += np.int64(here[i])
        for i in range(n):
            social[i] = (together - np.int64(here[i])) / (n - 1) if n > 1 else 0.0


@kernel
def _total(values: Any) -> float:
    """Return the sum, in four interleaved parts: additions need not wait for each other, and the order is fixed."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    n = len(values)
    for at in range(n // 4):
        i = 4 * at
        a += np.float64(values[i])
        b += np.float64(values[i + 1])
        c += np.float64(values[i + 2])
        d += np.float64(values[i + 3])
    for i in range(n - n % 4, n):
        a += np.float64(values[i])
    return (a + b) + (c + d)


@kernel
def _hear(told: float, spread: float, forget: float, social: Any, awareness: Any) -> None:
    """Let citizens hear of the reform, and forget."""
    for i in range(len(awareness)):
        aware = np.float64(awareness[i])
        aware += (told + spread * social[i]) * (1.0 - aware) - forget * aware
        awareness[i] = min(1.0, max(0.0, aware))


@kernel
def _concerned(concern: Any, covered: Any, found: Any) -> int:
    """Write the numbers of those whose concern has a site into ``found``, without a branch; return how many."""
    count = 0
    for i in range(len(concern)):
        found[count] = i
        count += np.int64(covered[concern[i]])
    return count


def _rule(
    p: Any, g: Any, s: Any, contacts: Any, people: Any, rule: int, week: int, k: int, sums: Any, room: Any
) -> None:
    """Let one community's citizens look at their contacts, hear of the reform, and decide."""
    q = p[0]
    first, last = contacts.first[k], contacts.first[k + 1]
    n, c, base = last - first, g.community_city[k], contacts.base[k]
    trust, awareness = people.trust[first:last], people.awareness[first:last]
    taken = people.seen_next[base : base + n]
    social, found, taking = room.social, room.found, room.taking
    _look(contacts, people.seen, k, room)
    told = q.inform * s.level[c, 2] * q.breadth + q.contact * q.coverage * s.level[c, 0]
    _hear(told, q.spread, q.forget, social, awareness)

    domains = s.covered.shape[1]
    sites = 0
    for d in range(domains):
        taking[d] = 0
        sites += s.covered[k, d]
    taken[:] = 0
    if sites > 0 and rule != NOBODY:
        concern, salience = people.concern[first:last], people.salience[first:last]
        count = _concerned(concern, s.covered[k], found)
        joined = 0
        if rule == LOGIT:
            place = q.b0 + q.b_platform * g.platforms[k] * s.level[c, 4]
            chance = s.gate[c, 4]
            b_salience, b_social, b_trust = q.b_salience, q.b_social, q.b_trust
            key = mix1(people.keys[k] + GOLDEN * np.uint64(week + 1))
            for at in range(count):
                i = found[at]
                u = (
                    place
                    + b_salience * np.float64(salience[i]) * np.float64(awareness[i])
                    + b_social * social[i]
                    + b_trust * np.float64(trust[i])
                )
                draw = uniform1(mix1(key + GOLDEN * np.uint64(i + 1)))
                # draw < chance·logistic(u); certain misses are told apart without the exponential
                found[joined] = i
                joined += np.int64(draw < chance and draw * (1.0 + np.exp(-u)) < chance)
        else:
            for at in range(count):
                i = found[at]
                found[joined] = i
                joined += np.int64(social[i] >= people.threshold[first + i])
        for at in range(joined):
            i = found[at]
            d = concern[i]
            believed = np.float64(trust[i])
            trust[i] = believed + q.trust_learn * (min(1.0, 1.3 * s.seen[k, d]) - believed)
            taken[i] = 1
            taking[d] += 1

    everyone = 0
    for d in range(domains):
        everyone += taking[d]
        s.participation[k, d] = taking[d] / people.concerned[k, d] if people.concerned[k, d] > 0 else 0.0
    sums[k, 0] = everyone
    sums[k, 1] = _total(trust)
    sums[k, 2] = _total(awareness)


# In a parallel loop the rule must stay behind a call of its own: inlined there, numba 0.68 mixes up the communities'
# buffers (a test compares threads). In the serial loop it is inlined, because handing over the arrays costs time.
_community = kernel(_rule, inline="always")


@kernel
def _outsiders(contacts: Any, people: Any, k: int) -> None:
    start = contacts.outside_start[k]
    first = contacts.base[k] + contacts.first[k + 1] - contacts.first[k]
    for m in range(start, contacts.outside_start[k + 1]):
        people.seen_next[first + m - start] = people.seen_next[contacts.outside[m]]


@kernel
def _stretch(
    p: Any, g: Any, s: Any, contacts: Any, people: Any, rule: int, week: int, sums: Any, first: int, last: int
) -> None:
    room = _room(contacts, s.covered.shape[1], first, last)
    for k in range(first, last):
        _community(p, g, s, contacts, people, rule, week, k, sums, room)


@kernel
def _outsiders_of(contacts: Any, people: Any, first: int, last: int) -> None:
    for k in range(first, last):
        _outsiders(contacts, people, k)


@kernel
def week_serial(p: Any, g: Any, s: Any, contacts: Any, people: Any, rule: int, week: int, sums: Any) -> None:
    """Run the citizens' week in this thread."""
    _stretch(p, g, s, contacts, people, rule, week, sums, 0, len(people.keys))
    _outsiders_of(contacts, people, 0, len(people.keys))
    city_means(g, s, contacts, sums)


@kernel(parallel=True)
def week_parallel(
    p: Any, g: Any, s: Any, contacts: Any, people: Any, rule: int, week: int, sums: Any, cuts: Any
) -> None:
    """Run the citizens' week in numba's threads, a stretch of communities each; they share no rows."""
    for part in numba.prange(len(cuts) - 1):
        _stretch(p, g, s, contacts, people, rule, week, sums, cuts[part], cuts[part + 1])
    for part in numba.prange(len(cuts) - 1):
        _outsiders_of(contacts, people, cuts[part], cuts[part + 1])
    city_means(g, s, contacts, sums)


@kernel
def city_means(g: Any, s: Any, contacts: Any, sums: Any) -> None:
    """Turn the communities' sums into each city's share of participants, mean trust and mean awareness."""
    people = np.zeros(len(s.S))
    s.took_part[:] = 0.0
    s.trust[:] = 0.0
    s.awareness[:] = 0.0
    for k in range(len(g.community_city)):
        c = g.community_city[k]
        people[c] += contacts.first[k + 1] - contacts.first[k]
        s.took_part[c] += sums[k, 0]
        s.trust[c] += sums[k, 1]
        s.awareness[c] += sums[k, 2]
    for c in range(len(people)):
        if people[c] > 0:
            s.took_part[c] /= people[c]
            s.trust[c] /= people[c]
            s.awareness[c] /= people[c]


def stretches(population: Population, number: int) -> NDArray[np.int64]:
    """Return the bounds of stretches of communities with about equally many citizens, one or a few a thread."""
    first = population.contacts.first
    wanted = np.linspace(0, first[-1], number + 1)
    return np.unique(np.searchsorted(first, wanted)).astype(np.int64)


def run_week(p: Any, g: Any, s: Any, population: Population, rule: str, week: int, *, threads: int = 1) -> None:
    """Let all citizens look, decide and learn, once.

    Parameters
    ----------
    p, g, s
        Parameters, ground and state of the run; participation and the cities' means are written into the state.
    population : Population
        Its columns change in place.
    rule : {"logit", "threshold", "none"}
        How a citizen decides.
    week : int
        The week, for the draws.
    threads : int
        More than one: several communities at a time (same result).
    """
    columns, sums = population.columns(), population.sums
    if threads > 1 and not _alone:
        cuts = stretches(population, STRETCHES * threads)
        with _ONE_AT_A_TIME:  # numba's thread pool may not be entered by two threads at once
            before = numba.get_num_threads()
            numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
            try:
                week_parallel(p, g, s, population.contacts, columns, RULES[rule], week, sums, cuts)
            finally:
                numba.set_num_threads(before)
    else:
        week_serial(p, g, s, population.contacts, columns, RULES[rule], week, sums)
    population.turn()
