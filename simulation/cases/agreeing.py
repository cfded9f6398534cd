"""Rows of a case's table that do not agree with the run, with their measure, or with one another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from simulation.cases.cells import Wrong, in_both
from simulation.cases.measures import MEASURES, Measure
from simulation.cases.tables import Known, ObservedRow, TableForm
from simulation.files.errors import InputError, listed, told
from simulation.files.forms import numbers_in_words
from simulation.files.meant_number import LEAST_PERCENTAGE, meant_number
from simulation.files.sheets import Sheet


def row_problems(table: str, cells: Mapping[str, Any], known: Known) -> Iterator[tuple[str, Wrong]]:
    """Yield column and problem of cells that are right one by one, and wrong in this run or together.

    Parameters
    ----------
    table : str
        Name of the table.
    cells : mapping
        Column to value, empty ones filled; a cell that is wrong by itself is left out.
    known : Known
        The names and dates that rows may speak of.
    """
    if table in ("signals", "observed") and "date" in cells:
        late = _out_of_run(cells["date"], known)
        if late is not None:
            yield "date", late
    if table == "observed" and "measure" in cells:
        yield from _measured(MEASURES[cells["measure"]], cells, known)


def _out_of_run(day: date, known: Known) -> Wrong | None:
    week = (day - known.start).days // 7
    if 0 <= week < known.weeks:
        return None
    last = known.start + timedelta(weeks=known.weeks) - timedelta(days=1)
    allowed = told("error.date.run", first=known.start.isoformat(), last=last.isoformat(), weeks=known.weeks)
    return Wrong(told("error.date.outside"), day.isoformat(), allowed)


def _measured(measure: Measure, cells: Mapping[str, Any], known: Known) -> Iterator[tuple[str, Wrong]]:
    unit, domain, value = (cells.get(name) for name in ("unit", "domain", "value"))
    unit = unit if known.units else None
    of_city = unit == known.city
    if of_city and not measure.of_city:
        units = listed([*known.units[:6], *(["…"] if len(known.units) > 6 else [])])
        yield "unit", Wrong(told("error.measure.no_city", measure=measure.name), unit, units)
    elif unit is not None and not of_city and not measure.of_unit:
        city = told("error.measure.city", city=known.city)
        yield "unit", Wrong(told("error.measure.city_only", measure=measure.name), unit, city)
    needed = measure.domain == "needed" or (measure.domain == "unit" and unit is not None and not of_city)
    if needed and domain == "":
        yield (
            "domain",
            Wrong(
                told("error.cell.empty"),
                allowed=listed(in_both(one, known.labels.get(one, one)) for one in known.domains),
            ),
        )
    if value is not None:
        wrong = _valued(measure, value, domain, known)
        if wrong is not None:
            yield "value", wrong
    if measure.kind == "state" and domain and not math.isnan(cells.get("sd", math.nan)):
        yield "sd", Wrong(told("error.measure.no_sd"), cells["sd"], told("error.measure.no_sd.allowed"))


def _as_typed(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _valued(measure: Measure, value: float, domain: str | None, known: Known) -> Wrong | None:
    if measure.kind == "event" or (measure.kind == "state" and domain):
        if value in (0, 1):
            return None
        problem = told("error.measure.zero_one", measure=measure.name)
        return Wrong(problem, _as_typed(value), told("error.measure.zero_one.allowed"))
    if measure.kind == "share" and value > 1:
        percentage = LEAST_PERCENTAGE <= value <= 100
        problem = told("error.share") if percentage else told("error.out_of_range")
        return Wrong(problem, _as_typed(value), numbers_in_words(False, 0, 1), meant_number(value, 1))
    if measure.kind == "state" and domain == "":
        most = len(known.domains)
        if value > most or not value.is_integer():
            problem = told("error.out_of_range") if value > most else told("error.cell.not_whole")
            return Wrong(problem, _as_typed(value), numbers_in_words(True, 0, most))
    if measure.kind == "count" and not value.is_integer():
        return Wrong(told("error.cell.not_whole"), _as_typed(value), numbers_in_words(True, 0, None))
    return None


def contradictions(
    sheet: Sheet, form: TableForm, rows: Sequence[Any], columns: Mapping[str, int]
) -> Iterator[InputError]:
    """Yield the problems of rows that say the same thing twice, or cannot both be true."""
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in form.key)
        if form.key and key in seen:
            problem = told("error.row.twice", first=sheet.place(seen[key]))
            given = ", ".join(_said(name, part) for name, part in zip(form.key, key, strict=True) if part != "")
            yield _told(sheet, row, columns.get(form.key[0]), problem, given)
        seen.setdefault(key, row.where.row)
    if form.name == "observed":
        yield from _events(sheet, rows, columns)
        yield from _agendas(sheet, rows, columns)


def _said(column: str, value: Any) -> str:
    return f"{value:%Y-%m}" if column == "month" else str(value)


def _events(sheet: Sheet, rows: Sequence[ObservedRow], columns: Mapping[str, int]) -> Iterator[InputError]:
    """Yield events that happen twice, have not happened although they had, or come before what they follow."""
    happened: dict[tuple[str, str, str], ObservedRow] = {}
    for row in rows:
        if MEASURES[row.measure].kind == "event" and row.value == 1:
            key = (row.measure, row.unit, row.domain)
            if key in happened:
                first = happened[key]
                if first.date != row.date:
                    problem = told("error.event.twice", measure=row.measure, first=sheet.place(first.where.row))
                    yield _told(sheet, row, columns.get("date"), problem, row.date.isoformat())
            else:
                happened[key] = row
    for row in rows:
        key = (row.measure, row.unit, row.domain)
        if MEASURES[row.measure].kind == "event" and row.value == 0 and key in happened:
            event = happened[key]
            if event.date < row.date:
                problem = told("error.event.not_yet", measure=row.measure, first=sheet.place(event.where.row))
                yield _told(sheet, row, columns.get("value"), problem, 0)
        if row.measure == "withdrawn" and row.value == 1:
            begun = happened.get(("adopted", row.unit, row.domain))
            if begun is not None and row.date < begun.date:
                problem = told("error.event.before", first=sheet.place(begun.where.row))
                yield _told(sheet, row, columns.get("date"), problem, row.date.isoformat())


def _agendas(sheet: Sheet, rows: Sequence[ObservedRow], columns: Mapping[str, int]) -> Iterator[InputError]:
    """Yield numbers of domains on the agenda that are smaller than what the rows of the same day name.

    A number with a standard deviation of its own is not exact and may differ.
    """
    named: Counter[date] = Counter(row.date for row in rows if row.measure == "agenda" and row.domain and row.value)
    for row in rows:
        counted = row.measure == "agenda" and not row.domain and math.isnan(row.sd)
        if counted and row.value < named[row.date]:
            problem = told("error.agenda.named", number=named[row.date])
            yield _told(sheet, row, columns.get("value"), problem, _as_typed(row.value))


def _told(sheet: Sheet, row: Any, place: int | None, problem: Any, given: Any) -> InputError:
    made = InputError(problem, file=sheet.path, key=sheet.place(row.where.row, place), given=given)
    made.row = row.where.row  # type: ignore[attr-defined]  # by which problems are put in order
    return made
