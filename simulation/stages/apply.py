"""The end of the week's flows: every change is applied to its stock at once."""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.scenario.windows import AUTHORITY, LEVERAGE, PUBLICITY, SETTLEMENT, TREND
from simulation.world.fixed import Floats, World
from simulation.world.state import State


@kernel
def apply_changes(s: State) -> None:
    """Add the week's changes to the five stocks and clear them.

    A stage never passes on more than it has; a stock that rounding would leave a hair below nothing is empty.
    """
    for c in range(s.S.shape[0]):
        s.S[c] = max(s.S[c] + s.dS[c], 0.0)
        s.A[c] = max(s.A[c] + s.dA[c], 0.0)
        s.dS[c] = 0.0
        s.dA[c] = 0.0
    for u in range(s.Q.shape[0]):
        s.B[u] = max(s.B[u] + s.dB[u], 0.0)
        s.dB[u] = 0.0
        for d in range(s.Q.shape[1]):
            s.Q[u, d] = max(s.Q[u, d] + s.dQ[u, d], 0.0)
            s.dQ[u, d] = 0.0
    for j in range(s.L.shape[0]):
        for d in range(s.L.shape[1]):
            s.L[j, d] = max(s.L[j, d] + s.dL[j, d], 0.0)
            s.dL[j, d] = 0.0


@kernel
def stocks(g: World, s: State, total: Floats) -> None:
    """Write each city's momentum in the five stages into ``total``, shape (cities, 5)."""
    total[:] = 0.0
    for c in range(s.S.shape[0]):
        total[c, TREND] = s.S[c]
        total[c, AUTHORITY] = s.A[c]
    for u in range(s.Q.shape[0]):
        c = g.unit_city[u]
        total[c, PUBLICITY] += s.B[u]
        for d in range(s.Q.shape[1]):
            total[c, SETTLEMENT] += s.Q[u, d]
            waiting = total[c, LEVERAGE]
            for j in range(g.unit_place[u], g.unit_place[u + 1]):
                waiting += s.L[j, d]
            total[c, LEVERAGE] = waiting
