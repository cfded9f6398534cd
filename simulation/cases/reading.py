"""Reading the tables of a case: every row, and every problem of every row at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from simulation.cases.agreeing import contradictions, row_problems
from simulation.cases.cells import Reader, Wrong
from simulation.cases.tables import (
    COLUMN_WORDS,
    MOST_ROWS,
    TABLES,
    CapacityRow,
    Column,
    Known,
    MeetingRow,
    ObservedRow,
    SeverityRow,
    SignalRow,
    TableForm,
    Tables,
    Where,
)
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.sheets import FORMS, OTHER_FORMS, Fault, Sheet, read_sheet

_ROWS: Mapping[str, Any] = {
    "severity": SeverityRow,
    "capacity": CapacityRow,
    "signals": SignalRow,
    "meetings": MeetingRow,
    "observed": ObservedRow,
}
_DATA_FORMS = (*OTHER_FORMS, "json", "parquet", "rds", "sas7bdat", "sav", "tab")
"""Endings of files that hold a table which is not read in this form."""
_COPY = re.compile(r"^(?:copy of |副本)\s*|[\s_-]*(?:copy|副本)?\s*(?:[(（]\d{1,3}[)）])?$", re.IGNORECASE)
"""Marks of a copy, as file managers, browsers and office programs write them."""
_TITLE_ROWS, _NAMES = 10, 2
"""Rows among which names of columns are looked for where the first has none, and how many names make such a row."""
_LIKE = 0.8
"""Share of signs in common, by which "observd" is like a table's name; "settings" and "meetings" share 0.75."""


def read_tables(folder: Path, known: Known) -> tuple[Tables, list[InputError]]:
    """Read every table of a case that is there.

    Parameters
    ----------
    folder : Path
        The case's folder.
    known : Known
        The names and dates that rows may speak of.

    Returns
    -------
    Tables, list of InputError
        The rows without problems, and every problem, in the order of tables and rows. A table that cannot be read at
        all is one problem, and so are a folder that cannot be listed and a file that seems to be a table misnamed.
    """
    reader, problems = Reader(known), list[InputError]()
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        problem = told("error.cannot_be_read", reason=error.strerror or error)
        return Tables(files={}), [InputError(problem, file=folder)]
    meant = {entry: _meant(entry) for entry in entries}
    rows: dict[str, tuple[Any, ...]] = {}
    files: dict[str, Path] = {}
    for name, form in TABLES.items():
        try:
            file = _file(entries, folder, name)
            if file is None:
                problems += [_misnamed(entry, name) for entry in entries if meant[entry] == name]
                continue
            files[name] = file
            found, wrong = _read(read_sheet(file, MOST_ROWS), form, reader)
        except InputError as problem:
            problems.append(problem)
            continue
        rows[name] = tuple(found)
        problems += wrong
    return Tables(**rows, files=files), problems


def _meant(entry: Path) -> str | None:
    """Return the table whose name a file has, or has nearly; hidden files and locks of office programs have none."""
    if _ending(entry) in (*FORMS, *OTHER_FORMS) and not entry.name.startswith((".", "~")):
        with suppress(OSError):  # what cannot be looked at is no table
            return nearest(_COPY.sub("", entry.stem), TABLES, _LIKE) if entry.is_file() else None
    return None


def _misnamed(entry: Path, name: str) -> InputError:
    form = _ending(entry) if _ending(entry) in FORMS else FORMS[0]
    problem = told("error.case.misnamed")
    return InputError(problem, file=entry, allowed=listed(TABLES), suggestion=f"{name}.{form}")


def _ending(entry: Path) -> str:
    return entry.suffix.lower().lstrip(".")


def _file(entries: Sequence[Path], folder: Path, name: str) -> Path | None:
    found = {
        form: [entry for entry in entries if entry.stem.lower() == name and _ending(entry) in form]
        for form in (FORMS, _DATA_FORMS)
    }
    read = found[FORMS]
    if len(read) > 1:
        files = listed(file.name for file in read)
        raise InputError(told("error.case.two_files", files=files), file=folder, key=name)
    # One of another form beside it may be what it was saved from; alone it is refused by the reader.
    return next(iter(read or found[_DATA_FORMS]), None)


def _read(sheet: Sheet, form: TableForm, reader: Reader) -> tuple[list[Any], list[InputError]]:
    if not any(sheet.header) and not sheet.rows:
        names = listed(one.name for one in form.columns)
        raise InputError(
            told("error.sheet.empty"), file=sheet.path, allowed=told("error.sheet.columns_first", names=names)
        )
    _refuse_title(sheet, form)
    columns, problems = _columns(sheet, form)
    lacking = frozenset(one.name for one in form.columns if one.needed and one.name not in columns.values())
    made = []
    for number, cells in sheet.rows:
        wrong, row = _row(sheet, form, reader, columns, lacking, number, cells)
        problems += wrong
        if row is not None:
            made.append(row)
    problems += contradictions(sheet, form, made, {name: place for place, name in columns.items()})
    return made, sorted(problems, key=_place_in_file)


