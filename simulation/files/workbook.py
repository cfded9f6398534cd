"""Tables as Excel workbooks: within Excel's limits, and no text that Excel would run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.files.escaping import LAYOUT, cell, visible
from simulation.files.limits import refuse_beyond
from simulation.text.told import told

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
"""Excel's limits: rows and columns of a sheet, and characters of a cell."""
DATA, MEANING = "data", "columns"
"""Names of the sheets: the table, and what its columns mean."""


def check_workbook(table: pd.DataFrame, file: Path) -> None:
    """Raise InputError for a table that is beyond what a sheet of Excel holds."""
    longest = max((_longest(table.iloc[:, place]) for place in range(table.shape[1])), default=0)
    for key, found, most in (
        ("rows", len(table) + 1, MOST_ROWS),
        ("columns", table.shape[1], MOST_COLUMNS),
        ("characters", longest, LONGEST_TEXT),
    ):
        problem = told(f"error.export.excel.{key}", most=f"{most:,}")
        refuse_beyond(found, most, problem, file, "xlsx", instead=("csv", "parquet"))


def write_workbook(table: pd.DataFrame, path: Path, labels: Mapping[str, str]) -> None:
    """Write a table as the first sheet of a workbook, row by row; a second sheet says what its columns mean.

    Parameters
    ----------
    table : DataFrame
        A table that ``check_workbook`` accepts.
    path : Path
        The file.
    labels : mapping
        Column to its meaning; columns without one are left out of the second sheet.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(DATA)
    sheet.append([_cell(sheet, str(name)) for name in table.columns])
    for row in table.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value) for value in row])
    if labels:
        meanings = book.create_sheet(MEANING)
        for name in table.columns:
            if str(name) in labels:
                meanings.append([_cell(meanings, str(name)), _cell(meanings, labels[str(name)])])
    book.save(path)


def _cell(sheet: Any, value: Any) -> Any:
    """Return what goes into a cell; a text that Excel would run is marked as a text, as an apostrophe there does."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    text = visible(value, LAYOUT)
    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"
    if cell(text) != text:
        made.quotePrefix = True
    return made


def _longest(column: pd.Series) -> int:
    """Return the characters of a column's longest text as Excel counts them, in UTF-16; 0 for numbers."""
    if column.dtype.kind in "biuf":
        return 0
    texts = (visible(value, LAYOUT) for value in column if isinstance(value, str))
    return max((len(text.encode("utf-16-le", "replace")) // 2 for text in texts), default=0)
