"""A user's table from CSV, Excel or Stata: the cells as they stand, each with its place for messages."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from simulation.files.errors import InputError, Told, told
from simulation.files.escaping import begins_formula
from simulation.files.stata_cells import read_stata

FORMS = ("csv", "xlsx", "dta")
"""Endings of the files that are read."""
BINARY_FORMS = ("xls", "xlsm", "xlsb", "et", "ods", "numbers")
OTHER_FORMS = (*BINARY_FORMS, "tsv", "txt")
"""Endings of tables that are refused, with the advice to save them otherwise."""
LARGEST_FILE, LARGEST_UNPACKED = 32_000_000, 200_000_000
"""Largest file that is read, and largest content of a workbook, in bytes."""
MOST_COLUMNS, LAST_ROW = 200, 1_048_576
"""Most columns that are read, and the last row of a workbook's sheet."""
_OLE = b"\xd0\xcf\x11\xe0"
_SEPARATORS = ";\t"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_NO_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,  # a part is damaged
    NotImplementedError,  # packed in a way that zipfile does not know
    EOFError,  # cut short
    OSError,
    RuntimeError,  # locked by a password
)
"""Errors that zipfile raises over a file that is no archive it can read; each is told as an InputError."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref\s*=\s*[\"']([^\"'<>]{1,40})")
MOST_MERGED = 100_000
"""Most merged cells of a sheet."""


class Fault(NamedTuple):
    """Stands in the place of a cell, or of all cells of a row, that cannot be read: why, and what was given."""

    problem: Told
    allowed: Told | None = None
    given: Any = None


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
        Pairs of the row's number, for messages, and its cells: text, number, truth value, date or None; a `Labelled`
        for a number with a label; a `Fault` where a cell cannot be read. Rows without content are left out.
    first : int
        Row of the header.
    """

    path: Path
    kind: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    first: int = 1

    def place(self, row: int, column: int | None = None) -> Told:
        """Return where a cell or a row stands: "line 7, column unit", "cell C7", "observation 6, variable unit"."""
        if self.kind == "xlsx" and column is not None:
            return told("error.at.column", where=f"{_letters(column)}{row}", column=self._name(column))
        match self.kind:
            case "csv":
                where = told("error.at.line", number=row)
            case "xlsx":
                where = told("error.at.row", number=row)
            case _:
                where = told("error.at.observation", number=row)
        return where if column is None else told("error.at.column", where=where, column=self._name(column))

    def head(self, column: int) -> Told | str:
        """Return where the name of a column stands."""
        if self.kind == "dta":
            return told("error.at.variable", number=column + 1)
        return f"{_letters(column)}{self.first}" if self.kind == "xlsx" else told("error.at.line", number=self.first)

    def _name(self, column: int) -> str:
        return self.header[column] if column < len(self.header) else str(column + 1)


def read_sheet(path: Path, most: int, content: bytes | None = None, kind: str | None = None) -> Sheet:
    """Read a table.

    Parameters
    ----------
    path : Path
        The file; its ending says its form.
    most : int
        Most rows.
    content : bytes, optional
        What it holds, where that has been read already.
    kind : {'csv', 'xlsx', 'dta'}, optional
        Its form, where the ending does not say it.

    Raises
    ------
    InputError
        No file, too large, another form, or one that cannot be read at all.
    """
    kind = kind or path.suffix.lower().lstrip(".")
    if kind not in FORMS:
        raise InputError(told("error.sheet.form"), file=path, given=path.name, allowed=told("error.sheet.form.allowed"))
    held = _content(path) if content is None else content
    first, header, rows = {"csv": _csv, "xlsx": _xlsx, "dta": read_stata}[kind](held, path, most)
    return Sheet(path, kind, *_trimmed(header, rows, path), first)


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
    header = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    return next((sign for sign in _SEPARATORS if "," not in header and sign in header), ",")


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            problem = told("error.not_a_file") if path.exists() else told("error.there_is_no_such_file")
            raise InputError(problem, file=path)
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


def _csv(content: bytes, path: Path, most: int) -> tuple[int, list[Any], _Rows]:
    text = decoded(content, path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter(text))
    rows: _Rows = []
    try:
        header = next((cells for cells in reader if any(cell.strip() for cell in cells)), [])
        header, first = [name.strip() for name in header], max(reader.line_num, 1)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problem = told("error.table.cells", cells=len(cells), columns=len(header))
                fault = Fault(problem, given=",".join(cells))
                rows.append((reader.line_num, (fault,)))
            else:
                rows.append((reader.line_num, tuple(_unmarked(cell) for cell in cells)))
            _refuse_many(rows, most, path)
    except csv.Error as error:
        line = told("error.at.line", number=reader.line_num)
        raise InputError(told("error.table.not_csv", reason=error), file=path, key=line) from None
    return first, header, rows


