"""The calendar of a run: how weeks are counted, and the date on which each begins where a scenario has a start date.

Weeks are counted one way everywhere, in files, tables, reports, pictures and on the page: week 0 is the first week,
that of the instruction unless a scenario says otherwise, and week w is the w-th after it. A run of 156 weeks ends with
week 155. What a table or a curve has for a week is the state at that week's end; a parameter "from week 80 on" holds in
week 80. With a start date, week w begins 7 · w days after it. No result depends on the date.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from simulation.files.errors import InputError, told
from simulation.text import say

if TYPE_CHECKING:
    from simulation.scenario.scenario import Scenario

FIRST_YEAR, LAST_YEAR = 1000, 2999
"""Years in which a run may start: four digits, and the longest run ends before dates do."""
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHORT = 3


def iso_date(given: Any) -> str | None:
    """Return a start date as a file or a program gives it in the form ``2020-03-01``; None where there is none.

    Raises
    ------
    InputError
        For anything but a date of the calendar, from `FIRST_YEAR` to `LAST_YEAR`; a time of day is none.
    """
    if given is None:
        return None
    day = given
    if isinstance(given, str) and _ISO.fullmatch(given.strip()):
        try:
            day = date.fromisoformat(given.strip())
        except ValueError:
            day = None
    if not isinstance(day, date) or isinstance(day, datetime) or not FIRST_YEAR <= day.year <= LAST_YEAR:
        shown = given.isoformat() if isinstance(given, date) else given
        raise InputError(told("error.not_a_date"), given=shown, allowed=told("error.kind.date"))
    return day.isoformat()


#: Date of the first day of week 0, as the text ``2020-03-01``, or None.
StartDate = Annotated[str | None, BeforeValidator(iso_date)]


def date_of(spec: Scenario, week: int) -> date | None:
    """Return the first day of a week; None where the scenario has no start date."""
    if spec.start_date is None:
        return None
    return date.fromisoformat(spec.start_date) + timedelta(weeks=int(week))


def told_month(day: date, lang: str, *, short: bool = False) -> str:
    """Return the month of a day: "September 2021" or "2021年9月"; ``short`` cuts an English name to "Sep 2021"."""
    month = say(f"calendar.month.{day.month}", lang)
    return say("calendar.month", lang, month=month[:_SHORT] if short else month, year=day.year)


def told_week(spec: Scenario, week: int, lang: str) -> str:
    """Return a week and, where the scenario has a start date, the month in which it begins.

    "week 80 (September 2021)", or "week 80" without a date; in Chinese "第 80 周（2021年9月）".
    """
    return say("calendar.week", lang, week=int(week)) + beside(spec, week, lang)


def beside(spec: Scenario, week: int, lang: str) -> str:
    """Return what stands behind a week's number: its month in brackets, or nothing without a start date."""
    day = date_of(spec, week)
    return "" if day is None else say("calendar.beside", lang, month=told_month(day, lang))


def told_span(spec: Scenario, weeks: int | str, lang: str) -> str:
    """Return how long a run is and, where the scenario has a start date, when it begins: "156 weeks from March 2020".

    ``weeks`` may be a text, such as "80 of 156".
    """
    day = date_of(spec, 0)
    if day is None:
        return say("calendar.span", lang, weeks=weeks)
    return say("calendar.span_from", lang, weeks=weeks, month=told_month(day, lang))
