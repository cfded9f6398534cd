"""Stage levels: five activities that build on one another, and the gates that they open."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.compute.kernel import kernel
from simulation.world.state import NEVER


@kernel
def raise_levels(p: Any, g: Any, s: Any, week: int) -> None:
    """Let each city's five activities rise or relax by one week, and set the gates.

    a_k ← a_k + build_k·w_k·(1 − interlock + interlock·a_{k−1})·(1 − a_k) − relax_k·a_k, all at last week's values,
    a₀ = 1; w_k is the intensity times the attention that rival campaigns leave, inside the stage's window, else 0.
    gate_k = base + (1 − base)·a_k. Levels and gates lie in [0, 1]. Source: Bu 2022, §4 (order and overlap of the
    five); the functional form is an assumption.
    """
    q = p[0]
    start = np.array((q.start1, q.start2, q.start3, q.start4, q.start5))
    length = np.array((q.length1, q.length2, q.length3, q.length4, q.length5))
    intensity = np.array((q.intensity1, q.intensity2, q.intensity3, q.intensity4, q.intensity5))
    build = np.array((q.build1, q.build2, q.build3, q.build4, q.build5))
    relax = np.array((q.relax1, q.relax2, q.relax3, q.relax4, q.relax5))
    for c in range(s.level.shape[0]):
        below = 1.0
        for k in range(5):
            a = s.level[c, k]
            clock = week - s.origin[c]
            work = 0.0
            if s.origin[c] != NEVER and start[k] <= clock < start[k] + length[k]:
                work = intensity[k] * g.attention[week, c]
            support = 1.0 - q.interlock + q.interlock * below
            s.level[c, k] = a + build[k] * work * support * (1.0 - a) - relax[k] * a
            s.gate[c, k] = q.gate_base + (1.0 - q.gate_base) * s.level[c, k]
            below = a
