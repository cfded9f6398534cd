"""The agenda: how many of its problems a city takes on, and how far its leading group's attention then reaches.

An instruction names one point. Whether a city stops there is its leading group's choice: the credit and the relief that
further domains bring, as far as the signal lends it authority, against the attention that they need.
"""

from __future__ import annotations

import numpy as np

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import ADOPTION
from simulation.scenario.windows import AUTHORITY, PUBLICITY
from simulation.world.fixed import Flags, Floats, World
from simulation.world.forms import let_through, wording_of
from simulation.world.parameters import Parameters, Rows
from simulation.world.state import NEVER, State
from simulation.world.windows import working


@kernel(inline="always")
def divided(p: Parameters, needed: float, span: float) -> float:
    """Return the share of its authority that a group can give each domain, by the attention needed and the span.

    1/(1 + (needed/span)²), or min(1, span/needed) where attention is kinked; 1 for an infinite span, 0 for none.
    """
    if np.isinf(span) or needed <= 0.0:
        return 1.0
    if span <= 0.0:
        return 0.0
    if p.agenda.kinked > 0.0:
        return min(1.0, span / needed)
    return 1.0 / (1.0 + (needed / span) ** 2)


@kernel
def attention_needed(p: Parameters, g: World, s: State, c: int, d: int) -> float:
    """Return the attention that a domain needs, 1 − save·r̄: r̄ is the mean routine over the executors that have it."""
    total, number = 0.0, 0
    for x in range(g.unit_executor[g.city_unit[c]], g.unit_executor[g.city_unit[c + 1]]):
        if s.mode[x, d] >= 0:
            total += s.routine[x, d]
            number += 1
    return 1.0 - p.agenda.save * total / number if number > 0 else 1.0


@kernel
def intensity(p: Parameters, s: State, c: int, week: int) -> float:
    """Return the intensity of a city's leading group, 0 outside its window."""
    return p.activity.intensity[AUTHORITY] if working(p, s.origin[c], s.opened[c, AUTHORITY], AUTHORITY, week) else 0.0


@kernel
def span_of(p: Parameters, s: State, c: int, week: int) -> float:
    """Return the number of domains to which a leading group can attend: span × intensity."""
    if np.isinf(p.agenda.span):
        return np.inf
    return p.agenda.span * intensity(p, s, c, week)


@kernel
def attend(rows: Rows, g: World, s: State, week: int) -> None:
    """At the monthly analysis work out how each city's attention is divided among its active domains."""
    for c in range(len(s.attention)):
        p = rows[s.city_row[c]]
        needed = 0.0
        for d in range(s.active.shape[1]):
            if s.active[c, d]:
                needed += attention_needed(p, g, s, c, d)
        s.attention[c] = divided(p, needed, span_of(p, s, c, week))


@kernel
def perceive(p: Parameters, g: World, s: State, c: int, seen: Floats) -> None:
    """Write a city's severities as scouting shows them into its units' rows of ``seen``, shape (units, domains).

    The truth plus scout_error·(1 − depth·a₃)·z, z standard normal by unit and domain; bodies of places where the
    severest domain has no site speak up for it (`voice_for`).
    """
    error = p.scouting.scout_error * (1.0 - p.scouting.depth * s.level[c, PUBLICITY])
    for u in range(g.city_unit[c], g.city_unit[c + 1]):
        for d in range(seen.shape[1]):
            seen[u, d] = g.severity[u, d] + error * g.scouted[u, d]
        if p.bodies.voice > 0.0 and not g.is_department[u]:
            seen[u, np.argmax(g.severity[u])] += voice_for(p, g, s, u)


@kernel
def voice_for(p: Parameters, g: World, s: State, u: int) -> float:
    """Return how far active bodies raise a county's severest problem: voice·(active share where it has no site).

    The mean is over the county's people. Source: Bu 2022, §2.1 (outsiders who borrow and lend force); the form is an
    assumption.
    """
    d = np.argmax(g.severity[u])
    total = 0.0
    for j in range(g.unit_place[u], g.unit_place[u + 1]):
        k = g.place_community[j]
        if not s.covered[k, d]:
            total += s.bodies_active[k] * g.population[k]
    return p.bodies.voice * total / g.unit_population[u]


