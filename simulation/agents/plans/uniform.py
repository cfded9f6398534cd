"""One size fits all (一刀切): every engaged unit works every domain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.agents.plans import PlanTask


def draw_up(task: PlanTask) -> NDArray[np.bool_]:
    """Return the plan in which every unit has all kept domains."""
    plan = task.nobody()
    plan[:, task.kept] = True
    return plan
