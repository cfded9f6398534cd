"""Agreement of two coders: Cohen's κ for each coded column of two tables of one kind.

References
----------
Cohen, J. (1960), Educational and Psychological Measurement 20: κ.
Cohen, J. (1968), Psychological Bulletin 70: weighted κ.
Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969), Psychological Bulletin 72: its standard error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.cases.case import Case
from simulation.cases.cells import Reader, Wrong
from simulation.cases.dates import Unread, read_date, read_month
from simulation.cases.tables import COLUMN_WORDS, MOST_ROWS, TABLES, Column, TableForm
from simulation.files.errors import InputError, listed, told
from simulation.files.sheets import Fault, Sheet, read_sheet

if TYPE_CHECKING:
    import pandas as pd

type Floats = NDArray[np.float64]

STEP = 0.25
"""Numbers from 0 to 1 are compared in classes of this width, those of the codebook's anchors."""
_Z = 1.959963984540054
_KEYS: Mapping[str, tuple[str, ...]] = {"signals": ("date", "issuer")}
"""Columns by which rows of two coders belong together, where a table's own key does not say it."""


class Kappa(NamedTuple):
    """κ of one column: pairs, share of agreement, κ, its standard error and 95 % interval."""

    pairs: int
    agreement: float
    kappa: float
    se: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """How far two coders agree.

    Attributes
    ----------
    kind : str
        Which table both have coded.
    table : DataFrame
        One row per coded column, ``value`` once per measure: ``column, scale`` (nominal, or ordered: weighted by the
        square of the distance), ``pairs, agreement`` (share of equal codes), ``kappa, se, low, high``. κ is 1 for full
        agreement, 0 for what chance alone would give, and NaN where both coders use one code only.
    disagreements : DataFrame
        One row per difference: the key's columns, ``column, first, second``.
    only_first, only_second : int
        Rows that only one coder has.
    """

    kind: str
    table: pd.DataFrame
    disagreements: pd.DataFrame
    only_first: int
    only_second: int


def agreement(first: str | Path, second: str | Path, case: str | Path | None = None) -> Agreement:
    """Compare two coders' tables.

    Parameters
    ----------
    first, second : path
        Two files (.csv, .xlsx or .dta) with the columns of one of a case's tables.
    case : path or str, optional
        The case that both have coded. Then a name and its Chinese label are the same, and an empty unit is the city.

    Raises
    ------
    InputError
        A file that cannot be read, tables of different kinds or of none, no row in common.
    """
    import pandas as pd

    sheets = [read_sheet(Path(one), MOST_ROWS) for one in (first, second)]
    forms = [_form(sheet) for sheet in sheets]
    if forms[0].name != forms[1].name:
        raise InputError(told("error.coders.kinds"), file=sheets[1].path, given=forms[1].name, allowed=forms[0].name)
    form, key = forms[0], _KEYS.get(forms[0].name, forms[0].key)
    reader = None if case is None else Reader(Case.load(case).known)
    one, two = (_rows(sheet, form, key, reader) for sheet in sheets)
    shared = [name for name in one if name in two]
    if not shared:
        raise InputError(told("error.coders.nothing", key=listed(key)), file=sheets[1].path)
    rows: list[dict[str, Any]] = []
    apart: list[dict[str, Any]] = []
    for column in form.columns:
        if column.name in key or column.kind == "text":
            continue
        pairs = [(one[name].get(column.name), two[name].get(column.name)) for name in shared]
        apart += [
            {**dict(zip(key, name, strict=True)), "column": column.name, "first": a, "second": b}
            for name, (a, b) in zip(shared, pairs, strict=True)
            if a != b
        ]
        for label, group in _groups(column, shared, pairs, key).items():
            ordered = column.kind == "number" and _in_unit(group)
            coded = [pair for pair in group if (None not in pair if ordered else pair != (None, None))]
            if coded:
                scale = "ordered" if ordered else "nominal"
                rows.append({"column": label, "scale": scale, **_compared(coded, ordered)})
    columns = ["column", "scale", *Kappa._fields]
    return Agreement(
        form.name,
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(apart, columns=[*key, "column", "first", "second"]),
        len(one) - len(shared),
        len(two) - len(shared),
    )


