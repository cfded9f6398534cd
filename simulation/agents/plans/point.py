"""The point alone: every engaged unit does what the instruction names, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.agents.plans import PlanTask


def draw_up(task: PlanTask) -> NDArray[np.bool_]:
    """Return the plan in which every unit has the point domain."""
    plan = task.nobody()
    plan[:, task.point] = True
    return plan
