"""Tables as Stata files: names that Stata accepts, with the full name and the meaning as each variable's label."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.files.escaping import LAYOUT, visible
from simulation.files.limits import refuse_beyond
from simulation.text.told import told

if TYPE_CHECKING:
    import pandas as pd

LONGEST_NAME, LONGEST_LABEL, LONGEST_TEXT = 32, 80, 2045
"""Stata's limits: characters of a name and of a label, and bytes of a text that is no strL."""
MOST_VARIABLES = 32_767
LARGEST = 8.988e307
"""Numbers from here on mean "missing" in Stata."""
_INT32 = 2_147_483_620
_RESERVED = frozenset(
    [
        "_all",
        "_b",
        "_coef",
        "_cons",
        "_n",
        "_pi",
        "_pred",
        "_rc",
        "_skip",
        "_N",
        "alias",
        "byte",
        "double",
        "float",
        "if",
        "in",
        "int",
        "long",
        "strL",
        "using",
        "with",
    ]
)
_STR = re.compile(r"str\d+")


def stata_names(columns: Iterable[str]) -> dict[str, str]:
    """Return column to a name that Stata accepts: at most 32 letters, digits and underscores, each once.

    Dots become underscores. Where a dotted key is too long it loses its first parts, which say least.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        wished = _allowed(column)
        name, number = wished, 2
        while name.lower() in taken:
            ending = f"_{number}"
            name, number = wished[: LONGEST_NAME - len(ending)] + ending, number + 1
        taken.add(name.lower())
        names[column] = name
    return names


def _allowed(column: str) -> str:
    plain = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
    parts = [re.sub(r"\W", "_", part) for part in plain.split(".")]
    while len(parts) > 1 and len("_".join(parts)) > LONGEST_NAME:
        parts = parts[1:]
    name = "_".join(parts)[:LONGEST_NAME]
    if not name or name[0].isdigit() or not name.strip("_"):
        name = f"v_{name}"[:LONGEST_NAME]
    return f"{name[: LONGEST_NAME - 1]}_" if name in _RESERVED or _STR.fullmatch(name) else name


def stata_label(column: str, meaning: str = "") -> str:
    """Return a variable's label, at most 80 characters: its meaning, cut where it must be, and its full name."""
    if not meaning or meaning == column:
        return column[:LONGEST_LABEL]
    room = LONGEST_LABEL - len(column) - 3
    if room < 1:
        return column[:LONGEST_LABEL]
    return f"{meaning if len(meaning) <= room else meaning[: room - 1] + '…'} [{column}]"


def check_stata(table: pd.DataFrame, file: Path) -> None:
    """Raise InputError for a table that a Stata file does not hold without turning texts into the type strL."""
    longest = max((_longest(table.iloc[:, place]) for place in range(table.shape[1])), default=0)
    for key, found, most in (
        ("variables", table.shape[1], MOST_VARIABLES),
        ("bytes", longest, LONGEST_TEXT),
    ):
        problem = told(f"error.export.stata.{key}", most=f"{most:,}")
        refuse_beyond(found, most, problem, file, "dta", instead=("csv", "parquet", "xlsx"))


def write_stata(table: pd.DataFrame, path: Path, labels: Mapping[str, str]) -> None:
    """Write a table for Stata 14 and later.

    Parameters
    ----------
    table : DataFrame
        A table that ``check_stata`` accepts.
    path : Path
        The file.
    labels : mapping
        Column to its meaning.
    """
    names = stata_names(map(str, table.columns))
    changed = table.rename(columns=str).rename(columns=names)
    for place in range(changed.shape[1]):
        changed.isetitem(place, _storable(changed.iloc[:, place]))
    told_labels = {name: stata_label(column, labels.get(column, "")) for column, name in names.items()}
    changed.to_stata(path, write_index=False, version=118, variable_labels=told_labels)


def _storable(column: pd.Series) -> pd.Series:
    """Return a column as Stata keeps it: whole numbers exactly, no infinity, texts as texts."""
    import numpy as np
    import pandas as pd

    if column.dtype.kind == "b":
        return column.astype("int8")
    if column.dtype.kind in "iu":
        beyond = len(column) and max(abs(int(column.min())), abs(int(column.max()))) > _INT32
        return column.astype("float64" if beyond else "int32")
    if column.dtype.kind == "f":
        numbers = column.to_numpy(dtype=float)
        return pd.Series(np.where(np.abs(numbers) < LARGEST, numbers, math.nan), index=column.index)
    return pd.Series([_text(value) for value in column], index=column.index, dtype=object)


def _text(value: object) -> str:
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if missing else visible(str(value), LAYOUT)


def _longest(column: pd.Series) -> int:
    """Return the bytes of a column's longest text; 0 for numbers."""
    if column.dtype.kind in "biuf":
        return 0
    return max((len(_text(value).encode("utf-8", "replace")) for value in column), default=0)
