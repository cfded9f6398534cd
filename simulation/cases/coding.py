"""Agreement of two coders: Cohen's κ for each coded column of two tables of one kind.

References
----------
Cohen, J. (1960), Educational and Psychological Measurement 20: κ.
Cohen, J. (1968), Psychological Bulletin 70: weighted κ.
Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969), Psychological Bulletin 72: its standard error.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.cases.agreeing import row_problems
from simulation.cases.case import Case
from simulation.cases.cells import Reader, Wrong
from simulation.cases.measures import MEASURES
from simulation.cases.tables import COLUMN_WORDS, MOST_ROWS, TABLES, Column, Known, TableForm
from simulation.files.errors import InputError, listed, told
from simulation.files.sheets import Fault, Sheet, read_sheet

if TYPE_CHECKING:
    import pandas as pd

type Floats = NDArray[np.float64]

STEP = 0.25
"""Ordered numbers are compared in classes of this width, about the codebook's anchors: .125 and .37 are both .25."""
_Z = 1.959963984540054
_KEYS: Mapping[str, tuple[str, ...]] = {"signals": ("date", "issuer")}
"""Columns by which rows of two coders belong together, where a table's own key does not say it; rows may share them."""
NTH = "nth"
"""Column of the differences that tells rows with one key apart, from 1, where rows may share the key."""
_NOTHING = Known((), (), "", (), {}, date.min, 0)


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
        One row per coded column but ``sd``, ``value`` once per measure: ``column, scale, pairs, agreement, kappa, se,
        low, high``. Rows on the agenda without a domain are counts, and stand apart from those with one, which are yes
        or no: ``value (agenda, count)`` and ``value (agenda)``. κ is 1 for full agreement, 0 for what
        chance alone would give, and NaN where both coders use one code only.

        The form of the column says the scale, whatever the data. Ordered are numbers from 0 to 1, value of
        measures that are shares, and ``capacity`` (which may go above 1): they fall into classes of width .25 about 0,
        .25, .5 and so on, a lower end belonging to its class; κ weighs a difference by the square of the distance, and
        ``agreement`` is the share of pairs in one class, not of equal numbers. All others are nominal: ``agreement`` is
        the share of equal codes, and an empty cell beside a code is a code too.
    disagreements : DataFrame
        One row per pair of cells that are not equal, even within one class: the key's columns, for signals ``nth``
        (1 for the first row of its day and issuer), ``column, first, second``.
    alone : DataFrame
        One row per row that only one coder has: the key's columns and ``coder``, 1 or 2.
    """

    kind: str
    table: pd.DataFrame
    disagreements: pd.DataFrame
    alone: pd.DataFrame

    @property
    def only_first(self) -> int:
        """Number of rows that only the first coder has."""
        return int((self.alone["coder"] == 1).sum())

    @property
    def only_second(self) -> int:
        """Number of rows that only the second coder has."""
        return int((self.alone["coder"] == 2).sum())

    @property
    def to_settle(self) -> pd.DataFrame:
        """The disagreements, then rows that only one coder has: ``column`` "row", and "yes" for the one who has it."""
        import pandas as pd

        has = {1: ("yes", "no"), 2: ("no", "yes")}
        rows = [
            {**{key: value for key, value in row.items() if key != "coder"}, "column": "row"}
            | dict(zip(("first", "second"), has[row["coder"]], strict=True))
            for row in self.alone.to_dict("records")
        ]
        lone = pd.DataFrame(rows, columns=list(self.disagreements.columns))
        return pd.concat([self.disagreements, lone.astype(object)], ignore_index=True) if rows else self.disagreements


def agreement(first: str | Path, second: str | Path, case: str | Path | None = None) -> Agreement:
    """Compare two coders' tables.

    Rows are paired by the table's key, signals by date and issuer. Where several signals of one table share these, the
    first of one table is paired with the first of the other, the second with the second, in the order of the files.
    Words are read as `wushi case check` reads them: capitals and full-width forms make no difference, nor does the
    language.

    Parameters
    ----------
    first, second : path
        Two files (.csv, .xlsx or .dta) with the columns of one of a case's tables.
    case : path or str, optional
        The case that both have coded. Then a name and its Chinese label are the same, and an empty unit is the city.
        Without it names are compared as they stand, without blanks at their ends and with full-width forms made plain.

    Raises
    ------
    InputError
        A file that cannot be read, a date or number that is none or lies outside its column's range, two rows that
        share a key that must be unique, tables of different kinds or of none, no row in common.
    """
    import pandas as pd

    sheets = [read_sheet(Path(one), MOST_ROWS) for one in (first, second)]
    forms = [_form(sheet) for sheet in sheets]
    if forms[0].name != forms[1].name:
        raise InputError(told("error.coders.kinds"), file=sheets[1].path, given=forms[1].name, allowed=forms[0].name)
    form, key = forms[0], _KEYS.get(forms[0].name, forms[0].key)
    reader = Reader(_NOTHING if case is None else Case.load(case).known)
    one, two = (_rows(sheet, form, key, reader) for sheet in sheets)
    shared = [name for name in one if name in two]
    if not shared:
        raise InputError(told("error.coders.nothing", key=listed(key)), file=sheets[1].path)
    heads = (*key, NTH) if form.name in _KEYS else key
    rows: list[dict[str, Any]] = []
    apart: list[dict[str, Any]] = []
    for column in form.columns:
        if column.name in key or column.kind == "text":
            continue
        pairs = [(one[name].get(column.name), two[name].get(column.name)) for name in shared]
        apart += [
            {**dict(zip(heads, name, strict=True)), "column": column.name, "first": a, "second": b}
            for name, (a, b) in zip(shared, pairs, strict=True)
            if a != b
        ]
        if column.name == "sd":
            continue  # how sure a coder is, and no code
        for (measure, label), group in _groups(column, shared, pairs, key).items():
            ordered = _ordered(column, measure)
            coded = [pair for pair in group if (None not in pair if ordered else pair != (None, None))]
            if coded:
                scale = "ordered" if ordered else "nominal"
                rows.append({"column": label, "scale": scale, **_compared(coded, ordered)})
    columns = ["column", "scale", *Kappa._fields]
    return Agreement(
        form.name,
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(apart, columns=[*heads, "column", "first", "second"]),
        pd.DataFrame(
            [
                {**dict(zip(heads, name, strict=True)), "coder": coder}
                for coder, (mine, others) in enumerate(((one, two), (two, one)), 1)
                for name in mine
                if name not in others
            ],
            columns=[*heads, "coder"],
        ),
    )


def cohen_kappa(table: Floats, *, ordered: bool = False, at: Sequence[float] | None = None) -> Kappa:
    """Return Cohen's κ of a table of counts.

    Parameters
    ----------
    table : array, shape (k, k)
        Pairs by the first coder's code (row) and the second's (column), in order.
    ordered : bool
        Weigh a difference by its square, so that neighbouring codes disagree little.
    at : sequence of float, length k, optional
        Places of ordered codes on their scale, rising; 0, 1, … k − 1 if not given.

    Returns
    -------
    Kappa
        With the standard error for large samples; NaN where only one code is used.
    """
    counts = np.asarray(table, dtype=np.float64)
    k, n = len(counts), counts.sum()
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    places = np.arange(k) if at is None else np.asarray(at, dtype=np.float64)
    steps = np.subtract.outer(places, places)
    weights = 1 - (steps / (np.ptp(places) or 1)) ** 2 if ordered else np.eye(k)
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
) -> dict[tuple[str | None, str], list[tuple[Any, Any]]]:
    """Return the pairs of a column by measure and label: values that are not of one scale stand apart.

    So do values of different measures, and rows on the agenda with a domain, yes or no, and those without, counts.
    """
    if column.name not in ("value", "sd") or "measure" not in key:
        return {(None, column.name): list(pairs)}
    found: dict[tuple[str | None, str], list[tuple[Any, Any]]] = {}
    for name, pair in zip(shared, pairs, strict=True):
        row = dict(zip(key, name, strict=True))
        said = f"{row['measure']}, count" if row["measure"] == "agenda" and row["domain"] is None else row["measure"]
        found.setdefault((str(row["measure"]), f"{column.name} ({said})"), []).append(pair)
    return found


def _ordered(column: Column, measure: str | None) -> bool:
    """Tell whether a column's numbers are compared in ordered classes; ``measure`` None for one without measures."""
    if measure is not None:
        return measure in MEASURES and MEASURES[measure].kind == "share"
    return column.kind == "number" and (column.name == "capacity" or (column.low, column.high) == (0, 1))


