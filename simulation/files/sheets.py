"""A user's table from CSV, Excel or Stata: the cells as they stand, each with its place for messages."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from simulation.files.errors import InputError, Told, told

FORMS = ("csv", "xlsx", "dta")
"""Endings of the files that are read."""
LARGEST_FILE, LARGEST_UNPACKED = 32_000_000, 200_000_000
"""Largest file that is read, and largest content of a workbook, in bytes."""
MOST_COLUMNS = 200
_OLE = b"\xd0\xcf\x11\xe0"
_SEPARATORS = ";\t"


class Fault(NamedTuple):
    """Stands in the place of a cell, or of all cells of a row, that cannot be read."""

    problem: Told
    allowed: Told | None = None


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes
    ----------
    path : Path
        The file.
    kind : {'csv', 'xlsx', 'dta'}
        Its form.
    header : tuple of str
        Names of the columns, as they stand.
    rows : tuple
        Pairs of the row's number, for messages, and its cells: text, number, truth value, date or None; a `Fault` where
        a cell cannot be read. Rows without content are left out.
    """

    path: Path
    kind: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]

    def place(self, row: int, column: int | None = None) -> Told:
        """Return where a cell or a row stands: "line 7, column unit", "cell C7", "observation 6, variable unit"."""
        if self.kind == "xlsx" and column is not None:
            return told("error.at.column", where=f"{_letters(column)}{row}", column=self._name(column))
        where = told(
            {"csv": "error.at.line", "xlsx": "error.at.row", "dta": "error.at.observation"}[self.kind], number=row
        )
        return where if column is None else told("error.at.column", where=where, column=self._name(column))

    def head(self, column: int) -> Told | str:
        """Return where the name of a column stands."""
        return f"{_letters(column)}1" if self.kind == "xlsx" else told("error.at.line", number=1)

    def _name(self, column: int) -> str:
        return self.header[column] if column < len(self.header) else str(column + 1)


def read_sheet(path: Path, most: int, content: bytes | None = None) -> Sheet:
    """Read a table.

    Parameters
    ----------
    path : Path
        The file; its ending says its form.
    most : int
        Most rows.
    content : bytes, optional
        What it holds, where that has been read already.

    Raises
    ------
    InputError
        No file, too large, another form, or one that cannot be read at all.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMS:
        raise InputError(told("error.sheet.form"), file=path, given=path.name, allowed=told("error.sheet.form.allowed"))
    held = _content(path) if content is None else content
    header, rows = {"csv": _csv, "xlsx": _xlsx, "dta": _dta}[kind](held, path, most)
    return Sheet(path, kind, *_trimmed(header, rows, path))


def decoded(content: bytes, path: Path) -> str:
    """Return the text of a CSV file in UTF-8, with or without a mark, or in GB18030.

    Raises
    ------
    InputError
        When it is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            # A file converted from UTF-8 to GB18030 keeps the mark at its beginning.
            return text.removeprefix("\ufeff")
    raise InputError(told("error.table.encoding"), file=path, allowed=told("error.table.save_utf8"))


def delimiter(text: str) -> str:
    """Return what separates the cells: a comma, or what spreadsheets use where the comma stands in numbers."""
    header = text.partition("\n")[0]
    return next((sign for sign in _SEPARATORS if "," not in header and sign in header), ",")


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise InputError(told("error.not_a_file" if path.exists() else "error.there_is_no_such_file"), file=path)
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(told("error.cannot_be_read", reason=error.strerror or error), file=path) from None
    if len(content) > LARGEST_FILE:
        raise InputError(told("error.too_large_file"), file=path, allowed=told("error.limit.bytes", most=LARGEST_FILE))
    return content


type _Rows = list[tuple[int, tuple[Any, ...]]]


def _refuse_many(rows: _Rows, most: int, path: Path) -> None:
    if len(rows) > most:
        raise InputError(told("error.table.too_many_rows"), file=path, allowed=told("error.limit.number", most=most))


def _csv(content: bytes, path: Path, most: int) -> tuple[list[Any], _Rows]:
    text = decoded(content, path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter(text))
    rows: _Rows = []
    try:
        header = [name.strip() for name in next(reader, [])]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            # Spreadsheets leave trailing separators away, or write more of them.
            while len(cells) > len(header) and not cells[-1].strip():
                cells.pop()
            if len(cells) != len(header):
                fault = Fault(told("error.table.cells", cells=len(cells), columns=len(header)))
                rows.append((reader.line_num, (fault,)))
            else:
                rows.append((reader.line_num, tuple(_unmarked(cell) for cell in cells)))
            _refuse_many(rows, most, path)
    except csv.Error as error:
        line = told("error.at.line", number=reader.line_num)
        raise InputError(told("error.table.not_csv", reason=error), file=path, key=line) from None
    return header, rows


