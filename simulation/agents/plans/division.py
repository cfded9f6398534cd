"""Division of labour (试点分工): each domain goes to the unit where its problem seems worst.

This is the city's own way (Bu 2022, §4.4). Each round assigns the domains optimally to one unit each, by perceived
severity; further rounds assign the remaining units. Further domains of a unit are its next-worst ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.agents.plans import PlanTask


def draw_up(task: PlanTask) -> NDArray[np.bool_]:
    """Return the plan that maximises perceived severity matched, round by round."""
    from scipy.optimize import linear_sum_assignment

    plan = task.nobody()
    remaining = np.arange(len(task.units))
    while len(remaining):
        rows, columns = linear_sum_assignment(task.perceived[np.ix_(remaining, task.kept)], maximize=True)
        plan[remaining[rows], task.kept[columns]] = True
        remaining = np.delete(remaining, rows)
    return task.fill_up(plan, task.perceived)
