"""Dates as people and spreadsheets write them: one reading for each, and none where there are two."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from simulation.scenario.calendar import FIRST_YEAR, LAST_YEAR
from simulation.text.told import Told, told

_SEPARATED = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*(?:日|号)?(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*月?(?:份)?")
_NAMED = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{4})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL = date(1899, 12, 30)
"""Day 0 of Excel's count, for days from March 1900 on: Excel counts a 29 February 1900 that there was not."""
_MOST = 1e8
_MIDDLE = 15
"""Day of the month that the codebook proposes where only the month is known."""
FIRST_SERIAL, LAST_SERIAL = 10_000, 99_999
"""Serial numbers that are read as dates: May 1927 to October 2173."""


class Unread(NamedTuple):
    """A cell that is no date: why, and what would be one."""

    problem: Told
    allowed: Told


def read_date(cell: Any) -> date | Unread:
    """Return the date that a cell means: ISO, 2020/3/5, 2020年3月5日, 20200305, or a spreadsheet's serial number."""
    if isinstance(cell, datetime):
        return _in_range(cell.date())
    if isinstance(cell, date):
        return _in_range(cell)
    if isinstance(cell, bool):
        return _none()
    if isinstance(cell, int | float):
        return _number(float(cell)) if abs(cell) < _MOST else _none()
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    if found := _SEPARATED.fullmatch(text) or _PACKED.fullmatch(text):
        return _day(*(int(part) for part in found.groups()))
    if _SERIAL.fullmatch(text):
        return _number(float(text))
    if found := _YEAR_LAST.fullmatch(text):
        return _two_readings(*(int(part) for part in found.groups()))
    month = _named_month(text)
    if isinstance(month, date):
        middle = month.replace(day=_MIDDLE).isoformat()
        return Unread(told("error.date.month_only"), told("error.date.month_only.allowed", day=middle))
    return _none()


def read_month(cell: Any) -> date | Unread:
    """Return the first day of the month that a cell means: 2020-03, 2020/3, 2020年3月, March 2020, or any date."""
    day = _named_month(cell)
    if isinstance(day, Unread):
        return Unread(told("error.date.no_month"), told("error.date.month"))
    if day is None:
        day = read_date(cell)
    if isinstance(day, Unread):
        # Two readings are said as they are.
        return Unread(day.problem, told("error.date.month")) if day.allowed == told("error.date.forms") else day
    return day.replace(day=1)


def _named_month(cell: Any) -> date | Unread | None:
    """Return the first day of a month that is written without a day, None where it is not written so."""
    if isinstance(cell, str):
        text = unicodedata.normalize("NFKC", str(cell)).strip()
        if found := _MONTH.fullmatch(text):
            return _day(int(found[1]), int(found[2]), 1)
        if (found := _NAMED.fullmatch(text)) and found[1][:3].lower() in _MONTHS:
            return _day(int(found[2]), _MONTHS.index(found[1][:3].lower()) + 1, 1)
    return None


def _number(value: float) -> date | Unread:
    if not value.is_integer():  # nor is it infinite
        return _none()
    if FIRST_SERIAL <= value <= LAST_SERIAL:
        return _EXCEL + timedelta(days=int(value))
    packed = _PACKED.fullmatch(f"{value:.0f}")
    return _day(*(int(part) for part in packed.groups())) if packed else _none()


def _day(year: int, month: int, day: int) -> date | Unread:
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        return Unread(told("error.date.impossible"), told("error.date.forms"))


def _in_range(day: date) -> date | Unread:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return Unread(told("error.date.impossible"), told("error.date.forms"))
    return day


def _two_readings(first: int, second: int, year: int) -> Unread:
    """Refuse a day and a month whose order is not known, and say both readings."""
    full = year if year > 99 else 2000 + year
    readings = []
    for month, day in ((first, second), (second, first)):
        made = _day(full, month, day)
        if isinstance(made, date) and made.isoformat() not in readings:
            readings.append(made.isoformat())
    if not readings:
        return _none()
    problem = told("error.date.order") if len(readings) > 1 else told("error.date.year_last")
    return Unread(problem, told("error.date.readings", readings=" / ".join(readings)))


def _none() -> Unread:
    return Unread(told("error.date.none"), told("error.date.forms"))
