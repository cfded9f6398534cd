"""Stage 3, 声势 publicity: sites are selected, scouted and fixed; grassroots cadres gain confidence.

Breadth and depth of scouting decide how well the plan knows the problems. Strength gives cadres confidence, which
authority must sustain.
"""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import FADE_3, PASSED_3
from simulation.scenario.windows import PUBLICITY
from simulation.world.fixed import World
from simulation.world.parameters import Rows
from simulation.world.state import State


@kernel
def convert(rows: Rows, g: World, s: State) -> None:
    """Let F3 = convert3·gate3·B leave each unit's publicity; fade3·B is lost to attention.

    Momentum in instructions per week. Source: Bu 2022, §4.3; rates are assumptions.
    """
    unit_row = s.unit_row
    for u in range(s.B.shape[0]):
        p = rows[unit_row[u]]
        c = g.unit_city[u]
        passed = p.stages.publicity.convert * s.gate[c, PUBLICITY] * s.B[u]
        faded = min(p.stages.publicity.fade * s.B[u], s.B[u] - passed)
        s.F3[u] = passed
        s.dB[u] -= passed + faded
        s.booked[c, PASSED_3] += passed
        s.booked[c, FADE_3] += faded


@kernel
def assure(rows: Rows, g: World, s: State) -> None:
    """Move cadres' confidence, in [0, 1], by one week.

    conf ← conf + assure·a₃·strength·(1 − conf)·engaged − doubt·(1 − α)·conf, with α the level of the unit's own
    group. Source: Bu 2022, §4.3 (scouting dispels grassroots cadres' doubts) and §4.2 (authority sustains); the form is
    an assumption.
    """
    unit_row = s.unit_row
    for u in range(s.confidence.shape[0]):
        p = rows[unit_row[u]]
        c = g.unit_city[u]
        conf = s.confidence[u]
        if s.engaged[u]:
            conf += p.transmission.assure * s.level[c, PUBLICITY] * p.scouting.strength * (1.0 - conf)
        s.confidence[u] = conf - p.transmission.doubt * (1.0 - s.group[u]) * s.confidence[u]
