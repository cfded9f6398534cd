"""Stage 4, 定势 settlement: a plan says which unit explores which domain, and units execute.

Momentum enters each assigned domain through the plan and the wording of the instruction; local need adds momentum to a
programme that has ignited. Each week execution takes a part of the stock, and the mode of execution decides how much of
this part arrives.
"""

from __future__ import annotations

from simulation.agents.modes import perceived_pressure, unit_load
from simulation.compute.kernel import kernel
from simulation.ledger.accounts import (
    BROADCAST_2,
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
from simulation.scenario.windows import AUTHORITY, SETTLEMENT
from simulation.world.fixed import World
from simulation.world.forms import response
from simulation.world.parameters import Parameters
from simulation.world.state import State


@kernel
def convert(p: Parameters, g: World, s: State) -> None:
    """Take in the momentum from publicity, add local need and experts' help, and execute.

    Each of a unit's n assigned domains receives v = F3·n^(−rivalry) (what exceeds F3 in sum is ``broadcast``), of which
    v·gate4·τ enters Q, τ = 1 for the point and the wording for others; the rest is ``undirected`` or ``stretch``.
    need = unlock·severity·(1 − mean effect)·Π·y, Π the perceived pressure (`modes.perceived_pressure`), y what the mode
    yields. Of out = convert4·Q, F4 = out·y·quality reaches the sites, quality = min(1, capacity/load); the rest goes to
    the mode's account and to ``overload``. Without assignment, momentum is undirected. Momentum in instructions per
    week. Source: Bu 2022, §4.4 and §3.2; forms
    and rates are assumptions.
    """
    n_domains = s.Q.shape[1]
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
        load = unit_load(p, s, u)
        quality = min(1.0, p.execution.capacity / load) if load > 0.0 else 1.0
        gate = s.gate[c, SETTLEMENT]
        for d in range(n_domains):
            stock = s.Q[u, d]
            out = p.stages.settlement.convert * stock
            faded = p.stages.settlement.fade * stock
            s.F4[u, d] = 0.0
            if stock > 0.0:
                s.dQ[u, d] -= out + faded
                s.booked[c, FADE_4] += faded
            if not s.has[u, d]:
                s.booked[c, UNDIRECTED] += out
                continue
            wording = 1.0 if d == g.point else p.instruction.wording
            s.dQ[u, d] += share * gate * wording
            s.booked[c, UNDIRECTED] += share * (1.0 - gate)
            s.booked[c, STRETCH] += share * gate * (1.0 - wording)
            if stock <= 0.0:
                continue
            mode = s.mode[u, d]
            yields = p.modes.yields[mode]
            left = 1.0 - s.mean_effect[u, d]
            pressure = perceived_pressure(p, stock, s.confidence[u], s.level[c, AUTHORITY], s.routine[u, d])
            need = p.execution.unlock * g.severity[u, d] * left * pressure * yields
            experts = (
                p.leverage.expert_help * p.leverage.horizontal * response(stock, p.execution.q_half, p.execution.h)
            )
            s.dQ[u, d] += need + experts
            s.booked[c, NEED] += need
            s.booked[c, HORIZONTAL] += experts
            executed = out * yields
            s.F4[u, d] = executed * quality
            s.booked[c, PASSED_4] += s.F4[u, d]
            s.booked[c, OVERLOAD] += executed * (1.0 - quality)
            if LOST_BY_MODE[mode] >= 0:
                s.booked[c, LOST_BY_MODE[mode]] += out - executed


@kernel
def institutionalise(p: Parameters, g: World, s: State) -> None:
    """Move routine, in [0, 1]: r ← r + routine·a₄·(1 − r) where execution is substantive, else r − unlearn·r.

    Source: Bu 2022, §5.2 (fewer campaigns, more institution); the form is an assumption.
    """
    for u in range(s.routine.shape[0]):
        level = s.level[g.unit_city[u], SETTLEMENT]
        for d in range(s.routine.shape[1]):
            r = s.routine[u, d]
            if s.has[u, d] and s.mode[u, d] == SUBSTANTIVE:
                s.routine[u, d] = r + p.execution.routine * level * (1.0 - r)
            else:
                s.routine[u, d] = r - p.execution.unlearn * r
