"""Tables to files: a store's runs, joined with their points, as CSV or Parquet."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.files.errors import InputError
from simulation.files.output import whole_file

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "parquet")
#: Spreadsheets run a cell that begins with one of these signs; some of them also accept the wide forms.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def holds_control(text: str) -> bool:
    """Tell whether a text holds a control sign, such as a line's end, which a table would not give back as it was."""
    return any(unicodedata.category(sign) == "Cc" for sign in text)


def save_table(table: pd.DataFrame, path: str | Path, kind: str | None = None) -> Path:
    """Write a table, whole or not at all.

    Parameters
    ----------
    table : DataFrame
        The table to write; its index is left out.
    path : str or Path
        The target file.
    kind : {'csv', 'parquet'}, optional
        By default according to the path's ending.

    Raises
    ------
    InputError
        When the format is unknown, the file cannot be written, or Parquet is wanted without pyarrow.

    Notes
    -----
    In CSV a text that a spreadsheet would run (it begins with = + - @) gets an apostrophe before it; Parquet keeps
    every text as it is.
    """
    path = Path(path)
    kind = kind or path.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise InputError("a table is written as CSV or Parquet", key="--format", given=kind, allowed=", ".join(FORMATS))
    try:
        with whole_file(path) as made:
            if kind == "csv":
                harmless(table).to_csv(made, index=False)
            else:
                _write_parquet(table, made)
    except OSError as error:
        raise InputError(f"the table cannot be written: {error.strerror or error}", file=path, key="--out") from None
    return path


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before every text that a spreadsheet would run as a formula.

    A store may come from somebody else, and its texts may hold anything. Numbers stay as they are.
    """
    changed = table.rename(columns=_quoted)
    for position, kind in enumerate(changed.dtypes):
        if kind.kind not in "biuf":
            changed.isetitem(position, changed.iloc[:, position].map(_quoted))
    return changed


def _quoted(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    try:
        table.to_parquet(path, index=False, engine="pyarrow")
    except ImportError:
        raise InputError(
            "Parquet needs pyarrow",
            key="--format",
            given="parquet",
            allowed="csv; or pip install 'wushi[parquet]'",
        ) from None
