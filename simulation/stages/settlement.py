"""Stage 4, 定势 settlement: a plan says which unit explores which domain, and units execute.

Momentum enters each assigned domain through the plan and the wording of the instruction; local need adds momentum to a
programme that has ignited. Each week execution takes a part of the stock, and the mode of execution decides how much of
this part arrives.
"""

from __future__ import annotations

import numpy as np

from simulation.agents.modes import loads, mean_routines, perceived_pressure
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
from simulation.world.fixed import World
from simulation.world.forms import response, wording_of
from simulation.world.parameters import Parameters, Rows
from simulation.world.state import State


@kernel
def convert(rows: Rows, g: World, s: State) -> None:
    """Take in the momentum from publicity, add local need and experts' help, and let executors work.

    Each of a unit's n assigned domains receives v = F3·n^(−rivalry) (what exceeds F3 in sum is ``broadcast``), of which
    v·gate4·τ enters Q, τ = 1 for the point and the wording for others; the rest is ``undirected`` or ``stretch``.
    need = demand·K·budget/(budget + Σ demand·K over the unit's domains), see `demand`. Of convert4·Q an executor gets
    its share of the unit's open sites, out, of which F4 = out·y·quality·K reaches them, quality = min(1, capacity/load)
    and K the departments' co-operation; the rest goes to its mode's account, to ``overload`` and to ``buck_passing``.
    Without assignment, momentum is undirected. Momentum in instructions per week. Source: Bu 2022, §4.4, §4.2 and
    §3.2; forms and rates are assumptions.
    """
    n_domains = s.Q.shape[1]
    mode, worked, F4, dQ, booked, stocks = s.mode, s.worked, s.F4, s.dQ, s.booked, s.Q
    has, sites, co_operation, unit_row = s.has, s.sites, s.co_operation, s.unit_row
    F4[:] = 0.0
    load, demands, routines = np.empty(len(mode)), np.zeros(n_domains), np.empty(stocks.shape)
    loads(rows, g, s, load)
    mean_routines(s, g.executor_unit, routines)
    for u in range(stocks.shape[0]):
        p, c = rows[unit_row[u]], g.unit_city[u]
        first, last = g.unit_executor[u], g.unit_executor[u + 1]
        n, wanted = 0, 0.0
        for d in range(n_domains):
            demands[d] = 0.0
            n += has[u, d]
            if has[u, d] and stocks[u, d] > 0.0:
                yields = 0.0
                for x in range(first, last):
                    if worked[x, d] > 0:
                        yields += worked[x, d] / sites[u, d] * p.modes.yields[mode[x, d]]
                pressure = perceived_pressure(p, stocks[u, d], s.confidence[u], s.group[u], routines[u, d])
                left = 1.0 - s.mean_effect[u, d]
                demands[d] = demand(p, stocks[u, d], g.severity[u, d], left, pressure, yields) * co_operation[c, d]
                wanted += demands[d]
        scarce = 1.0 if np.isinf(p.execution.budget) else p.execution.budget / (p.execution.budget + wanted)
        share = 0.0
        if n == 0:
            booked[c, UNDIRECTED] += s.F3[u]
        else:
            share = s.F3[u] * n**-p.transmission.rivalry_domains
            booked[c, BROADCAST_2] += n * share - s.F3[u]
        gate = s.gate[c, SETTLEMENT]
        for d in range(n_domains):
            stock = stocks[u, d]
            out = p.stages.settlement.convert * stock
            faded = min(p.stages.settlement.fade * stock, stock - out)
            if stock > 0.0:
                dQ[u, d] -= out + faded
                booked[c, FADE_4] += faded
            if not has[u, d]:
                booked[c, UNDIRECTED] += out
                continue
            wording = wording_of(s.named[c, d], s.wording[c])
            dQ[u, d] += share * gate * wording
            booked[c, UNDIRECTED] += share * (1.0 - gate)
            booked[c, STRETCH] += share * gate * (1.0 - wording)
            if stock <= 0.0:
                continue
            need = demands[d] * scarce
            experts = (
                p.leverage.expert_help * p.leverage.horizontal * response(stock, p.execution.q_half, p.execution.h)
            )
            dQ[u, d] += need + experts
            booked[c, NEED] += need
            booked[c, HORIZONTAL] += experts
            through = co_operation[c, d]
            for x in range(first, last):
                if worked[x, d] == 0:
                    continue
                part = worked[x, d] / sites[u, d]
                quality = min(1.0, p.execution.capacity / load[x]) if load[x] > 0.0 else 1.0
                executed = part * out * p.modes.yields[mode[x, d]]
                F4[x, d] = executed * quality * through
                booked[c, PASSED_4] += F4[x, d]
                booked[c, BUCK_PASSING] += executed * quality * (1.0 - through)
                booked[c, OVERLOAD] += executed * (1.0 - quality)
                lost = LOST_BY_MODE[mode[x, d]]
                if lost >= 0:
                    booked[c, lost] += part * out - executed


@kernel(inline="always")
def demand(p: Parameters, stock: float, severity: float, left: float, pressure: float, yields: float) -> float:
    """Return the momentum that a local problem would draw into a programme if local resources were endless.

    unlock·severity·left·Π·ȳ·(Q/q_ref)^fuel, in instructions per week: ``left`` is 1 − mean effect, Π the perceived
    pressure at the mean routine over the unit's open sites, ȳ the mean of what the modes yield there.
    """
    drawn = p.execution.unlock * severity * left * pressure * yields
    if p.execution.fuel > 0.0:
        drawn *= (stock / p.execution.q_ref) ** p.execution.fuel
    return drawn


@kernel
def institutionalise(rows: Rows, g: World, s: State) -> None:
    """Move routine, in [0, 1]: r ← r + routine·a₄·(1 − r) where execution is substantive, else r − unlearn·r.

    Source: Bu 2022, §5.2 (fewer campaigns, more institution); the form is an assumption.
    """
    routine, mode, unit_row, executor_unit = s.routine, s.mode, s.unit_row, g.executor_unit
    for x in range(routine.shape[0]):
        u = executor_unit[x]
        p, level = rows[unit_row[u]], s.level[g.unit_city[u], SETTLEMENT]
        for d in range(routine.shape[1]):
            r = routine[x, d]
            if mode[x, d] == SUBSTANTIVE:
                routine[x, d] = r + p.execution.routine * level * (1.0 - r)
            else:
                routine[x, d] = r - p.execution.unlearn * r
