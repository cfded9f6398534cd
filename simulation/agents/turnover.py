"""Leader turnover: a new leader keeps a part of what the old one had built (off by default; assumption)."""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.scenario.windows import AUTHORITY, TREND
from simulation.world.fixed import World
from simulation.world.parameters import Rows
from simulation.world.state import State


@kernel
def replace_leaders(rows: Rows, g: World, s: State, week: int) -> None:
    """Replace each leader with the week's probability of ``turnover.rate``.

    A unit keeps a part of its confidence and routine, a city of its levels of trend and authority.
    """
    for u in range(s.confidence.shape[0]):
        t = rows[s.unit_row[u]].turnover
        if week_uniform1(g.unit_turnover_key[u], week) < t.weekly_chance:
            s.confidence[u] *= t.confidence_kept
            for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
                for d in range(s.routine.shape[1]):
                    s.routine[x, d] *= t.routine_kept
    for c in range(s.level.shape[0]):
        t = rows[s.city_row[c]].turnover
        if week_uniform1(g.city_turnover_key[c], week) < t.weekly_chance:
            s.level[c, TREND] *= t.level_kept
            s.level[c, AUTHORITY] *= t.level_kept
