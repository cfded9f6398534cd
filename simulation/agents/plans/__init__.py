"""Plan kinds, one file each: a plan says which unit explores which domain.

Each module here is a plan kind, named like the module, and is found without a list. It offers ``draw_up(task)``, which
returns the assignment as booleans of shape (engaged units, domains).
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PlanTask:
    """The facts that a city knows when it draws up its plan.

    Attributes
    ----------
    units : tuple of str
        Names of the engaged units, sorted by name, so that ties fall by name.
    domains : tuple of str
        Keys of all domains, in file order.
    kept : array of int
        Columns of the domains that the plan may use, the point first.
    point : int
        Column of the domain that the instruction names.
    perceived : array, shape (units, domains)
        Severity as scouting has shown it.
    draws : array, shape (units, domains)
        Uniform numbers in [0, 1), for plans that leave it to chance.
    per_unit : int
        How many domains each engaged unit should have.
    table : dict of str to list of str
        The plan written by hand, for kind ``table``.
    """

    units: tuple[str, ...]
    domains: tuple[str, ...]
    kept: NDArray[np.int64]
    point: int
    perceived: NDArray[np.float64]
    draws: NDArray[np.float64]
    per_unit: int
    table: dict[str, list[str]]

    def nobody(self) -> NDArray[np.bool_]:
        """Return an empty assignment, shape (units, domains)."""
        return np.zeros(self.perceived.shape, np.bool_)

    def fill_up(self, plan: NDArray[np.bool_], score: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Give each unit its highest-scoring further domains until it has ``per_unit`` of the kept domains."""
        wanted = min(self.per_unit, len(self.kept))
        for unit in range(len(self.units)):
            for column in self.kept[np.argsort(-score[unit, self.kept], kind="stable")]:
                if plan[unit].sum() >= wanted:
                    break
                plan[unit, column] = True
        return plan


Planner = Callable[[PlanTask], NDArray[np.bool_]]


@functools.cache
def plan_kinds() -> dict[str, Planner]:
    """Return every plan kind in this folder: name to function."""
    return {
        module.name: importlib.import_module(f"{__name__}.{module.name}").draw_up
        for module in pkgutil.iter_modules(__path__)
    }