def _unmarked(cell: str) -> str | None:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it; None where it is empty."""
    plain = cell.strip()
    if plain[:1] == "'" and begins_formula(plain[1:]):
        plain = plain[1:]
    return plain or None


def _xlsx(content: bytes, path: Path, most: int) -> tuple[int, list[Any], _Rows]:
    formulas, merges = _formulas_in(content, path)
    rows: _Rows = []
    header: list[Any] = []
    first = 1
    unread = _without_value(content, path) if formulas else set()
    merged = _merged(content, path) if merges else {}
    covered = dict[int, _Merged]()
    for number, cells in _cells(content, path, values=True):
        made = []
        for one in merged.get(number, ()):
            # Of merged cells that overlap, as no spreadsheet makes them, the one that reaches furthest is told.
            places = range(one.left, min(one.right, MOST_COLUMNS + 1))
            covered |= {place: one for place in places if place not in covered or covered[place].last < one.last}
        for column, cell in enumerate(cells[: MOST_COLUMNS + 1]):
            value, form = cell.value, getattr(cell, "data_type", "")
            over = covered.get(column)
            if over is not None and number <= over.last and (number, column) != (over.first, over.left):
                value = Fault(told("error.sheet.merged", range=over.range), told("error.sheet.merged.allowed"))
            elif form == "e":
                value = Fault(told("error.sheet.error", value=str(value)))
            # A formula whose value is an empty text says so.
            elif value is None and form != "str" and (number, column) in unread:
                value = Fault(told("error.sheet.formula"), told("error.sheet.formula.allowed"))
            elif isinstance(value, str):
                value = value.strip() or None
            made.append(value)
        if all(value is None for value in made):
            continue
        if not header:
            first, header = number, [value.problem if isinstance(value, Fault) else value for value in made]
        else:
            rows.append((number, tuple(made)))
            _refuse_many(rows, most, path)
    return first, header, rows


def _formulas_in(content: bytes, path: Path) -> tuple[bool, bool]:
    """Tell whether a workbook holds formulas, and whether merged cells.

    Raises
    ------
    InputError
        For what is no workbook that can be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if sum(member.file_size for member in members) > LARGEST_UNPACKED:
                raise InputError(
                    told("error.too_large_file"), file=path, allowed=told("error.limit.bytes", most=LARGEST_UNPACKED)
                )
            formulas = merges = False
            for member in members:
                text = packed.read(member) if member.filename.lower().endswith((".xml", ".rels")) else b""
                if b"<!DOCTYPE" in text.replace(b"\0", b""):
                    # A workbook defines no entities; such a one is made to harm.
                    raise InputError(told("error.sheet.damaged"), file=path, allowed=told("error.sheet.save_xlsx"))
                of_sheet = member.filename.startswith("xl/worksheets/")
                formulas |= of_sheet and _FORMULA.search(text) is not None
                merges |= of_sheet and _MERGED.search(text) is not None
            return formulas, merges
    except _NO_ARCHIVE:
        problem = told("error.sheet.protected") if content.startswith(_OLE) else told("error.sheet.damaged")
        raise InputError(problem, file=path, allowed=told("error.sheet.save_xlsx")) from None


class _Merged(NamedTuple):
    first: int
    last: int
    left: int
    right: int
    range: str


def _merged(content: bytes, path: Path) -> dict[int, list[_Merged]]:
    """Return the merged cells of the sheet by their first row; rows count from 1, columns from 0 to before the right.

    Only the ranges are read: openpyxl would make an object of every cell, and a range may have a billion.
    """
    from openpyxl.utils import range_boundaries

    by_row: dict[int, list[_Merged]] = {}
    with _opened(content, path) as sheet, zipfile.ZipFile(io.BytesIO(content)) as packed:
        text = packed.read(sheet._worksheet_path)
        for count, found in enumerate(islice(_MERGED.finditer(text), MOST_MERGED + 1)):
            if count == MOST_MERGED:
                allowed = told("error.limit.number", most=MOST_MERGED)
                raise InputError(told("error.sheet.merged.many"), file=path, allowed=allowed)
            name = found[1].decode().replace("$", "")
            left, first, right, last = range_boundaries(name)
            one = _Merged(first or 1, last or LAST_ROW, (left or 1) - 1, right or MOST_COLUMNS + 1, name)
            by_row.setdefault(one.first, []).append(one)
    return by_row


def _without_value(content: bytes, path: Path) -> set[tuple[int, int]]:
    """Return row and column of every formula; those whose value was not kept have none where values are read."""
    return {
        (number, column)
        for number, cells in _cells(content, path, values=False)
        for column, cell in enumerate(cells[: MOST_COLUMNS + 1])
        if getattr(cell, "data_type", "") == "f"
    }


@contextmanager
def _opened(content: bytes, path: Path, *, values: bool = True) -> Iterator[Any]:
    """Give the first sheet of a workbook that is seen; whatever goes wrong with it is an InputError."""
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
            yield sheet
            book.close()
    except InputError:
        raise
    except Exception:  # openpyxl raises errors of many kinds over a damaged workbook
        raise InputError(told("error.sheet.damaged"), file=path, allowed=told("error.sheet.save_xlsx")) from None


def _cells(content: bytes, path: Path, *, values: bool) -> Iterator[tuple[int, tuple[Any, ...]]]:
    with _opened(content, path, values=values) as sheet:
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(max_row=LAST_ROW), 1)


def _trimmed(
    header: list[Any], rows: _Rows, path: Path
) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[Any, ...]], ...]]:
    """Return header and rows of one width, without empty columns at the end."""
    used = max((place + 1 for place, name in enumerate(header) if name is not None and str(name).strip()), default=0)
    wide = max((place + 1 for _, cells in rows for place, cell in enumerate(cells) if cell is not None), default=0)
    width = max(used, wide)
    if width > MOST_COLUMNS:
        raise InputError(told("error.sheet.columns"), file=path, allowed=told("error.limit.number", most=MOST_COLUMNS))
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
