"""Diffusion: who takes up, unasked, what has proven itself elsewhere.

Four mechanisms of policy diffusion (Shipan & Volden 2008), each with an off-switch: learning, coercion, imitation and
competition, and besides them the salience of one's own problem. Weights are assumptions.
"""

from __future__ import annotations

from typing import Any

from simulation.agents.county import MODE_EFFORT, begin, oversight_of, unit_load
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.ledger.accounts import ADOPTION, NEIGHBOUR
from simulation.world.state import NEVER

ROOM = 0.7  # share of its capacity that a unit fills before it declines more work; assumption


@kernel(inline="always")
def willingness(p: Any, reported: float, oversight: float, following: float, severity: float, own: float) -> float:
    """Return the probability, in [0, 1], of adopting at one review.

    adopt·(learn·reported + coerce·o + follow·(share that have it) + salient·severity + compete·max(0, reported − own)).
    """
    q = p[0]
    chance = q.adopt * (
        q.diffusion_learn * reported
        + q.coerce * oversight
        + q.follow * following
        + q.salient * severity
        + q.compete * max(0.0, reported - own)
    )
    return min(1.0, max(0.0, chance))


@kernel
def adopt(p: Any, g: Any, s: Any, reported: Any, new: Any, week: int) -> None:
    """Let counties with room adopt proven domains; ``new`` (units × domains) is marked and the domains begin.

    All counties look at who has what before this review. Adoption starts with ignite·q_half at Q (``diffusion``).
    """
    q = p[0]
    new[:] = False
    for u in range(s.has.shape[0]):
        c = g.unit_city[u]
        if g.is_department[u] or s.plan_week[c] == NEVER:
            continue
        load = unit_load(s, u)
        others = g.city_unit[c + 1] - g.city_unit[c] - 1
        for d in range(s.has.shape[1]):
            if s.has[u, d] or not s.proven[c, d] or (load + 1.0) / q.capacity > ROOM:
                continue
            having = 0
            for other in range(g.city_unit[c], g.city_unit[c + 1]):
                having += s.has[other, d]
            chance = willingness(
                p,
                reported[c, d],
                oversight_of(p, s.level[c, 1]),
                having / others if others > 0 else 0.0,
                g.severity[u, d],
                s.mean_effect[u, d],
            )
            if week_uniform1(g.adopt_key[u, d], week) < chance:
                new[u, d] = True
                load += MODE_EFFORT[0] * (1.0 - 0.7 * s.routine[u, d])
                amount = q.ignite * q.q_half
                s.Q[u, d] += amount
                s.booked[c, ADOPTION] += amount
    begin(p, g, s, new, week)


@kernel
def follow_neighbours(p: Any, g: Any, s: Any, city_key: Any, province: Any, reported: Any, week: int) -> int:
    """Let cities that have not begun take up the reform from a proven one of their province.

    The same four mechanisms, between cities: reported is the mean over the proven cities' proven domains, coercion the
    province's oversight, following the share of the other cities that have begun. The city's stock S receives
    ignite·1.0 and its own weeks begin (``origin`` is set by the caller where ``S`` was 0). Returns how many followed.
    """
    q = p[0]
    followed = 0
    n = s.S.shape[0]
    for c in range(n):
        if s.origin[c] != NEVER:
            continue
        total, count, begun, others = 0.0, 0, 0, 0
        for other in range(n):
            if other == c or province[other] != province[c]:
                continue
            others += 1
            begun += s.origin[other] != NEVER and s.origin[other] < week
            for d in range(s.proven.shape[1]):
                if s.proven[other, d]:
                    total += reported[other, d]
                    count += 1
        if count == 0:
            continue
        severity, own, units = 0.0, 0.0, 0
        for u in range(g.city_unit[c], g.city_unit[c + 1]):
            severity += g.severity[u, g.point]
            own += s.mean_effect[u, g.point]
            units += 1
        chance = willingness(p, total / count, oversight_of(p, 1.0), begun / others, severity / units, own / units)
        if week_uniform1(city_key[c], week) < chance:
            s.S[c] += q.ignite
            s.booked[c, NEIGHBOUR] += q.ignite
            s.origin[c] = week + 1
            followed += 1
    return followed
