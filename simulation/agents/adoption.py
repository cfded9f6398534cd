"""Diffusion: counties and cities adopt, without being told, domains that are proven elsewhere.

Four mechanisms of policy diffusion (Shipan & Volden 2008), each with an off-switch: learning, coercion, imitation and
competition. The salience of one's own problem counts too. Weights are assumptions.
"""

from __future__ import annotations

import numpy as np

from simulation.agents.agenda import voice_for
from simulation.agents.city import spreads
from simulation.agents.modes import effort, loads, mean_load, oversight_of
from simulation.agents.town import begin
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.ledger.accounts import ADOPTION, NEIGHBOUR
from simulation.scenario.modes import SUBSTANTIVE
from simulation.world.fixed import Flags, Floats, World
from simulation.world.parameters import Parameters, Rows
from simulation.world.state import NEVER, State


@kernel(inline="always")
def willingness(
    p: Parameters, reported: float, oversight: float, following: float, severity: float, own: float
) -> float:
    """Return the probability, in [0, 1], of adopting at one review.

    adopt·(learn·reported + coerce·o + follow·(share that have it) + salient·severity + compete·max(0, reported − own)).
    """
    chance = p.diffusion.adopt * (
        p.diffusion.learn * reported
        + p.diffusion.coerce * oversight
        + p.diffusion.follow * following
        + p.diffusion.salient * severity
        + p.diffusion.compete * max(0.0, reported - own)
    )
    return min(1.0, max(0.0, chance))


@kernel(inline="always")
def kept_routine(g: World, s: State, u: int, d: int) -> float:
    """Return the mean routine that a unit's executors have kept in a domain that the unit does not have."""
    total = 0.0
    for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
        total += s.routine[x, d]
    return total / (g.unit_executor[u + 1] - g.unit_executor[u])


@kernel
def adopt(rows: Rows, g: World, s: State, reported: Floats, new: Flags, week: int) -> None:
    """Let counties with room adopt proven domains; ``new`` (units × domains) is marked and the domains begin.

    All counties look at the assignments before this review. Adoption starts with ignite·q_half at Q (``diffusion``).
    """
    each = np.empty(len(s.mode))
    loads(rows, g, s, each)
    for u in range(s.has.shape[0]):
        c = g.unit_city[u]
        if g.is_department[u] or s.plan_week[c] == NEVER:
            continue
        p = rows[s.unit_row[u]]
        load = mean_load(each, g.unit_executor[u], g.unit_executor[u + 1])
        voice = voice_for(p, g, s, u) if p.bodies.voice > 0.0 else 0.0
        others = g.city_unit[c + 1] - g.city_unit[c] - 1
        for d in range(s.has.shape[1]):
            if s.has[u, d] or new[u, d] or not spreads(rows[s.city_row[c]], s.proven[c, d], s.reported_enough[c, d]):
                continue
            if (load + p.diffusion.adds * effort(p, SUBSTANTIVE, 0.0)) / p.execution.capacity > p.diffusion.room:
                continue
            having = 0
            for other in range(g.city_unit[c], g.city_unit[c + 1]):
                having += s.has[other, d]
            severity = g.severity[u, d]
            if voice > 0.0 and d == np.argmax(g.severity[u]):
                severity = min(1.0, severity + voice)
            chance = willingness(
                p,
                reported[c, d],
                oversight_of(p, s.group[u] * s.attention[c]),
                having / others if others > 0 else 0.0,
                severity,
                s.mean_effect[u, d],
            )
            if week_uniform1(g.adopt_key[u, d], week) < chance:
                new[u, d] = True
                s.engaged[u] = True
                load += p.diffusion.adds * effort(p, SUBSTANTIVE, kept_routine(g, s, u, d))
                amount = p.diffusion.ignite * p.execution.q_half
                s.Q[u, d] += amount
                s.booked[c, ADOPTION] += amount
    begin(rows, g, s, new, week)


@kernel
def follow_neighbours(rows: Rows, g: World, s: State, reported: Floats, week: int) -> int:
    """Let cities that have not begun take up the reform from a proven one of their province.

    The same four mechanisms, between cities: reported is the mean over the proven cities' proven domains, coercion the
    province's oversight, following the share of the other cities that have begun. The city's stock S receives ignite,
    and its own weeks begin with the next week (``origin``). Returns how many followed.
    """
    followed = 0
    n = s.S.shape[0]
    for c in range(n):
        if s.origin[c] != NEVER:
            continue
        total, count, begun, others = 0.0, 0, 0, 0
        for other in range(n):
            if other == c or g.city_province[other] != g.city_province[c]:
                continue
            others += 1
            begun += s.origin[other] != NEVER and s.origin[other] < week
            for d in range(s.proven.shape[1]):
                if s.proven[other, d]:
                    total += reported[other, d]
                    count += 1
        if count == 0:
            continue
        p = rows[s.city_row[c]]
        severity, own, units = 0.0, 0.0, 0
        for u in range(g.city_unit[c], g.city_unit[c + 1]):
            severity += g.severity[u, g.point]
            own += s.mean_effect[u, g.point]
            units += 1
        chance = willingness(p, total / count, oversight_of(p, 1.0), begun / others, severity / units, own / units)
        if week_uniform1(g.neighbour_key[c], week) < chance:
            s.S[c] += p.diffusion.ignite
            s.booked[c, NEIGHBOUR] += p.diffusion.ignite
            s.origin[c] = week + 1
            followed += 1
    return followed
