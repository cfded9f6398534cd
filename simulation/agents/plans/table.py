"""A plan written by hand: a table names the domains of each unit (such as the case's own ten pilots)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.agents.plans import PlanTask


def draw_up(task: PlanTask) -> NDArray[np.bool_]:
    """Return the plan that the table states; units or domains that are not engaged or not kept are left out."""
    plan = task.nobody()
    kept = {task.domains[column] for column in task.kept}
    for row, unit in enumerate(task.units):
        for domain in task.table.get(unit, ()):
            if domain in kept:
                plan[row, task.domains.index(domain)] = True
    return plan
