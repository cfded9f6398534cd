"""The citizens' week, compiled: one pass a community at a time.

`reference.py` states the same rule in numpy; a test holds the two equal. The parallel form differs from the serial one
only in who runs a community, so that results do not depend on threads.
"""

from __future__ import annotations

import threading
from typing import Any

import numba
import numpy as np

from simulation.citizens.network import GRAPH, TABLE
from simulation.citizens.population import Population
from simulation.compiled import kernel
from simulation.randomness import GOLDEN, mix1, uniform1

LOGIT, THRESHOLD, NOBODY = 0, 1, 2
_ONE_AT_A_TIME = threading.Lock()
RULES = {"logit": LOGIT, "threshold": THRESHOLD, "none": NOBODY}


@kernel(inline="always")
def _look(contacts: Any, seen: Any, k: int, social: Any) -> None:
    """Write the share of each citizen's contacts who took part last week into ``social`` (0 without contacts)."""
    first, n = contacts.first[k], len(social)
    base = np.uint64(contacts.base[k])  # unsigned positions spare the check for negative ones
    if contacts.kind == TABLE:
        degree = contacts.degree[k]
        table = contacts.table[first : first + n]
        if degree == 8:
            for i in range(n):
                count = 0
                for slot in range(8):
                    count += seen[base + table[i, slot]]
                social[i] = count * 0.125
        else:
            for i in range(n):
                count = 0
                for slot in range(degree):
                    count += seen[base + table[i, slot]]
                social[i] = count / degree if degree > 0 else 0.0
    elif contacts.kind == GRAPH:
        for i in range(n):
            count = 0
            start, stop = contacts.indptr[first + i], contacts.indptr[first + i + 1]
            for at in range(start, stop):
                count += seen[contacts.neighbour[at]]
            social[i] = count / (stop - start) if stop > start else 0.0
    else:
        together = 0
        for i in range(n):
            together += seen[base + np.uint64(i)]
        for i in range(n):
            social[i] = (together - seen[base + np.uint64(i)]) / (n - 1) if n > 1 else 0.0


def _rule(p: Any, g: Any, s: Any, contacts: Any, people: Any, rule: int, week: int, k: int, sums: Any) -> None:
    """Let one community's citizens look at their contacts, hear of the reform, and decide."""
    q = p[0]
    first, last = contacts.first[k], contacts.first[k + 1]
    n, c, base = last - first, g.community_city[k], contacts.base[k]
    social = np.empty(n)
    _look(contacts, people.seen, k, social)

    told = q.inform * s.level[c, 2] * q.breadth + q.contact * q.coverage * s.level[c, 0]
    spread, forget = q.spread, q.forget
    awareness = people.awareness[first:last]
    for i in range(n):
        aware = np.float64(awareness[i])
        aware += (told + spread * social[i]) * (1.0 - aware) - forget * aware
        awareness[i] = min(1.0, max(0.0, aware))

    place = q.b0 + q.b_platform * g.platforms[k] * s.level[c, 4]
    chance = s.gate[c, 4]
    b_salience, b_social, b_trust = q.b_salience, q.b_social, q.b_trust
    key = mix1(people.keys[k] + GOLDEN * np.uint64(week + 1))
    domains = s.covered.shape[1]
    taking = np.zeros(domains, np.int64)
    concern, salience, trust = (
        people.concern[first:last],
        people.salience[first:last],
        people.trust[first:last],
    )
    taken = people.seen_next[base : base + n]
    for i in range(n):
        d = concern[i]
        took = False
        if s.covered[k, d]:
            if rule == LOGIT:
                u = (
                    place
                    + b_salience * np.float64(salience[i]) * np.float64(awareness[i])
                    + b_social * social[i]
                    + b_trust * np.float64(trust[i])
                )
                draw = uniform1(mix1(key + GOLDEN * np.uint64(i + 1)))
                # draw < chance·logistic(u); certain misses are told apart without the exponential
                took = draw < chance and draw * (1.0 + np.exp(-u)) < chance
            elif rule == THRESHOLD:
                took = social[i] >= people.threshold[first + i]
        taken[i] = took
        if took:
            believed = np.float64(trust[i])
            trust[i] = believed + q.trust_learn * (min(1.0, 1.3 * s.seen[k, d]) - believed)
            taking[d] += 1

    everyone = 0
    for d in range(domains):
        everyone += taking[d]
        s.participation[k, d] = taking[d] / people.concerned[k, d] if people.concerned[k, d] > 0 else 0.0
    sum_trust, sum_awareness = 0.0, 0.0
    for i in range(n):
        sum_trust += trust[i]
        sum_awareness += awareness[i]
    sums[k, 0] = everyone
    sums[k, 1] = sum_trust
    sums[k, 2] = sum_awareness


# In the parallel loop the rule stays a call of its own: inlined there, numba 0.68 mixes up the communities' buffers (a
# test compares threads). In the serial loop it is inlined, because handing over the arrays costs as much as the work.
_community = kernel(_rule)
_community_here = kernel(_rule, inline="always")


@kernel
def _outsiders(contacts: Any, people: Any, k: int) -> None:
    start = contacts.outside_start[k]
    first = contacts.base[k] + contacts.first[k + 1] - contacts.first[k]
    for m in range(start, contacts.outside_start[k + 1]):
        people.seen_next[first + m - start] = people.seen_next[contacts.outside[m]]


@kernel
def week_serial(p: Any, g: Any, s: Any, contacts: Any, people: Any, rule: int, week: int, sums: Any) -> None:
    """Run the citizens' week in this thread."""
    for k in range(len(people.keys)):
        _community_here(p, g, s, contacts, people, rule, week, k, sums)
    for k in range(len(people.keys)):
        _outsiders(contacts, people, k)
    city_means(g, s, contacts, sums)


@kernel(parallel=True)
def week_parallel(p: Any, g: Any, s: Any, contacts: Any, people: Any, rule: int, week: int, sums: Any) -> None:
    """Run the citizens' week in all of numba's threads; communities do not touch each other's rows."""
    for k in numba.prange(len(people.keys)):
        _community(p, g, s, contacts, people, rule, week, k, sums)
    for k in numba.prange(len(people.keys)):
        _outsiders(contacts, people, k)
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
    if threads > 1:
        with _ONE_AT_A_TIME:  # numba's thread pool may not be entered by two threads at once
            week_parallel(p, g, s, population.contacts, columns, RULES[rule], week, sums)
    else:
        week_serial(p, g, s, population.contacts, columns, RULES[rule], week, sums)
    population.turn()
