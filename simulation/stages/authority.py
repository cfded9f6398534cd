"""Stage 2, 权势 authority: a leading group gives power to coordinate peers of equal rank.

Consensus alone binds nobody: departments of equal rank pass the buck. Momentum that the leading group does not carry
across to the units is lost as far as they do not co-operate.
"""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import BROADCAST_1, FADE_2, FRAGMENTATION, PASSED_2
from simulation.scenario.windows import AUTHORITY
from simulation.world.fixed import World
from simulation.world.parameters import Rows
from simulation.world.state import State


@kernel
def convert(rows: Rows, g: World, s: State) -> None:
    """Pass F2 = X·gate2 of X = convert2·A to the engaged units.

    Each of n engaged units receives F2·n^(−rivalry): at rivalry 1 the signal is divided, at 0 every unit hears all of
    it, and what exceeds F2 in sum is booked as ``broadcast``. (X − F2)·(1 − K̄) is lost to fragmentation, K̄ the mean
    co-operation of departments over the active domains; the rest waits in A. Momentum in instructions per week.
    Source: Bu 2022, §4.2; rates are assumptions.
    """
    for c in range(s.A.shape[0]):
        if s.A[c] == 0.0:
            continue
        p = rows[s.city_row[c]]
        offered = p.stages.authority.convert * s.A[c]
        passed = offered * s.gate[c, AUTHORITY]
        through, number = 0.0, 0
        for d in range(s.active.shape[1]):
            if s.active[c, d]:
                through += s.co_operation[c, d]
                number += 1
        fragmented = (offered - passed) * (1.0 - through / number) if number > 0 else 0.0
        faded = min(p.stages.authority.fade * s.A[c], s.A[c] - offered)
        first, last = g.city_unit[c], g.city_unit[c + 1]
        n = 0
        for u in range(first, last):
            n += s.engaged[u]
        if n == 0:
            passed = 0.0
        else:
            each = passed * n**-p.transmission.rivalry_units
            for u in range(first, last):
                if s.engaged[u]:
                    s.dB[u] += each
            s.booked[c, PASSED_2] += passed
            s.booked[c, BROADCAST_1] += n * each - passed
        s.dA[c] -= passed + fragmented + faded
        s.booked[c, FRAGMENTATION] += fragmented
        s.booked[c, FADE_2] += faded
