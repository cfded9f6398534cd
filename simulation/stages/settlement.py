"""Stage 4, 定势 settlement: a plan says which unit explores which domain, and units execute.

Momentum enters each assigned domain through the plan and the wording of the instruction; local need adds momentum to a
programme that has ignited. Each week execution takes a part of the stock, and the mode of execution decides how much of
this part arrives.
"""

from __future__ import annotations

import numpy as np

from simulation.agents.agenda import wording_of
from simulation.agents.modes import load_of, mean_routine, perceived_pressure
from simulation.compute.kernel import kernel
from simulation.ledger.accounts import (
    BROADCAST_2,
    BUCK_PASSING,
    FADE_4,
    HORIZONTAL,
    LOST_BY_MODE,
    NEED,
    OVERLOAD,
    PASSED_4,
    STRETCH,
    UNDIRECTED,
)
from simulation.scenario.modes import SUBSTANTIVE
from simulation.scenario.windows import SETTLEMENT
from simulation.world.fixed import Floats, World
from simulation.world.forms import response
from simulation.world.parameters import Parameters
from simulation.world.state import State


@kernel
def convert(p: Parameters, g: World, s: State) -> None:
    """Take in the momentum from publicity, add local need and experts' help, and let executors work.

    Each of a unit's n assigned domains receives v = F3·n^(−rivalry) (what exceeds F3 in sum is ``broadcast``), of which
    v·gate4·τ enters Q, τ = 1 for the point and the wording for others; the rest is ``undirected`` or ``stretch``.
    need = demand·budget/(budget + Σ demand over the unit's domains), see `demand`. Of convert4·Q an executor gets its
    share of the unit's open sites, out, of which F4 = out·y·quality·K reaches them, quality = min(1, capacity/load) and
    K the departments' co-operation; the rest goes to its mode's account, to ``overload`` and to ``buck_passing``.
    Without assignment, momentum is undirected. Momentum in instructions per week. Source: Bu 2022, §4.4, §4.2 and
    §3.2; forms and rates are assumptions.
    """
    n_domains = s.Q.shape[1]
    s.F4[:] = 0.0
    quality, demands = np.ones(len(g.executor_unit)), np.zeros(n_domains)
    for u in range(s.Q.shape[0]):
        c = g.unit_city[u]
        n = 0
        for d in range(n_domains):
            n += s.has[u, d]
        share = 0.0
        if n == 0:
            s.booked[c, UNDIRECTED] += s.F3[u]
        else:
            share = s.F3[u] * n**-p.transmission.rivalry_domains
            s.booked[c, BROADCAST_2] += n * share - s.F3[u]
        for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
            load = load_of(p, g, s, x)
            quality[x] = min(1.0, p.execution.capacity / load) if load > 0.0 else 1.0
        gate = s.gate[c, SETTLEMENT]
        wanted = 0.0
        for d in range(n_domains):
            demands[d] = demand(p, g, s, u, d) if s.has[u, d] else 0.0
            wanted += demands[d]
        scarce = 1.0 if np.isinf(p.execution.budget) else p.execution.budget / (p.execution.budget + wanted)
        for d in range(n_domains):
            stock = s.Q[u, d]
            out = p.stages.settlement.convert * stock
            faded = p.stages.settlement.fade * stock
            if stock > 0.0:
                s.dQ[u, d] -= out + faded
                s.booked[c, FADE_4] += faded
            if not s.has[u, d]:
                s.booked[c, UNDIRECTED] += out
                continue
            wording = wording_of(s, c, d)
            s.dQ[u, d] += share * gate * wording
            s.booked[c, UNDIRECTED] += share * (1.0 - gate)
            s.booked[c, STRETCH] += share * gate * (1.0 - wording)
            if stock <= 0.0:
                continue
            _execute(p, g, s, u, d, out, quality)
            need = demands[d] * scarce
            experts = (
                p.leverage.expert_help * p.leverage.horizontal * response(stock, p.execution.q_half, p.execution.h)
            )
            s.dQ[u, d] += need + experts
            s.booked[c, NEED] += need
            s.booked[c, HORIZONTAL] += experts


@kernel
def demand(p: Parameters, g: World, s: State, u: int, d: int) -> float:
    """Return the momentum that a unit's problem would draw into a domain if local resources were endless.

    unlock·severity·(1 − mean effect)·Π·ȳ·(Q/q_ref)^fuel·K, in instructions per week.
    """
    stock = s.Q[u, d]
    if stock <= 0.0:
        return 0.0
    yields = 0.0
    for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
        if s.worked[x, d] > 0:
            yields += s.worked[x, d] / s.sites[u, d] * p.modes.yields[s.mode[x, d]]
    left = 1.0 - s.mean_effect[u, d]
    pressure = perceived_pressure(p, stock, s.confidence[u], s.group[u], mean_routine(g, s, u, d))
    drawn = p.execution.unlock * g.severity[u, d] * left * pressure * yields
    if p.execution.fuel > 0.0:
        drawn *= (stock / p.execution.q_ref) ** p.execution.fuel
    return drawn * s.co_operation[g.unit_city[u], d]


@kernel
def _execute(p: Parameters, g: World, s: State, u: int, d: int, out: float, quality: Floats) -> None:
    """Let a unit's executors work what leaves its stock, each by its share of the open sites."""
    c = g.unit_city[u]
    through = s.co_operation[c, d]
    for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
        if s.worked[x, d] == 0:
            continue
        part = s.worked[x, d] / s.sites[u, d]
        mode = s.mode[x, d]
        yields = p.modes.yields[mode]
        executed = part * out * yields
        s.F4[x, d] = executed * quality[x] * through
        s.booked[c, PASSED_4] += s.F4[x, d]
        s.booked[c, BUCK_PASSING] += executed * quality[x] * (1.0 - through)
        s.booked[c, OVERLOAD] += executed * (1.0 - quality[x])
        if LOST_BY_MODE[mode] >= 0:
            s.booked[c, LOST_BY_MODE[mode]] += part * out - executed


@kernel
def institutionalise(p: Parameters, g: World, s: State) -> None:
    """Move routine, in [0, 1]: r ← r + routine·a₄·(1 − r) where execution is substantive, else r − unlearn·r.

    Source: Bu 2022, §5.2 (fewer campaigns, more institution); the form is an assumption.
    """
    for x in range(s.routine.shape[0]):
        level = s.level[g.unit_city[g.executor_unit[x]], SETTLEMENT]
        for d in range(s.routine.shape[1]):
            r = s.routine[x, d]
            if s.mode[x, d] == SUBSTANTIVE:
                s.routine[x, d] = r + p.execution.routine * level * (1.0 - r)
            else:
                s.routine[x, d] = r - p.execution.unlearn * r
