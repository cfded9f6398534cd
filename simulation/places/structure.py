"""The structure as a scenario gives it: rows of places from a CSV file or from the scenario itself."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.escaping import begins_formula
from simulation.files.forms import numbers_in_words
from simulation.files.meant_number import LEAST_PERCENTAGE, meant_number
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

    ``where`` is the line of a table, the key of a place that the scenario lists, or empty for one that was added.
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
    return _from_csv(_decoded(content, path), path)


def _decoded(content: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            # A file converted from UTF-8 to GB18030 keeps the mark at its beginning.
            return text.removeprefix("\ufeff")
    raise InputError(told("error.table.encoding"), file=path, allowed=told("error.table.save_utf8"))


def _from_csv(text: str, path: Path) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    rows: list[Row] = []
    try:
        header = [column.strip() for column in next(reader, [])]
        _check_header(header, path)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = reader.line_num
            if len(cells) != len(header):
                raise InputError(
                    told("error.table.cells", cells=len(cells), columns=len(header)),
                    file=path,
                    key=spot(where),
                    given=",".join(cells),
                )
            if len(rows) >= MOST_ROWS:
                raise InputError(
                    told("error.table.too_many_rows"), file=path, allowed=told("error.limit.number", most=MOST_ROWS)
                )
            rows.append(_row(dict(zip(header, cells, strict=True)), where, path))
    except csv.Error as error:
        raise InputError(
            told("error.table.not_csv", reason=error), file=path, key=told("error.at.line", number=reader.line_num)
        ) from None
    return rows


def _delimiter(text: str) -> str:
    """Return what separates the cells: a comma, or what spreadsheets use where the comma stands in numbers."""
    header = text.partition("\n")[0]
    return next((sign for sign in ";\t" if "," not in header and sign in header), ",")


def _check_header(header: list[str], path: Path) -> None:
    line = told("error.at.line", number=1)
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
            key=line,
            given=column,
            allowed=listed(COLUMNS),
            suggestion=meant[column],
        )
    for position, column in enumerate(header):
        if column in header[:position]:
            raise InputError(told("error.column.twice"), file=path, key=line, given=column)


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
