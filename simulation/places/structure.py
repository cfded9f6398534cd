"""The structure as a scenario gives it: rows of places from a CSV file or from the scenario itself."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, nearest
from simulation.files.tables import FORMULA, holds_control
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
    """One place: its cells, numbers as numbers (absent ones left out), and where it stands, for messages."""

    where: str
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
            return text
    raise InputError("neither UTF-8 nor GB18030", file=path, allowed="save the table as 'CSV UTF-8'")


def _from_csv(text: str, path: Path) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = [column.strip() for column in next(reader, [])]
        _check_header(header, path)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"line {reader.line_num}"
            if len(cells) != len(header):
                raise InputError(
                    f"{len(cells)} cells under {len(header)} columns",
                    file=path,
                    key=where,
                    given=",".join(cells),
                )
            if len(rows) >= MOST_ROWS:
                raise InputError("too many rows", file=path, allowed=f"at most {MOST_ROWS}")
            rows.append(_row(dict(zip(header, cells, strict=True)), where, path))
    except csv.Error as error:
        raise InputError(f"not a CSV table ({error})", file=path, key=f"line {reader.line_num}") from None
    return rows


def _check_header(header: list[str], path: Path) -> None:
    for column in REQUIRED:
        if column not in header:
            raise InputError(
                "missing column",
                file=path,
                key=column,
                given=header,
                suggestion=None,
                allowed=", ".join(COLUMNS),
            )
    for position, column in enumerate(header):
        if column not in COLUMNS:
            raise InputError(
                "unknown column",
                file=path,
                key="line 1",
                given=column,
                allowed=", ".join(COLUMNS),
                suggestion=nearest(column, COLUMNS),
            )
        if column in header[:position]:
            raise InputError("column given twice", file=path, key="line 1", given=column)


def _row(cells: dict[str, Any], where: str, path: Path | None) -> Row:
    made: dict[str, Any] = {"where": where}
    for column, cell in cells.items():
        key = f"{where}, column {column}"
        if column not in COLUMNS:
            raise InputError(
                "unknown column",
                file=path,
                key=key,
                allowed=", ".join(COLUMNS),
                suggestion=nearest(column, COLUMNS),
            )
        if column in NUMBERS:
            if not isinstance(cell, str) or cell.strip():
                made[column] = _number(cell, NUMBERS[column], column, key, path)
        elif column in Row.__dataclass_fields__:
            if not isinstance(cell, str):
                raise InputError("must be a text", file=path, key=key, given=cell)
            made[column] = cell.strip()
            if column == "unit" and holds_control(made[column]):
                raise InputError("a name with control signs", file=path, key=key, given=cell)
            if column in ("unit", "zh") and made[column].startswith(FORMULA):
                raise InputError(
                    "begins with a sign that spreadsheets take for a formula",
                    file=path,
                    key=key,
                    given=cell,
                    allowed="a name that begins with none of = + - @",
                )
        elif not isinstance(cell, str | int) and not (isinstance(cell, float) and math.isfinite(cell)):
            raise InputError("must be a text or a number", file=path, key=key, given=cell)
    for column in ("unit", "tier"):
        if not made.get(column):
            raise InputError("empty" if column in cells else "missing", file=path, key=f"{where}, column {column}")
    made.setdefault("parent", "")
    for column, valid in (("tier", TIERS), ("kind", (*KINDS, ""))):
        value = made.get(column, "")
        if value not in valid:
            raise InputError(
                f"unknown {column}",
                file=path,
                key=f"{where}, column {column}",
                given=value,
                allowed=", ".join(word for word in valid if word),
                suggestion=nearest(value, valid),
            )
    if len(made["unit"]) > 200:
        raise InputError("name longer than 200 characters", file=path, key=where, given=made["unit"])
    return Row(**made)


def _number(cell: Any, most: float, column: str, key: str, path: Path | None) -> float:
    counted = column in ("residential", "villages")
    allowed = f"a {'whole ' if counted else ''}number from 0 to {most:g}"
    try:
        if isinstance(cell, bool):
            raise ValueError("a truth value")
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise InputError("not a number", file=path, key=key, given=cell, allowed=allowed) from None
    if not math.isfinite(value) or not 0 <= value <= most or (counted and value != int(value)):
        raise InputError("out of range", file=path, key=key, given=cell, allowed=allowed)
    return value
