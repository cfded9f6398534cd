"""The point alone: every engaged unit works the domain that the instruction names, and no other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.agents.plans import PlanTask


def draw_up(task: PlanTask) -> NDArray[np.bool_]:
    """Return the plan in which every unit has the point domain."""
    plan = task.nobody()
    plan[:, task.point] = True
    return plan
