"""A possible observation in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.cases import naming
from simulation.text import say

if TYPE_CHECKING:
    from simulation.cases.case import Case


def asked(case: Case, row: Any, lang: str) -> str:
    """Return what to ask for: measure, unit, domain and the last day of the week.

    Parameters
    ----------
    row : Candidate or row of a table with its columns
        The observation.
    """
    return say(
        "case.report.asked" if row.domain else "case.report.asked.city", lang,
        measure=say(f"case.report.ask.{row.measure}", lang), unit=naming.unit(case, row.unit, lang),
        domain=naming.domain(case, row.domain, lang), day=naming.day(case, row.week),
    )  # fmt: skip
