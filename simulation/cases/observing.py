"""The model as a task that returns, for each observed row of a case, the value that the run has in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation._version import EDITION
from simulation.cases.distances import Rows
from simulation.cases.measures import predictions
from simulation.cases.watching import WATCHED, watch
from simulation.experiments.running.task import warm_model

if TYPE_CHECKING:
    from simulation.cases.case import Case

NEVER_SEEN = -1.0
"""Stands in a store for an event that never happened: a store keeps no infinity."""


class Observing:
    """A task (see `experiments.running.protocol`): parameters and a seed to ``{"x1": …, "xn": …}``.

    Row i of the case's observed rows, counted from 1, is ``xi``; events are weeks, −1 where they never happened.

    Parameters
    ----------
    case : Case
        The case.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self._last = Rows.of(case).last

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> dict[str, float]:
        """Run the case once under these values of the worlds' and the free parameters."""
        case, weeks = self.case, [spot.week for spot in self.case.spots]
        longer = {"weeks": max(case.spec.weeks, self._last + 1)}
        seen = watch(case.scenario_for({**longer, **parameters}, seed), seed, weeks, last=self._last)
        values = predictions(case.rows, case.spots, seen)
        return {
            name: float(value) if np.isfinite(value) else NEVER_SEEN
            for name, value in zip(self.columns, values, strict=True)
        }

    @property
    def columns(self) -> list[str]:
        """Names of the values, one per observed row."""
        return [f"x{number}" for number in range(1, len(self.case.rows) + 1)]

    def check_point(self, values: Mapping[str, Any]) -> None:
        """Raise InputError unless the case's scenario accepts these values together."""
        self.case.scenario_for(values)

    @staticmethod
    def warm_up() -> None:
        """Import and compile the model."""
        warm_model()

    @property
    def identity(self) -> dict[str, Any]:
        """Plain data by which a store knows the task."""
        return {
            "model": "wushi",
            "edition": EDITION,
            "watched": WATCHED,
            "case": self.case.name,
            "digest": self.case.digest,
        }