def _refuse_title(sheet: Sheet, form: TableForm) -> None:
    """Raise InputError where the names of the columns stand in a later row than the first, as below a title."""
    names = {one.name for one in form.columns}

    def named(cells: Sequence[Any]) -> int:
        if len(cells) == 1 and isinstance(cells[0], Fault):
            cells = str(cells[0].given).split(",")  # a line with more cells than the title above it
        texts = (cell.strip() for cell in cells if isinstance(cell, str))
        return len(names.intersection(COLUMN_WORDS.get(text, text.lower()) for text in texts))

    later = next((number for number, cells in sheet.rows[:_TITLE_ROWS] if named(cells) >= _NAMES), None)
    if later is not None and not named(sheet.header):
        needed = listed(one.name for one in form.columns if one.needed)
        where = sheet.place(later)
        problem = told("error.sheet.title", where=where)
        raise InputError(problem, file=sheet.path, allowed=told("error.sheet.columns_first", names=needed))


def _place_in_file(problem: InputError) -> int:
    return int(getattr(problem, "row", 0))


def _columns(sheet: Sheet, form: TableForm) -> tuple[dict[int, str], list[InputError]]:
    """Return place to name of the table's columns, and what is wrong with the first line."""
    names = [one.name for one in form.columns]
    columns: dict[int, str] = {}
    unknown: list[int] = []
    problems: list[InputError] = []
    for place, given in enumerate(sheet.header):
        name = COLUMN_WORDS.get(given, given.strip().lower())
        if not given and all(cells[place] is None for _, cells in sheet.rows if len(cells) > place):
            continue
        if name not in names:
            unknown.append(place)
        elif name in columns.values():
            problems.append(InputError(told("error.column.twice"), file=sheet.path, key=sheet.head(place), given=given))
        else:
            columns[place] = name
    for place in unknown:
        given = sheet.header[place]
        near = nearest(given, names) or COLUMN_WORDS.get(nearest(given, COLUMN_WORDS) or "")
        near = near if near in names else None
        if near is not None and near not in columns.values():
            columns[place] = near  # its cells are checked as those of the column that is meant
        allowed = told("error.column.own", names=listed(names))
        problem = told("error.column.unknown")
        key = sheet.head(place)
        problems.append(InputError(problem, file=sheet.path, key=key, given=given, allowed=allowed, suggestion=near))
    problems += [
        InputError(
            told("error.column.missing"),
            file=sheet.path,
            key=one.name,
            given=list(sheet.header),
            allowed=listed(names),
        )
        for one in form.columns
        if one.needed and one.name not in columns.values()
    ]
    return columns, problems


def _row(
    sheet: Sheet,
    form: TableForm,
    reader: Reader,
    columns: Mapping[int, str],
    lacking: frozenset[str],
    number: int,
    cells: tuple[Any, ...],
) -> tuple[list[InputError], Any]:
    """Return the problems of a row, and the row where it has none and its table lacks no column."""
    if len(cells) == 1 and isinstance(cells[0], Fault) and len(sheet.header) > 1:
        return [_problem(sheet, number, None, Wrong(cells[0].problem, cells[0].given, cells[0].allowed))], None
    values: dict[str, Any] = {}
    problems = []
    for place, name in columns.items():
        value = reader.read(form.column(name), cells[place])
        if isinstance(value, Wrong):
            problems.append(_problem(sheet, number, place, value))
        else:
            values[name] = value
    wrong = (set(columns.values()) - set(values)) | lacking
    filled = {
        one.name: _filled(one, values.get(one.name), reader.known)
        for one in form.columns
        if one.name != "note" and one.name not in wrong
    }
    at = {name: place for place, name in columns.items()}
    problems += [
        _problem(sheet, number, at.get(name), problem)
        for name, problem in row_problems(form.name, filled, reader.known)
    ]
    if problems or lacking:
        return problems, None
    return [], _ROWS[form.name](where=Where(sheet.path.name, number), **filled)


def _filled(column: Column, value: Any, known: Known) -> Any:
    """Return what stands for an empty cell."""
    if value is not None:
        return value
    if column.kind == "number":
        return math.nan
    if column.kind == "place":
        return known.city
    return () if column.kind == "cities" else ""


def _problem(sheet: Sheet, number: int, place: int | None, wrong: Wrong) -> InputError:
    problem = InputError(
        wrong.problem,
        file=sheet.path,
        key=sheet.place(number, place),
        given=wrong.given.isoformat(" ") if isinstance(wrong.given, datetime) else wrong.given,
        allowed=wrong.allowed,
        suggestion=wrong.suggestion,
    )
    problem.row = number  # type: ignore[attr-defined]  # by which problems are put in order
    return problem
