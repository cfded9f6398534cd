"""The windows of the five stages: when a city works at which."""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.world.parameters import Parameters
from simulation.world.state import NEVER, State


@kernel(inline="always")
def working(p: Parameters, s: State, c: int, k: int, week: int) -> bool:
    """Tell whether the window of a city's stage ``k`` is open.

    By the calendar from start to start + length on the city's clock; where stages open when ready, for length weeks
    from the week after the stage before reached ``ready_at``.
    """
    if s.origin[c] == NEVER:
        return False
    if p.stages.when_ready > 0.0:
        return s.opened[c, k] != NEVER and s.opened[c, k] <= week < s.opened[c, k] + p.activity.length[k]
    return p.activity.start[k] <= week - s.origin[c] < p.activity.start[k] + p.activity.length[k]
