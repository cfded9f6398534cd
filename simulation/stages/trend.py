"""Stage 1, 趋势 trend: a political signal becomes consensus among cadres.

The instruction waits in S. High-level meetings turn it into consensus, A; what waits too long loses the leaders'
attention.
"""

from __future__ import annotations

from typing import Any

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import FADE_1, PASSED_1


@kernel
def convert(p: Any, g: Any, s: Any) -> None:
    """Pass F1 = convert1·gate1·S from trend to authority; fade1·S is lost to attention.

    Momentum in instructions a week. Source: Bu 2022, §4.1; rates are assumptions.
    """
    q = p[0]
    for c in range(s.S.shape[0]):
        passed = q.convert1 * s.gate[c, 0] * s.S[c]
        faded = q.fade1 * s.S[c]
        s.dS[c] -= passed + faded
        s.dA[c] += passed
        s.booked[c, PASSED_1] += passed
        s.booked[c, FADE_1] += faded
