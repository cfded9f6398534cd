"""The citizens' week, compiled: one pass per community.

`reference.py` states the same rule in numpy; a test holds the two equal. The parallel form differs from the serial one
only in the thread that runs a community, so results do not depend on threads.

Most of the time goes to memory and to mispredicted branches, and in most weeks few citizens take part. So those who
took part tell their contacts (ties are mutual), and nobody has to ask eight contacts. Draws are made only for citizens
whose concern has a site in their community; they are gathered first, without a branch. A community without participants
or sites does neither.
"""

from __future__ import annotations

import os
import threading
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from simulation.citizens import rules
from simulation.citizens.network import COMPLETE, GRAPH, TABLE, Contacts
from simulation.citizens.population import Columns, Population
from simulation.citizens.rules import LOGIT, RULES, THRESHOLD
from simulation.compute.kernel import kernel
from simulation.compute.randomness import GOLDEN, mix1, uniform1
from simulation.scenario.windows import LEVERAGE, PUBLICITY, TREND
from simulation.world.fixed import Flags, Floats, Ints, World
from simulation.world.parameters import Rows
from simulation.world.state import State

Bits = NDArray[np.uint8]
Index = np.uint64
MOST_THREADS: int = numba.get_num_threads()
STRETCHES = 8  # literal: per thread, so that a slow one leaves work to the others
PARTS = 4  # literal: parts into which a sum is divided, for the processor alone
ONE = np.uint64(1)
_ONE_AT_A_TIME = threading.Lock()
_alone = False  # in a forked child: numba's threads stayed with the parent


def _after_fork() -> None:
    global _alone
    _alone = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@kernel(inline="always")
def _those(flags: Bits, found: NDArray[np.uint64]) -> np.int64:
    """Write the positions of all set flags into ``found`` (one longer than ``flags``); return how many are set."""
    count = np.int64(0)
    for i in range(len(flags)):
        found[count] = i
        count += np.int64(flags[i])
    return count


@kernel(inline="always")
def _clear(values: NDArray[Any]) -> None:
    for i in range(len(values)):
        values[i] = 0


@kernel(inline="always")
def _told_by_contacts(
    table: NDArray[Any],
    a: Index,
    n: Index,
    slots: int,
    viewer: Ints,
    outsiders: Index,
    m: Index,
    seen: Bits,
    here: Index,
    found: NDArray[np.uint64],
    around: NDArray[np.int32],
    social: Floats,
) -> None:
    """Let those who took part tell their contacts; write the share of each citizen's contacts who did.

    The community's citizens are rows ``a`` to ``a + n`` of ``table``, with ``slots`` contacts each; in ``seen`` they
    stand from ``here`` on, followed by ``m`` outsiders, whom ``viewer`` from ``outsiders`` on know.
    """
    _clear(social[:n])
    taking = _those(seen[here : here + n], found)
    if slots == 0:
        return
    _clear(around[: n + m])
    for at in range(taking):
        for slot in range(slots):
            around[table[a + found[at], slot]] += 1
    for i in range(m):
        if seen[here + n + i]:
            taking += 1
            around[viewer[outsiders + i]] += 1
    if taking > 0:
        for i in range(n):
            social[i] = around[i] / slots


@kernel(inline="always")
def _asked_of_contacts(indptr: Ints, neighbour: Ints, a: Index, n: Index, seen: Bits, social: Floats) -> None:
    """Write the share of each citizen's neighbours in a given graph who took part (0 without neighbours)."""
    for i in range(n):
        count, begin, end = np.int64(0), indptr[a + i], indptr[a + i + ONE]
        for at in range(begin, end):
            count += np.int64(seen[neighbour[at]])
        social[i] = count / (end - begin) if end > begin else 0.0


@kernel(inline="always")
def _seen_by_all(n: Index, seen: Bits, here: Index, social: Floats) -> None:
    """Write the share of everybody else in the community who took part (0 when alone)."""
    together = np.int64(0)
    for i in range(n):
        together += np.int64(seen[here + i])
    for i in range(n):
        social[i] = (together - np.int64(seen[here + i])) / (np.int64(n) - 1) if n > ONE else 0.0


