"""Weeks of a case's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulation.scenario.fields import LONGEST

if TYPE_CHECKING:
    from simulation.cases.case import Case


class Horizon(NamedTuple):
    """Weeks of a report: the last observed one, and the last that is run."""

    last: int
    end: int


def horizon(case: Case) -> Horizon:
    """Return the weeks of a case's report."""
    last = max((spot.week for spot in case.spots), default=case.spec.weeks - 1)
    return Horizon(last, min(last + case.settings.forecast.weeks, LONGEST - 1))
