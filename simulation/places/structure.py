"""The structure as a scenario gives it: rows of places from a table or from the scenario itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.escaping import begins_formula
from simulation.files.forms import numbers_in_words
from simulation.files.meant_number import LEAST_PERCENTAGE, meant_number
from simulation.files.sheets import BINARY_FORMS, Fault, Sheet, read_sheet
from simulation.files.tables import holds_control
from simulation.places.meant import meant_word
from simulation.scenario import Scenario

#: Most rows of a structure that are read.
MOST_ROWS = 500_000

TIERS = ("province", "city", "county", "department", "town", "community")
KINDS = ("resident", "village", "subdistrict", "town")
REQUIRED = ("unit", "parent", "tier")
NUMBERS = {
    "population": 1e10,
    "urban_share": 1.0,
    "residential": 1e6,
    "villages": 1e6,
    "platforms": 1.0,
}
COLUMNS = (*REQUIRED, "zh", "kind", "pilot", "code", "source", "note", *NUMBERS)


@dataclass(frozen=True)
class Row:
    """One place: its cells, numbers as numbers (absent ones left out), and where it stands, for messages.

    ``where`` is the line of a table (in words where it is a workbook's row or an observation of Stata), the key of a
    place that the scenario lists, or empty for one that was added.
    """

    where: int | str
    unit: str
    parent: str
    tier: str
    zh: str = ""
    kind: str = ""
    pilot: str = ""
    population: float | None = None
    urban_share: float | None = None
    residential: float | None = None
    villages: float | None = None
    platforms: float | None = None


def structure_rows(spec: Scenario) -> list[Row]:
    """Return the rows of the structure, each cell checked for itself.

    Raises
    ------
    InputError
        Unreadable file, unknown encoding, missing or unknown column, a word where a number belongs.
    """
    path, content = spec.structure_path, spec.structure_content
    if path is None or content is None:
        inline = spec.structure.units or ()
        return [
            _row({str(column): cell for column, cell in cells.items()}, f"structure.units[{number}]", None)
            for number, cells in enumerate(inline, 1)
        ]
    return _from_table(content, path)


def structure_problems(spec: Scenario) -> list[InputError]:
    """Return the first problem of each row of the structure's table; none where the scenario lists its places."""
    path, content = spec.structure_path, spec.structure_content
    if path is None or content is None:
        return []
    problems = []
    try:
        sheet = _sheet(content, path)
    except InputError as problem:
        return [problem]
    for number, cells in sheet.rows:
        try:
            _from_sheet(cells, number, sheet)
        except InputError as problem:
            problems.append(problem)
    return problems


def _from_table(content: bytes, path: Path) -> list[Row]:
    sheet = _sheet(content, path)
    return [_from_sheet(cells, number, sheet) for number, cells in sheet.rows]


def _sheet(content: bytes, path: Path) -> Sheet:
    suffix = path.suffix.lower().lstrip(".")
    # A table of places may have any name; what is no workbook is read as text.
    kind = None if suffix in ("xlsx", "dta", *BINARY_FORMS) else "csv"
    sheet = read_sheet(path, MOST_ROWS, content, kind)
    _check_header(sheet)
    return sheet


def _from_sheet(cells: tuple[Any, ...], number: int, sheet: Sheet) -> Row:
    return _row(_checked(cells, number, sheet), _where(number, sheet), sheet.path)


def _checked(cells: tuple[Any, ...], number: int, sheet: Sheet) -> dict[str, Any]:
    for place, cell in enumerate(cells):
        if isinstance(cell, Fault):
            alone = len(cells) < len(sheet.header)
            raise InputError(
                cell.problem,
                file=sheet.path,
                key=sheet.place(number, None if alone else place),
                given=cell.given,
                allowed=cell.allowed,
            )
    return {
        column: "" if cell is None else cell.isoformat() if isinstance(cell, date) else cell
        for column, cell in zip(sheet.header, cells, strict=True)
    }


def _where(number: int, sheet: Sheet) -> int | str:
    return number if sheet.kind == "csv" else sheet.place(number)


def _check_header(sheet: Sheet) -> None:
    header, path = list(sheet.header), sheet.path
    meant = {column: meant_word("column", column, COLUMNS) for column in header if column not in COLUMNS}
    missing = next((column for column in REQUIRED if column not in header), None)
    if missing and not any(meant.values()):
        raise InputError(told("error.column.missing"), file=path, key=missing, given=header, allowed=listed(COLUMNS))
    if meant:
        # One whose meaning is known comes first: it says why another is missing.
        column = min(meant, key=lambda name: meant[name] is None)
        raise InputError(
            told("error.column.unknown"),
            file=path,
            key=sheet.head(header.index(column)),
            given=column,
            allowed=listed(COLUMNS),
            suggestion=meant[column],
        )
    for position, column in enumerate(header):
        if column in header[:position]:
            raise InputError(told("error.column.twice"), file=path, key=sheet.head(position), given=column)


def spot(where: int | str, column: str = "", unit: str = "") -> str:
    """Return in words where a place stands: its line or key, and the column or the name that is meant."""
    place = told("error.at.line", number=where) if isinstance(where, int) else where
    if column:
        return told("error.at.column", where=place, column=column) if place else column
    return told("error.at.unit", where=place, unit=unit) if place and unit else place or unit


def _row(cells: dict[str, Any], where: int | str, path: Path | None) -> Row:
    made: dict[str, Any] = {"where": where}
    for column, cell in cells.items():
        if column not in COLUMNS:
            raise InputError(
                told("error.column.unknown"),
                file=path,
                key=spot(where, column),
                allowed=listed(COLUMNS),
                suggestion=nearest(column, COLUMNS),
            )
        if column in NUMBERS:
            if not isinstance(cell, str) or cell.strip():
                made[column] = _number(cell, NUMBERS[column], column, where, path)
        elif column in Row.__dataclass_fields__:
            if not isinstance(cell, str):
                raise InputError(told("error.must_be_text"), file=path, key=spot(where, column), given=cell)
            made[column] = cell.strip()
            if column == "unit" and holds_control(made[column]):
                raise InputError(told("error.name.control"), file=path, key=spot(where, column), given=cell)
            if column in ("unit", "zh") and begins_formula(made[column]):
                raise InputError(
                    told("error.name.sign"),
                    file=path,
                    key=spot(where, column),
                    given=cell,
                    allowed=told("error.name.sign.allowed"),
                )
        elif not isinstance(cell, str | int) and not (isinstance(cell, float) and math.isfinite(cell)):
            raise InputError(told("error.text_or_number"), file=path, key=spot(where, column), given=cell)
    for column in ("unit", "tier"):
        if not made.get(column):
            raise InputError(
                told("error.cell.empty") if column in cells else told("error.cell.missing"),
                file=path,
                key=spot(where, column),
            )
    made.setdefault("parent", "")
    for column, valid in (("tier", TIERS), ("kind", (*KINDS, ""))):
        value = made.get(column, "")
        if value not in valid:
            raise InputError(
                told("error.cell.unknown", column=column),
                file=path,
                key=spot(where, column),
                given=value,
                allowed=listed(word for word in valid if word),
                suggestion=meant_word(column, value, valid),
            )
    if len(made["unit"]) > 200:
        raise InputError(told("error.name.long"), file=path, key=spot(where), given=made["unit"])
    return Row(**made)


def _number(cell: Any, most: float, column: str, where: int | str, path: Path | None) -> float:
    counted = column in ("residential", "villages")

    def refuse(problem: str) -> InputError:
        return InputError(
            problem,
            file=path,
            key=spot(where, column),
            given=cell,
            allowed=numbers_in_words(counted, 0, most),
            suggestion=None if counted else meant_number(cell, most),
        )

    try:
        if isinstance(cell, bool):
            raise ValueError("a truth value")
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise refuse(told("error.not_a_number")) from None
    if not math.isfinite(value) or not 0 <= value <= most or (counted and value != int(value)):
        raise refuse(told("error.share" if most == 1 and LEAST_PERCENTAGE <= value <= 100 else "error.out_of_range"))
    return value