@kernel(inline="always")
def _total(values: NDArray[np.float32]) -> float:
    """Return the sum, in four interleaved parts: additions need not wait for each other, and the order is fixed."""
    w, x, y, z = 0.0, 0.0, 0.0, 0.0
    n = len(values)
    for at in range(n // PARTS):
        i = PARTS * at
        w += np.float64(values[i])
        x += np.float64(values[i + 1])
        y += np.float64(values[i + 2])
        z += np.float64(values[i + 2 + 1])
    for i in range(n - n % PARTS, n):
        w += np.float64(values[i])
    return (w + x) + (y + z)


@kernel(inline="always")
def _hear(told: float, spread: float, forget: float, social: Floats, awareness: NDArray[np.float32]) -> None:
    """Let citizens hear of the reform, and forget."""
    for i in range(len(awareness)):
        aware = np.float64(awareness[i])
        aware += (told + spread * social[i]) * (1.0 - aware) - forget * aware
        awareness[i] = min(1.0, max(0.0, aware))


@kernel(inline="always")
def _concerned(concern: NDArray[Any], covered: Flags, found: NDArray[np.uint64]) -> np.int64:
    """Write the numbers of those whose concern has a site into ``found``, without a branch; return how many."""
    count = np.int64(0)
    for i in range(len(concern)):
        found[count] = i
        count += np.int64(covered[concern[i]])
    return count


@kernel
def _stretch(
    rows: Rows,
    g: World,
    s: State,
    contacts: Contacts,
    people: Columns,
    rule: int,
    week: int,
    sums: Floats,
    begin: int,
    end: int,
) -> None:
    """Let the citizens of a stretch of communities look at their contacts, hear of the reform, and decide.

    Every array is taken out of its tuple before the loop, and a slice is made where it is used and nowhere kept:
    counting references costs as much as the work. A community's citizens are ``a`` to ``a + n``. Positions are
    unsigned, because compiled code asks of every signed one whether it counts from the end.
    """
    level, gate, covered, effect_seen, participation = s.level, s.gate, s.covered, s.seen, s.participation
    community_city, platforms = g.community_city, s.platforms
    county, unit_row = g.community_county, s.unit_row
    kind, first, base, start = contacts.kind, contacts.first, contacts.base, contacts.outside_start
    degree, table, viewer = contacts.degree, contacts.table, contacts.viewer
    indptr, neighbour = contacts.indptr, contacts.neighbour
    keys, concern, salience = people.keys, people.concern, people.salience
    trust, awareness, threshold = people.trust, people.awareness, people.threshold
    seen, seen_next, concerned = people.seen, people.seen_next, people.concerned
    domains = covered.shape[1]

    most = 0
    for k in range(begin, end):
        most = max(most, base[k + 1] - base[k])
    found, around, social = np.empty(most + 1, np.uint64), np.empty(most, np.int32), np.empty(most)
    taking = np.empty(domains, np.int64)

    for k in range(begin, end):
        a, here, c = np.uint64(first[k]), np.uint64(base[k]), community_city[k]
        n = np.uint64(first[k + 1]) - a
        p = rows[unit_row[county[k]]]

        if kind == TABLE:
            outsiders = np.uint64(start[k])
            m = np.uint64(start[k + 1]) - outsiders
            _told_by_contacts(table, a, n, degree[k], viewer, outsiders, m, seen, here, found, around, social)
        elif kind == GRAPH:
            _asked_of_contacts(indptr, neighbour, a, n, seen, social)
        elif kind == COMPLETE:
            _seen_by_all(n, seen, here, social)
        reach = p.citizens.contact * p.citizens.coverage
        told = p.citizens.inform * level[c, PUBLICITY] * p.scouting.breadth + reach * level[c, TREND]
        _hear(told, p.citizens.spread, p.citizens.forget, social[:n], awareness[a : a + n])

        sites = np.int64(0)
        for d in range(domains):
            taking[d] = 0
            sites += np.int64(covered[k, d])
        _clear(seen_next[here : here + n])
        joined = np.int64(0)
        if sites > 0 and rule == LOGIT:
            count = _concerned(concern[a : a + n], covered[k], found)
            place = rules.pull(p, platforms[k], level[c, LEVERAGE])
            open_to = gate[c, LEVERAGE]
            key = mix1(keys[k] + GOLDEN * np.uint64(week + 1))
            for at in range(count):
                i = found[at]
                eager, aware, trusts = (
                    np.float64(salience[a + i]),
                    np.float64(awareness[a + i]),
                    np.float64(trust[a + i]),
                )
                u = rules.utility(p, place, eager, aware, social[i], trusts)
                found[joined] = i
                joined += np.int64(rules.takes_part(uniform1(mix1(key + GOLDEN * (i + ONE))), open_to, u))
        elif sites > 0 and rule == THRESHOLD:
            count = _concerned(concern[a : a + n], covered[k], found)
            for at in range(count):
                i = found[at]
                found[joined] = i
                joined += np.int64(rules.reaches(social[i], threshold[a + i]))
        for at in range(joined):
            i = found[at]
            d = concern[a + i]
            trust[a + i] = rules.learnt(p, np.float64(trust[a + i]), effect_seen[k, d])
            seen_next[here + i] = 1
            taking[d] += 1
        for d in range(domains):
            participation[k, d] = taking[d] / concerned[k, d] if concerned[k, d] > 0 else 0.0
        sums[k, 0] = joined
        sums[k, 1] = _total(trust[a : a + n])
        sums[k, 2] = _total(awareness[a : a + n])


@kernel
def _show_outsiders(contacts: Contacts, people: Columns, begin: int, end: int) -> None:
    """Let communities see which of their citizens' contacts elsewhere took part."""
    first, base, start, outside = contacts.first, contacts.base, contacts.outside_start, contacts.outside
    seen_next = people.seen_next
    for k in range(begin, end):
        place = base[k] + first[k + 1] - first[k] - start[k]
        for m in range(start[k], start[k + 1]):
            seen_next[place + m] = seen_next[outside[m]]


@kernel
def week_serial(
    rows: Rows, g: World, s: State, contacts: Contacts, people: Columns, rule: int, week: int, sums: Floats
) -> None:
    """Run the citizens' week in this thread."""
    _stretch(rows, g, s, contacts, people, rule, week, sums, 0, len(people.keys))
    _show_outsiders(contacts, people, 0, len(people.keys))
    city_means(g, s, contacts, sums)


@kernel(parallel=True)
def week_parallel(
    rows: Rows,
    g: World,
    s: State,
    contacts: Contacts,
    people: Columns,
    rule: int,
    week: int,
    sums: Floats,
    cuts: Ints,
) -> None:
    """Run the citizens' week in numba's threads, a stretch of communities each; they share no citizens."""
    for part in numba.prange(len(cuts) - 1):
        _stretch(rows, g, s, contacts, people, rule, week, sums, cuts[part], cuts[part + 1])
    for part in numba.prange(len(cuts) - 1):
        _show_outsiders(contacts, people, cuts[part], cuts[part + 1])
    city_means(g, s, contacts, sums)


@kernel
def city_means(g: World, s: State, contacts: Contacts, sums: Floats) -> None:
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
    """Return the bounds of stretches of communities with about equally many citizens, one or a few per thread."""
    first = population.contacts.first
    wanted = np.linspace(0, first[-1], number + 1)
    return np.unique(np.searchsorted(first, wanted)).astype(np.int64)


def run_week(rows: Rows, g: World, s: State, population: Population, rule: str, week: int, *, threads: int = 1) -> None:
    """Let all citizens look, decide and learn, once.

    Parameters
    ----------
    rows, g, s
        Rows of parameters, world and state of the run; participation and the cities' means are written into the state.
    population : Population
        Its columns change in place.
    rule : {"logit", "threshold", "none"}
        How a citizen decides.
    week : int
        The week, for the draws.
    threads : int
        More than one: several communities run at a time (with the same result).
    """
    columns, sums = population.columns(), population.sums
    if threads > 1 and not _alone:
        cuts = stretches(population, STRETCHES * threads)
        with _ONE_AT_A_TIME:  # numba's thread pool may not be entered by two threads at once
            before = numba.get_num_threads()
            numba.set_num_threads(min(threads, MOST_THREADS))
            try:
                week_parallel(rows, g, s, population.contacts, columns, RULES[rule], week, sums, cuts)
            finally:
                numba.set_num_threads(before)
    else:
        week_serial(rows, g, s, population.contacts, columns, RULES[rule], week, sums)
    population.turn()
