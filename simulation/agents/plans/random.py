"""Random assignment: domains are divided as evenly as in the matched plan, but by lot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.agents.plans import PlanTask


def draw_up(task: PlanTask) -> NDArray[np.bool_]:
    """Return a plan in rounds: each kept domain to one unit drawn by lot, then the remaining units again."""
    plan = task.nobody()
    order = np.argsort(task.draws[:, task.kept[0]], kind="stable")
    lot = np.argsort(task.draws[order[0], task.kept], kind="stable")
    for turn, unit in enumerate(order):
        plan[unit, task.kept[lot[turn % len(lot)]]] = True
    return task.fill_up(plan, task.draws)