def cohen_kappa(table: Floats, *, ordered: bool = False) -> Kappa:
    """Return Cohen's κ of a table of counts.

    Parameters
    ----------
    table : array, shape (k, k)
        Pairs by the first coder's code (row) and the second's (column), in order.
    ordered : bool
        Weigh a difference by its square, so that neighbouring codes disagree little.

    Returns
    -------
    Kappa
        With the standard error for large samples; NaN where only one code is used.
    """
    counts = np.asarray(table, dtype=np.float64)
    k, n = len(counts), counts.sum()
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    steps = np.subtract.outer(np.arange(k), np.arange(k))
    weights = 1 - (steps / max(k - 1, 1)) ** 2 if ordered else np.eye(k)
    observed, expected = float((weights * p).sum()), float((weights * np.outer(rows, columns)).sum())
    plain = float(np.trace(p))
    if math.isclose(expected, 1.0):
        return Kappa(int(n), plain, math.nan, math.nan, math.nan, math.nan)
    kappa = (observed - expected) / (1 - expected)
    by_row, by_column = weights @ columns, rows @ weights
    inner = weights - (by_row[:, None] + by_column[None, :]) * (1 - kappa)
    variance = float((p * inner**2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    se = math.sqrt(max(variance, 0.0) / n) / (1 - expected)
    return Kappa(int(n), plain, kappa, se, max(kappa - _Z * se, -1.0), min(kappa + _Z * se, 1.0))


def _groups(
    column: Column, shared: Sequence[tuple[Any, ...]], pairs: Sequence[tuple[Any, Any]], key: Sequence[str]
) -> dict[str, list[tuple[Any, Any]]]:
    """Return the pairs of a column; values of different measures are not of one scale and stand apart."""
    if column.name not in ("value", "sd") or "measure" not in key:
        return {column.name: list(pairs)}
    found: dict[str, list[tuple[Any, Any]]] = {}
    for name, pair in zip(shared, pairs, strict=True):
        found.setdefault(f"{column.name} ({name[key.index('measure')]})", []).append(pair)
    return found


def _compared(pairs: Sequence[tuple[Any, Any]], ordered: bool) -> dict[str, float]:
    if ordered:
        classes = [[round(value / STEP) for value in pair] for pair in pairs]
        codes: list[Any] = list(range(round(1 / STEP) + 1))
    else:
        classes = [[str(value) for value in pair] for pair in pairs]
        codes = sorted({code for pair in classes for code in pair})
    place = {code: number for number, code in enumerate(codes)}
    table = np.zeros((len(codes), len(codes)))
    for a, b in classes:
        table[place[a], place[b]] += 1
    return cohen_kappa(table, ordered=ordered)._asdict()


def _in_unit(pairs: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether all codes are numbers from 0 to 1 and not only 0 and 1."""
    values = [value for pair in pairs for value in pair if value is not None]
    unit = all(isinstance(value, float) and 0 <= value <= 1 for value in values)
    return unit and any(value not in (0.0, 1.0) for value in values)


def _form(sheet: Sheet) -> TableForm:
    names = {COLUMN_WORDS.get(name, name.lower()) for name in sheet.header}
    for form in TABLES.values():
        if all(one.name in names for one in form.columns if one.needed):
            return form
    raise InputError(told("error.coders.none"), file=sheet.path, given=list(sheet.header), allowed=listed(TABLES))


def _rows(
    sheet: Sheet, form: TableForm, key: Sequence[str], reader: Reader | None
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the codes by key; of rows with one key the first counts."""
    names = [COLUMN_WORDS.get(name, name.lower()) for name in sheet.header]
    known = {one.name: one for one in form.columns}
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, cells in sheet.rows:
        if len(cells) != len(names):
            _refuse(cells[0], sheet, number, None)
        values = {
            name: _named(known[name], _code(known[name], cell, sheet, number, place), reader)
            for place, (name, cell) in enumerate(zip(names, cells, strict=True))
            if name in known
        }
        found.setdefault(tuple(values.get(name) for name in key), values)
    return found


def _named(column: Column, code: Any, reader: Reader | None) -> Any:
    """Return a code with the case's own name in it, where it is one that the case knows."""
    if reader is None or column.kind not in ("unit", "place", "domain"):
        return code
    if code is None:
        return reader.known.city if column.kind == "place" else None
    found = reader.read(column, code)
    return code if isinstance(found, Wrong) else found


def _refuse(cell: Any, sheet: Sheet, number: int, place: int | None) -> None:
    """Raise InputError for a cell, or a row, that cannot be read."""
    if isinstance(cell, Fault):
        key = sheet.place(number, place)
        raise InputError(cell.problem, file=sheet.path, key=key, given=cell.given, allowed=cell.allowed)


def _code(column: Column, cell: Any, sheet: Sheet, number: int, place: int) -> Any:
    """Return a cell as it is compared: a date, a number, a word in English, or a text."""
    if cell is None:
        return None
    _refuse(cell, sheet, number, place)
    if column.kind in ("date", "month"):
        day = (read_date if column.kind == "date" else read_month)(cell)
        if isinstance(day, Unread):
            raise InputError(
                day.problem, file=sheet.path, key=sheet.place(number, place), given=cell, allowed=day.allowed
            )
        return day.isoformat()
    if column.kind == "number":
        try:
            return float(cell)
        except (TypeError, ValueError):
            problem = told("error.not_a_number")
            raise InputError(problem, file=sheet.path, key=sheet.place(number, place), given=cell) from None
    text = str(cell).strip()
    by_label = {zh: word for word, zh in (column.words or {}).items()}
    return by_label.get(text, text)
