"""Rows of a case's table that do not agree with the run, with their measure, or with one another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from simulation.cases.cells import Wrong
from simulation.cases.measures import MEASURES
from simulation.cases.tables import Known, ObservedRow, SignalRow, TableForm
from simulation.files.errors import InputError, listed, told
from simulation.files.forms import numbers_in_words
from simulation.files.meant_number import LEAST_PERCENTAGE, meant_number
from simulation.files.sheets import Sheet


def row_problem(table: str, row: Any, known: Known) -> tuple[str, Wrong] | None:
    """Return the column and the problem of a row whose cells are right one by one; None where there is none."""
    if table not in ("signals", "observed"):
        return None
    late = _out_of_run(row, known)
    if late is not None:
        return "date", late
    return _measured(row, known) if table == "observed" else None


def _out_of_run(row: SignalRow | ObservedRow, known: Known) -> Wrong | None:
    week = (row.date - known.start).days // 7
    if 0 <= week < known.weeks:
        return None
    last = known.start + timedelta(weeks=known.weeks) - timedelta(days=1)
    allowed = told("error.date.run", first=known.start.isoformat(), last=last.isoformat(), weeks=known.weeks)
    return Wrong(told("error.date.outside"), row.date.isoformat(), allowed)


def _measured(row: ObservedRow, known: Known) -> tuple[str, Wrong] | None:
    measure, of_city = MEASURES[row.measure], row.unit == known.city
    if of_city and not measure.of_city:
        units = listed([*known.units[:6], *(["…"] if len(known.units) > 6 else [])])
        return "unit", Wrong(told("error.measure.no_city", measure=row.measure), row.unit, units)
    if not of_city and not measure.of_unit:
        return "unit", Wrong(
            told("error.measure.city_only", measure=row.measure), row.unit, told("error.measure.city", city=known.city)
        )
    needed = measure.domain == "needed" or (measure.domain == "unit" and not of_city)
    if needed and not row.domain:
        return "domain", Wrong(told("error.cell.empty"), allowed=listed(known.domains))
    true_or_false = measure.kind in ("event", "state") and bool(row.domain)
    if true_or_false and row.value not in (0, 1):
        return "value", Wrong(
            told("error.measure.zero_one", measure=row.measure), row.value, told("error.measure.zero_one.allowed")
        )
    if measure.kind == "share" and row.value > 1:
        percentage = LEAST_PERCENTAGE <= row.value <= 100
        return "value", Wrong(
            told("error.share") if percentage else told("error.out_of_range"),
            row.value,
            numbers_in_words(False, 0, 1),
            meant_number(row.value, 1),
        )
    if measure.kind == "state" and not row.domain and row.value > len(known.domains):
        return "value", Wrong(told("error.out_of_range"), row.value, numbers_in_words(False, 0, len(known.domains)))
    if measure.kind == "state" and row.domain and not math.isnan(row.sd):
        return "sd", Wrong(told("error.measure.no_sd"), row.sd, told("error.measure.no_sd.allowed"))
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
            given = ", ".join(str(part) for part in key if part != "")
            yield _told(sheet, row, columns.get(form.key[0]), problem, given)
        seen.setdefault(key, row.where.row)
    if form.name == "observed":
        yield from _events(sheet, rows, columns)


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


def _told(sheet: Sheet, row: Any, place: int | None, problem: Any, given: Any) -> InputError:
    made = InputError(problem, file=sheet.path, key=sheet.place(row.where.row, place), given=given)
    made.row = row.where.row  # type: ignore[attr-defined]  # by which problems are put in order
    return made
