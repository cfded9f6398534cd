"""Stage 5, 借势 leverage: many actors take part, and momentum turns into governance effect.

The momentum that a unit executes reaches its sites. Citizens who take part add to it, and raise the share of the
waiting momentum that becomes effect.
"""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import BROADCAST_3, DELIVERED, IDLE, PARTICIPATION
from simulation.world.fixed import World
from simulation.world.parameters import Parameters
from simulation.world.sites import untouched
from simulation.world.state import State


@kernel
def convert(p: Parameters, g: World, s: State) -> None:
    """Bring F4 to the sites, let citizens co-produce, and deliver G = convert5·L·(alone + (1 − alone)·P).

    A site's inflow is F4·w·(x₀/x)^rivalry with w = 1/(pilot sites), x and x₀ the realised and the pilot share: at 1
    rivalry divides a signal among sites, 0 copies it, and what exceeds F4 in sum is ``broadcast``. Co-production adds
    coproduce·P·inflow (``participation``). fade5·L is ``idle``. Also gathers, per community and domain, the delivered
    momentum over pilot share and the strongest routine. Momentum in instructions per week. Source: Bu 2022, §4.5; forms
    and rates are assumptions.
    """
    n_domains = s.L.shape[1]
    s.push[:] = 0.0
    s.strongest[:] = 0.0
    for u in range(s.Q.shape[0]):
        c = g.unit_city[u]
        pilots = g.pilots[u]
        for d in range(n_domains):
            if untouched(s.since[u, d], s.sites[u, d]):
                continue
            inflow = 0.0
            if s.F4[u, d] > 0.0 and s.sites[u, d] > 0:
                inflow = s.F4[u, d] / pilots * (pilots / s.sites[u, d]) ** p.transmission.rivalry_sites
                s.booked[c, BROADCAST_3] += inflow * s.sites[u, d] - s.F4[u, d]
            for j in range(g.unit_place[u], g.unit_place[u + 1]):
                is_open = s.open[j, d]
                stock = s.L[j, d]
                if not is_open and stock == 0.0:
                    continue
                k = g.place_community[j]
                taking_part = s.participation[k, d]
                change = 0.0
                if is_open:
                    joined = p.effect.coproduce * taking_part * inflow
                    s.booked[c, PARTICIPATION] += joined
                    change = inflow + joined
                    s.strongest[k, d] = max(s.strongest[k, d], s.routine[u, d])
                delivered = p.stages.leverage.convert * stock * (p.effect.alone + (1.0 - p.effect.alone) * taking_part)
                idle = p.stages.leverage.fade * stock
                s.dL[j, d] += change - delivered - idle
                s.booked[c, DELIVERED] += delivered
                s.booked[c, IDLE] += idle
                s.push[k, d] += delivered * pilots