def _unmarked(cell: str) -> str | None:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it; None where it is empty."""
    plain = cell.strip()
    if len(plain) > 1 and plain[0] == "'" and plain[1] in "=+-@'":
        plain = plain[1:]
    return plain or None


def _xlsx(content: bytes, path: Path, most: int) -> tuple[list[Any], _Rows]:
    formulas = _formulas_in(content, path)
    rows: _Rows = []
    header: list[Any] = []
    unread = _without_value(content, path) if formulas else set()
    for number, cells in _cells(content, path, values=True):
        made = []
        for column, cell in enumerate(cells[:MOST_COLUMNS]):
            value = cell.value
            if getattr(cell, "data_type", "") == "e":
                value = Fault(told("error.sheet.error", value=str(value)))
            elif value is None and (number, column) in unread:
                value = Fault(told("error.sheet.formula"), told("error.sheet.formula.allowed"))
            elif isinstance(value, str):
                value = value.strip() or None
            made.append(value)
        if number == 1 or not header:
            header = made if any(value is not None for value in made) else []
            continue
        if any(value is not None for value in made):
            rows.append((number, tuple(made)))
            _refuse_many(rows, most, path)
    return header, rows


def _formulas_in(content: bytes, path: Path) -> bool:
    """Tell whether a workbook holds formulas, and raise InputError for what is no workbook that can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if sum(member.file_size for member in members) > LARGEST_UNPACKED:
                raise InputError(
                    told("error.too_large_file"), file=path, allowed=told("error.limit.bytes", most=LARGEST_UNPACKED)
                )
            sheets = [member for member in members if member.filename.startswith("xl/worksheets/")]
            return any(b"<f" in packed.read(member) for member in sheets)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        key = "error.sheet.protected" if content.startswith(_OLE) else "error.sheet.damaged"
        raise InputError(told(key), file=path, allowed=told("error.sheet.save_xlsx")) from None


def _without_value(content: bytes, path: Path) -> set[tuple[int, int]]:
    """Return row and column of every formula; those whose value was not kept have none where values are read."""
    return {
        (number, column)
        for number, cells in _cells(content, path, values=False)
        for column, cell in enumerate(cells[:MOST_COLUMNS])
        if getattr(cell, "data_type", "") == "f"
    }


def _cells(content: bytes, path: Path, *, values: bool) -> Iterator[tuple[int, tuple[Any, ...]]]:
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            # Styles and extensions that openpyxl does not know have no bearing on cells.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
            sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
            if sheet is None:
                raise InputError(told("error.sheet.none"), file=path)
            sheet.reset_dimensions()
            yield from enumerate(sheet.iter_rows(), 1)
            book.close()
    except InputError:
        raise
    except Exception:  # openpyxl raises errors of many kinds over a damaged workbook
        raise InputError(told("error.sheet.damaged"), file=path, allowed=told("error.sheet.save_xlsx")) from None


def _dta(content: bytes, path: Path, most: int) -> tuple[list[Any], _Rows]:
    import pandas as pd

    try:
        table = pd.read_stata(io.BytesIO(content))
    except Exception:  # pandas raises errors of many kinds over a damaged file
        raise InputError(told("error.sheet.no_stata"), file=path, allowed=told("error.sheet.stata.allowed")) from None
    if len(table) > most:
        raise InputError(told("error.table.too_many_rows"), file=path, allowed=told("error.limit.number", most=most))
    rows: _Rows = []
    for number, cells in enumerate(table.itertuples(index=False, name=None), 1):
        made = tuple(_plain(cell) for cell in cells)
        if any(cell is not None for cell in made):
            rows.append((number, made))
    return [str(name) for name in table.columns], rows


def _plain(cell: Any) -> Any:
    """Return a cell of pandas as Python's own value; None where it is missing."""
    if hasattr(cell, "to_pydatetime"):
        return cell.to_pydatetime() if cell == cell else None
    if hasattr(cell, "item"):
        cell = cell.item()
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    return (cell.strip() or None) if isinstance(cell, str) else cell


def _trimmed(
    header: list[Any], rows: _Rows, path: Path
) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[Any, ...]], ...]]:
    """Return header and rows of one width, without empty columns at the end."""
    used = max((place + 1 for place, name in enumerate(header) if name is not None and str(name).strip()), default=0)
    wide = max((place + 1 for _, cells in rows for place, cell in enumerate(cells) if cell is not None), default=0)
    if wide > MOST_COLUMNS or len(header) > 10 * MOST_COLUMNS:
        raise InputError(told("error.sheet.columns"), file=path, allowed=told("error.limit.number", most=MOST_COLUMNS))
    width = max(used, wide)
    names = tuple("" if name is None else str(name).strip() for name in [*header, *[None] * width][:width])
    made = []
    for number, cells in rows:
        if len(cells) == 1 and isinstance(cells[0], Fault) and width > 1:
            made.append((number, cells))
        else:
            made.append((number, (*cells, *[None] * width)[:width]))
    return names, tuple(made)


def _letters(column: int) -> str:
    """Return the name of a spreadsheet's column: A, B, …, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
