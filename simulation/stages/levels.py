"""Stage levels: five activities that build on one another, and the gates that they open."""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.scenario.windows import AUTHORITY, STAGES
from simulation.world.fixed import World
from simulation.world.forms import opened
from simulation.world.parameters import Rows
from simulation.world.state import NEVER, State
from simulation.world.windows import working


@kernel
def raise_levels(rows: Rows, g: World, s: State, week: int) -> None:
    """Let each city's five activities rise or relax by one week, and set the gates.

    a_k ← a_k + build_k·w_k·(1 − interlock + interlock·a_{k−1})·(1 − a_k) − relax_k·a_k, all at last week's values,
    a₀ = 1; w_k is the intensity times the attention that rival campaigns leave, inside the stage's window, else 0.
    gate_k = base + (1 − base)·a_k. Levels and gates lie in [0, 1]. Source: Bu 2022, §4 (order and overlap of the
    five); the functional form is an assumption.
    """
    city_row = s.city_row
    for c in range(s.level.shape[0]):
        p = rows[city_row[c]]
        activity, t = p.activity, p.transmission
        below = 1.0
        for k in range(len(STAGES)):
            a = s.level[c, k]
            work = 0.0
            if working(p, s.origin[c], s.opened[c, k], k, week):
                work = activity.intensity[k] * g.undivided[week, c]
            support = 1.0 - t.interlock + t.interlock * below
            s.level[c, k] = a + activity.build[k] * work * support * (1.0 - a) - activity.relax[k] * a
            s.gate[c, k] = opened(s.level[c, k], t.gate_base)
            below = a
            begun = s.origin[c] != NEVER and s.origin[c] <= week
            if k > 0 and begun and s.opened[c, k] == NEVER and s.level[c, k - 1] >= p.stages.ready_at:
                s.opened[c, k] = week + 1
    follow_groups(rows, g, s)


@kernel
def follow_groups(rows: Rows, g: World, s: State) -> None:
    """Let each county's own group follow the city's by one week: α ← α + follow·(zeal·a₂ − α), at this week's a₂.

    α lies in [0, 1]. Source: Bu 2022, §4.2 (county groups headed by county leaders); the form is an assumption.
    """
    unit_row = s.unit_row
    for u in range(len(s.group)):
        aim = g.zeal[u] * s.level[g.unit_city[u], AUTHORITY]
        follow = rows[unit_row[u]].transmission.follow
        if follow == 1.0:
            s.group[u] = aim
        else:
            s.group[u] += follow * (aim - s.group[u])