def _compared(pairs: Sequence[tuple[Any, Any]], ordered: bool) -> dict[str, float]:
    found = [tuple(math.floor(value / STEP + 0.5) for value in pair) for pair in pairs] if ordered else pairs
    codes: list[Any] = sorted(
        {code for pair in found for code in pair}, key=None if ordered else lambda code: (code is not None, str(code))
    )
    place = {code: number for number, code in enumerate(codes)}
    table = np.zeros((len(codes), len(codes)))
    for a, b in found:
        table[place[a], place[b]] += 1
    return cohen_kappa(table, ordered=ordered, at=codes if ordered else None)._asdict()


def _form(sheet: Sheet) -> TableForm:
    names = {COLUMN_WORDS.get(name, name.lower()) for name in sheet.header}
    for form in TABLES.values():
        if all(one.name in names for one in form.columns if one.needed):
            return form
    raise InputError(told("error.coders.none"), file=sheet.path, given=list(sheet.header), allowed=listed(TABLES))


def _rows(sheet: Sheet, form: TableForm, key: Sequence[str], reader: Reader) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the codes by key; where rows may share it, it ends with the number of the row among those that do."""
    names = [COLUMN_WORDS.get(name, name.lower()) for name in sheet.header]
    known = {one.name: one for one in form.columns}
    for place, column in enumerate(names):
        if column in known and column in names[:place]:
            given = sheet.header[place]
            raise InputError(told("error.column.twice"), file=sheet.path, key=sheet.head(place), given=given)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    lines: dict[tuple[Any, ...], int] = {}
    times: Counter[tuple[Any, ...]] = Counter()
    for number, cells in sheet.rows:
        if len(cells) != len(names):
            _refuse(cells[0], sheet, number, None)
        values = {
            name: _code(known[name], cell, reader, sheet, number, place)
            for place, (name, cell) in enumerate(zip(names, cells, strict=True))
            if name in known
        }
        if form.name == "observed" and _ordered(known["value"], values["measure"]):
            said = {one: values[one] for one in ("measure", "value")}
            for column, wrong in row_problems(form.name, said, reader.known):
                raise _wrong(wrong, sheet, number, names.index(column))
        name = tuple(values.get(one) for one in key)
        times[name] += 1
        if form.name in _KEYS:
            name = (*name, times[name])
        elif name in lines:
            given = ", ".join(str(part) for part in name if part is not None)
            raise _wrong(Wrong(told("error.row.twice", first=sheet.place(lines[name])), given), sheet, number, None)
        lines[name] = number
        found[name] = values
    return found


def _wrong(wrong: Wrong, sheet: Sheet, number: int, place: int | None) -> InputError:
    given = wrong.given.isoformat(" ") if isinstance(wrong.given, datetime) else wrong.given
    key = sheet.place(number, place)
    return InputError(
        wrong.problem, file=sheet.path, key=key, given=given, allowed=wrong.allowed, suggestion=wrong.suggestion
    )


def _refuse(cell: Any, sheet: Sheet, number: int, place: int | None) -> None:
    """Raise InputError for a cell, or a row, that cannot be read."""
    if isinstance(cell, Fault):
        raise _wrong(Wrong(cell.problem, cell.given, cell.allowed), sheet, number, place)


def _code(column: Column, cell: Any, reader: Reader, sheet: Sheet, number: int, place: int) -> Any:
    """Return a cell as it is compared: a date, a number, a word in English, a name that the case knows, or a text."""
    _refuse(cell, sheet, number, place)
    if cell is None:
        # Only with a case is there a city for an empty cell to mean.
        return _plain(reader.known.city) or None if column.kind in ("place", "cities") else None
    if column.kind == "text":
        return _plain(cell)
    if column.kind == "cities":
        return _cities(column, cell, reader)
    found = reader.read(column, cell)
    if column.kind in ("date", "month", "number"):
        if isinstance(found, Wrong):
            raise _wrong(found, sheet, number, place)
        return found if column.kind == "number" else found.isoformat()
    if column.kind == "word":
        return _plain(cell).lower() if isinstance(found, Wrong) else found
    return _plain(cell if isinstance(found, Wrong) else found)


def _cities(column: Column, cell: Any, reader: Reader) -> str:
    """Return a list of cities as one text, in one order."""
    found = reader.read(column, cell)
    return _plain(cell) if isinstance(found, Wrong) else "; ".join(sorted({_plain(name) for name in found}))


def _plain(cell: Any) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip()
