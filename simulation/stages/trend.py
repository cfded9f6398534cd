"""Stage 1, 趋势 trend: a political signal becomes consensus among cadres.

The instruction waits in S. High-level meetings turn it into consensus, A. While momentum waits, it loses the leaders'
attention.
"""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import FADE_1, PASSED_1
from simulation.scenario.windows import TREND
from simulation.world.fixed import World
from simulation.world.parameters import Rows
from simulation.world.state import State


@kernel
def convert(rows: Rows, g: World, s: State) -> None:
    """Pass F1 = convert·gate₁·S from trend to authority; fade·S is lost to attention.

    Momentum in instructions per week. Source: Bu 2022, §4.1; rates are assumptions.
    """
    for c in range(s.S.shape[0]):
        p = rows[s.city_row[c]]
        passed = p.stages.trend.convert * s.gate[c, TREND] * s.S[c]
        faded = min(p.stages.trend.fade * s.S[c], s.S[c] - passed)
        s.dS[c] -= passed + faded
        s.dA[c] += passed
        s.booked[c, PASSED_1] += passed
        s.booked[c, FADE_1] += faded
