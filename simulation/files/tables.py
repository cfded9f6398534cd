"""Tables to files: CSV, Parquet, Excel and Stata, whole or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.files.errors import InputError, listed, nearest
from simulation.files.escaping import CONTROL, cell
from simulation.files.extras import require_extra
from simulation.files.output import whole_file
from simulation.files.stata import check_stata, write_stata
from simulation.files.workbook import check_workbook, write_workbook
from simulation.text.told import told

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "parquet", "xlsx", "dta")


def holds_control(text: str) -> bool:
    """Tell whether a text holds a control sign, such as a line's end, which a table would not give back as it was."""
    return CONTROL.search(text) is not None or any(unicodedata.category(sign) == "Cc" for sign in text)


def save_table(
    table: pd.DataFrame, path: str | Path, kind: str | None = None, labels: Mapping[str, str] | None = None
) -> Path:
    """Write a table, whole or not at all.

    Parameters
    ----------
    table : DataFrame
        The table to write; its index is left out.
    path : str or Path
        The target file.
    kind : {'csv', 'parquet', 'xlsx', 'dta'}, optional
        By default according to the path's ending.
    labels : mapping, optional
        Column to its meaning: Stata's variable labels, and a second sheet of a workbook.

    Raises
    ------
    InputError
        When the format is unknown, the file cannot be written, the table is too large for the format, or Parquet is
        wanted without pyarrow.

    Notes
    -----
    In CSV a text that a spreadsheet would run (its first visible sign is = + - @) gets an apostrophe before it. In a
    workbook such a text is marked as a text. Parquet and Stata keep every text as it is.
    """
    path = Path(path)
    kind = checked_format(path, kind)
    if kind == "xlsx":
        check_workbook(table, path)
    elif kind == "dta":
        check_stata(table, path)
    try:
        with whole_file(path) as made:
            if kind == "csv":
                harmless(table).to_csv(made, index=False)
            elif kind == "parquet":
                _write_parquet(table, made)
            else:
                (write_workbook if kind == "xlsx" else write_stata)(table, made, labels or {})
    except OSError as error:
        raise InputError(
            told("error.export.unwritable", reason=error.strerror or str(error)), file=path, key="--out"
        ) from None
    return path


def checked_format(path: str | Path, kind: str | None, key: str = "--format") -> str:
    """Return the format of a table that goes to a path: the one that is asked for, else that of the path's ending.

    An error names ``key``.

    Raises
    ------
    InputError
        When there is no such format, or it needs a library that is not installed.
    """
    chosen = (kind or Path(path).suffix.lstrip(".")).lower()
    if chosen not in FORMATS:
        raise InputError(
            told("error.export.format"),
            key=key,
            given=kind or str(path),
            allowed=listed(FORMATS),
            suggestion=nearest(chosen, FORMATS),
        )
    if chosen == "parquet":
        require_extra("parquet", "Parquet", key=key, given="parquet", otherwise="csv")
    return chosen


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before every text that a spreadsheet would run as a formula.

    A store may come from somebody else, and its texts may hold anything. Numbers stay as they are.
    """
    changed = table.rename(columns=cell)
    for position, kind in enumerate(changed.dtypes):
        if kind.kind not in "biuf":
            changed.isetitem(position, changed.iloc[:, position].map(cell))
    return changed


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    require_extra("parquet", "Parquet", key="--format", given="parquet", otherwise="csv")
    table.to_parquet(path, index=False, engine="pyarrow")
