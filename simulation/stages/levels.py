"""Stage levels: five activities that build on one another, and the gates that they open."""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.scenario.windows import STAGES
from simulation.world.fixed import World
from simulation.world.forms import opened
from simulation.world.parameters import Parameters
from simulation.world.state import NEVER, State


@kernel
def raise_levels(p: Parameters, g: World, s: State, week: int) -> None:
    """Let each city's five activities rise or relax by one week, and set the gates.

    a_k ← a_k + build_k·w_k·(1 − interlock + interlock·a_{k−1})·(1 − a_k) − relax_k·a_k, all at last week's values,
    a₀ = 1; w_k is the intensity times the attention that rival campaigns leave, inside the stage's window, else 0.
    gate_k = base + (1 − base)·a_k. Levels and gates lie in [0, 1]. Source: Bu 2022, §4 (order and overlap of the
    five); the functional form is an assumption.
    """
    activity, t = p.activity, p.transmission
    for c in range(s.level.shape[0]):
        below = 1.0
        for k in range(len(STAGES)):
            a = s.level[c, k]
            clock = week - s.origin[c]
            work = 0.0
            if s.origin[c] != NEVER and activity.start[k] <= clock < activity.start[k] + activity.length[k]:
                work = activity.intensity[k] * g.attention[week, c]
            support = 1.0 - t.interlock + t.interlock * below
            s.level[c, k] = a + activity.build[k] * work * support * (1.0 - a) - activity.relax[k] * a
            s.gate[c, k] = opened(s.level[c, k], t.gate_base)
            below = a
