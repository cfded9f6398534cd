"""A table of Stata: its values as numbers and texts, a labelled value as both."""

from __future__ import annotations

import io
import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.files.errors import InputError, told

if TYPE_CHECKING:
    import pandas as pd


class Labelled(str):
    """A value that Stata keeps as a number with a label: the label is the text, the number is what `float` gives.

    Attributes
    ----------
    code : float
        The number.
    """

    __slots__ = ("code",)
    code: float

    def __new__(cls, label: str, code: float) -> Labelled:  # noqa: D102  # the class says it
        made = super().__new__(cls, label)
        made.code = code
        return made

    def __float__(self) -> float:
        return float(self.code)

    def __getnewargs__(self) -> tuple[str, float]:  # type: ignore[override]  # a copy needs the number too
        return str(self), self.code


def read_stata(content: bytes, path: Path, most: int) -> tuple[int, list[Any], list[tuple[int, tuple[Any, ...]]]]:
    """Return 1, the names of the variables, and the observations with their numbers; empty ones are left out.

    Parameters
    ----------
    content : bytes
        What the file holds.
    path : Path
        The file, for messages.
    most : int
        Most observations.

    Raises
    ------
    InputError
        For too many observations, or what is no file of Stata.
    """
    import pandas as pd

    try:
        with warnings.catch_warnings():
            # Labels that some values lack, and texts in an old encoding, have no bearing on what is read.
            warnings.simplefilter("ignore")
            table = coded = pd.read_stata(io.BytesIO(content))
            if any(kind == "category" for kind in table.dtypes):
                coded = pd.read_stata(io.BytesIO(content), convert_categoricals=False)
    except Exception:  # pandas raises errors of many kinds over a damaged file
        raise InputError(told("error.sheet.no_stata"), file=path, allowed=told("error.sheet.stata.allowed")) from None
    if len(table) > most:
        raise InputError(told("error.table.too_many_rows"), file=path, allowed=told("error.limit.number", most=most))
    columns = [_cells(table.iloc[:, place], coded.iloc[:, place]) for place in range(table.shape[1])]
    rows = [
        (number, cells)
        for number, cells in enumerate(zip(*columns, strict=True), 1)
        if any(cell is not None for cell in cells)
    ]
    return 1, [str(name) for name in table.columns], rows


def _cells(labels: pd.Series[Any], codes: pd.Series[Any]) -> list[Any]:
    """Return the cells of a variable; a number in single precision is the shortest decimal that stands for it."""
    exact = [float(str(cell)) for cell in codes.to_numpy()] if codes.dtype == "float32" else codes
    plain = [_plain(cell) for cell in exact]
    if labels.dtype != "category":
        return plain
    named = (_plain(label) for label in labels)
    return [
        Labelled(label, code) if isinstance(label, str) and isinstance(code, int | float) else code
        for label, code in zip(named, plain, strict=True)
    ]


def _plain(cell: Any) -> Any:
    """Return a cell of pandas as Python's own value; None where it is missing."""
    if hasattr(cell, "to_pydatetime"):
        return cell.to_pydatetime() if cell == cell else None
    if hasattr(cell, "item"):
        cell = cell.item()
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    return (cell.strip() or None) if isinstance(cell, str) else cell
