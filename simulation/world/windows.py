"""The windows of the five stages: when a city works at which."""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.world.parameters import Parameters
from simulation.world.state import NEVER


@kernel(inline="always")
def working(p: Parameters, origin: int, opened: int, k: int, week: int) -> bool:
    """Tell whether the window of a city's stage ``k`` is open.

    By the calendar from start to start + length on the city's clock, which begins with ``origin``; where stages open
    when ready, for length weeks from ``opened``, the week after the stage before reached ``ready_at``.
    """
    if origin == NEVER:
        return False
    if p.stages.when_ready > 0.0:
        return opened != NEVER and opened <= week < opened + p.activity.length[k]
    return p.activity.start[k] <= week - origin < p.activity.start[k] + p.activity.length[k]
