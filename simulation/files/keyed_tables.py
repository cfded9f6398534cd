"""A user's table with a column per dotted key, as lines of texts: CSV as it stands, workbooks and Stata files like it.

A cell of a workbook or a Stata file becomes the text that it would be in a CSV file, so that one and the same reading
follows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Protocol

from simulation.files.errors import InputError, Told, told
from simulation.files.reading import read_bytes
from simulation.files.sheets import BINARY_FORMS, Fault, Sheet, decoded, read_sheet
from simulation.files.stata import stata_names


class Key(Protocol):
    """A parameter that a column may hold: its dotted key, and the kind of its values; ``flag`` is true or false."""

    @property
    def key(self) -> str:
        """The dotted key."""

    @property
    def kind(self) -> str:
        """The kind."""


OTHERS = ("xlsx", "dta")
"""Endings of tables that are read beside CSV, which may have any ending."""


def read_keyed(path: Path, keys: Sequence[Key], *, missing: str | None = None, most: int, rows: int) -> str:
    """Return a table as the text of a CSV file whose line numbers are those of the table.

    Parameters
    ----------
    path : Path
        The file.
    keys : sequence of Key
        Dotted keys that a column may have. Stata allows no dots: there the name that `stata_names` makes of a key
        stands for it, where it does for no other. Nor has it true and false: 1 and 0 stand for them.
    missing : str, optional
        Message when there is no file; by default that there is none.
    most : int
        Largest file that is read, in bytes.
    rows : int
        Most rows.

    Raises
    ------
    InputError
        No file, too large, an encoding that is neither UTF-8 nor GB18030, another form, or a cell that cannot be read.
    """
    content = read_bytes(path, missing, most)
    kind = path.suffix.lower().lstrip(".")
    if kind not in (*OTHERS, *BINARY_FORMS):
        return decoded(content, path)
    sheet = read_sheet(path, rows, content, kind)
    names = _dotted(sheet.header, (key.key for key in keys)) if kind == "dta" else list(sheet.header)
    flags = {key.key for key in keys if key.kind == "flag"} if kind == "dta" else set()
    used = [
        place for place, name in enumerate(names) if name or any(cells[place] is not None for _, cells in sheet.rows)
    ]
    for place in used:
        if not names[place]:
            raise InputError(told("error.column.unnamed"), file=path, key=sheet.head(place))
    lines: list[list[str]] = [[] for _ in range(sheet.first - 1)]
    lines.append([names[place] for place in used])
    for number, cells in sheet.rows:
        lines += [[]] * (_line(sheet, number) - 1 - len(lines))
        lines.append([_text(cells[place], sheet, number, place, flag=names[place] in flags) for place in used])
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(lines)
    return made.getvalue()


def line_of(path: Path, line: int) -> Told:
    """Return in words where a line of such a text stands in its file."""
    match path.suffix.lower():
        case ".xlsx":
            return told("error.at.row", number=line)
        case ".dta" if line > 1:
            return told("error.at.observation", number=line - 1)
        case _:
            return told("error.at.line", number=line)


def _line(sheet: Sheet, number: int) -> int:
    return number + 1 if sheet.kind == "dta" else number


def _dotted(names: Iterable[str], keys: Iterable[str]) -> list[str]:
    meant: dict[str, str | None] = {}
    for key in keys:
        (name,) = stata_names([key]).values()
        meant[name] = None if name in meant else key
    return [meant.get(name) or name for name in names]


def _text(cell: Any, sheet: Sheet, number: int, place: int, *, flag: bool) -> str:
    if isinstance(cell, Fault):
        raise InputError(
            cell.problem, file=sheet.path, key=sheet.place(number, place), given=cell.given, allowed=cell.allowed
        )
    if cell is None:
        return ""
    if isinstance(cell, bool) or (flag and cell in (0, 1)):
        return str(bool(cell)).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()  # as spreadsheets and Stata keep a day
    return cell.isoformat() if isinstance(cell, date) else str(cell)
