"""Stage 5, 借势 leverage: many actors take part, and momentum turns into governance effect.

The momentum that a unit executes reaches its sites. Citizens who take part add to it, and raise the share of the
waiting momentum that becomes effect.
"""

from __future__ import annotations

import numpy as np

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import BROADCAST_3, DELIVERED, IDLE, PARTICIPATION, SPOTLIGHT
from simulation.world.fixed import World
from simulation.world.parameters import Rows
from simulation.world.sites import untouched
from simulation.world.state import State


@kernel
def convert(rows: Rows, g: World, s: State) -> None:
    """Bring F4 to the sites, let citizens co-produce, and deliver G = convert5·L·(alone + (1 − alone)·P).

    A site's inflow is F/n₀·(n₀/n)^rivalry with n₀ pilot sites, n open sites and F the F4 of its executor over the
    executor's share of the open sites: at 1 rivalry divides a signal among sites, 0 copies it, and what exceeds F4 in
    sum is ``broadcast``. Until its domain is proven, a pilot site gets spotlight·strength on top
    (``spotlight``). Co-production adds
    coproduce·P·inflow (``participation``), P mixed with the share of active bodies by
    w_bodies. fade5·L is ``idle``. Also gathers, per community and domain, the delivered
    momentum over pilot share and the strongest routine. Momentum in instructions per week. Source: Bu 2022, §4.5; forms
    and rates are assumptions.
    """
    n_domains = s.L.shape[1]
    unit_row = s.unit_row
    inflows = np.zeros(len(g.executor_unit))
    s.push[:] = 0.0
    s.strongest[:] = 0.0
    for u in range(s.Q.shape[0]):
        p, c = rows[unit_row[u]], g.unit_city[u]
        favour = p.execution.spotlight * p.scouting.strength
        pilots = g.pilots[u]
        for d in range(n_domains):
            if untouched(s.since[u, d], s.sites[u, d]):
                continue
            spread = 0.0
            if s.sites[u, d] > 0:
                spread = (pilots / s.sites[u, d]) ** p.transmission.rivalry_sites
            for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
                inflows[x] = 0.0
                if s.F4[x, d] > 0.0:
                    part = s.worked[x, d] / s.sites[u, d]
                    inflows[x] = s.F4[x, d] / part / pilots * spread
                    s.booked[c, BROADCAST_3] += inflows[x] * s.worked[x, d] - s.F4[x, d]
            for j in range(g.unit_place[u], g.unit_place[u + 1]):
                is_open = s.open[j, d]
                stock = s.L[j, d]
                if not is_open and stock == 0.0:
                    continue
                k = g.place_community[j]
                taking_part = s.participation[k, d]
                change = 0.0
                if is_open:
                    x = g.place_executor[j]
                    inflow = inflows[x]
                    if favour > 0.0 and g.site_rank[j, d] < pilots and not s.proven[c, d]:
                        s.booked[c, SPOTLIGHT] += inflow * favour
                        inflow *= 1.0 + favour
                    acting = taking_part
                    if p.bodies.w_bodies > 0.0 and p.bodies.kinds > 0.0:
                        acting += p.bodies.w_bodies * (s.bodies_active[k] - taking_part)
                    joined = p.effect.coproduce * acting * inflow
                    s.booked[c, PARTICIPATION] += joined
                    change = inflow + joined
                    s.strongest[k, d] = max(s.strongest[k, d], s.routine[x, d])
                delivered = p.stages.leverage.convert * stock * (p.effect.alone + (1.0 - p.effect.alone) * taking_part)
                idle = min(p.stages.leverage.fade * stock, stock - delivered)
                s.dL[j, d] += change - delivered - idle
                s.booked[c, DELIVERED] += delivered
                s.booked[c, IDLE] += idle
                s.push[k, d] += delivered * pilots