@kernel
def value_of(p: Parameters, g: World, s: State, c: int, d: int, seen: Floats) -> float:
    """Return what a domain is worth to a city's leading group: β·τ·(credit + local·s̄), β = G/(G + g_half).

    G is the strength of all signals received, s̄ the mean severity seen by the one in ``worst`` units that have it
    worst. Source: Bu 2022, §3.3 (the instruction's authority times the pressure of local problems); the form is an
    assumption.
    """
    first, last = g.city_unit[c], g.city_unit[c + 1]
    ordered = np.sort(seen[first:last, d])
    number = max(1, int((last - first) / p.agenda.worst))
    worst = 0.0
    for i in range(number):
        worst += ordered[last - first - 1 - i]
    lent = s.strength[c] / (s.strength[c] + p.agenda.g_half) if s.strength[c] > 0.0 else 0.0
    return lent * wording_of(s.named[c, d], s.wording[c]) * (p.agenda.credit + p.agenda.local * worst / number)


@kernel
def expected_authority(p: Parameters, s: State, c: int, week: int) -> float:
    """Return the level of authority that a leading group expects of itself: I·build/(I·build + relax)."""
    built = intensity(p, s, c, week) * p.activity.build[AUTHORITY]
    return built / (built + p.activity.relax[AUTHORITY]) if built > 0.0 else 0.0


@kernel
def choose_agenda(p: Parameters, g: World, s: State, c: int, week: int, seen: Floats, chosen: Flags) -> int:
    """Add to ``chosen`` (domains,), which holds what stays in, the domains that a city takes on now; return how many.

    Domains enter in order of their value, ties by name; the number maximises Σ value·expected authority·attention −
    cost·attention needed. A group without a window takes on nothing. Source: Bu 2022, §§1, 3.3, 5.1; the form is an
    assumption.
    """
    n_domains = len(chosen)
    values, needs = np.zeros(n_domains), np.zeros(n_domains)
    worth, needed = 0.0, 0.0
    for d in range(n_domains):
        values[d] = value_of(p, g, s, c, d, seen)
        needs[d] = attention_needed(p, g, s, c, d)
        if chosen[d]:
            worth += values[d]
            needed += needs[d]
    expected, span = expected_authority(p, s, c, week), span_of(p, s, c, week) * p.agenda.optimism
    if not expected > 0.0 or not span > 0.0:
        return 0
    order = np.zeros(n_domains, np.int64)
    candidates = 0
    for at in range(n_domains):
        d = g.domain_order[at]
        if chosen[d]:
            continue
        place = candidates
        while place > 0 and values[order[place - 1]] < values[d]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = d
        candidates += 1
    best = worth * expected * divided(p, needed, span) - p.agenda.cost * needed
    number = 0
    for i in range(candidates):
        worth += values[order[i]]
        needed += needs[order[i]]
        utility = worth * expected * divided(p, needed, span) - p.agenda.cost * needed
        if utility > best:
            best, number = utility, i + 1
    for i in range(number):
        chosen[order[i]] = True
    return number


@kernel
def expand(rows: Rows, g: World, s: State, new: Flags, week: int) -> None:
    """At a review let each city with a plan take on further domains, marked in ``new`` (units × domains).

    Only a city that chooses its agenda does. A domain goes to the engaged unit with the highest (severity seen − crowd
    × domains that it has), under a uniform plan to every engaged unit, and starts with ignite·q_half at Q
    (``diffusion``). Departments have not joined yet.
    """
    seen = np.zeros(g.severity.shape)
    for c in range(len(s.plan_week)):
        p = rows[s.city_row[c]]
        if s.plan_week[c] == NEVER or p.agenda.chosen == 0.0 or p.plan.point_alone > 0.0:
            continue
        perceive(p, g, s, c, seen)
        chosen = s.active[c].copy()
        if choose_agenda(p, g, s, c, week, seen, chosen) == 0:
            continue
        for d in range(len(chosen)):
            if chosen[d] and not s.active[c, d]:
                s.active[c, d] = True
                s.co_operation[c, d] = let_through(p.departments.conflict, 0, g.members[c, d])
                _hand_out(rows, g, s, c, d, seen, new)


@kernel
def _hand_out(rows: Rows, g: World, s: State, c: int, d: int, seen: Floats, new: Flags) -> None:
    p = rows[s.city_row[c]]
    best, most = -1, -np.inf
    for u in range(g.city_unit[c], g.city_unit[c + 1]):
        if not s.engaged[u] or s.has[u, d]:
            continue
        having = 0
        for other in range(s.has.shape[1]):
            having += s.has[u, other] or new[u, other]
        wish = seen[u, d] - p.agenda.crowd * having
        if p.plan.to_all > 0.0:
            new[u, d] = True
        elif wish > most:
            best, most = u, wish
    if best >= 0:
        new[best, d] = True
    for u in range(g.city_unit[c], g.city_unit[c + 1]):
        if new[u, d]:
            own = rows[s.unit_row[u]]
            amount = own.diffusion.ignite * own.execution.q_half
            s.Q[u, d] += amount
            s.booked[c, ADOPTION] += amount
