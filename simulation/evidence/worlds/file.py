"""Reading a set of worlds: a table with one row per world, and the TOML file beside it."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from simulation.evidence.worlds.form import About, FindingRow, read_about
from simulation.files.errors import InputError, Told, listed, told
from simulation.files.keyed_tables import line_of, read_keyed
from simulation.files.names import nearest_key
from simulation.files.reading import stands
from simulation.files.shipped import shipped_folder
from simulation.scenario import load_scenario, parameters
from simulation.scenario.under import BASE

if TYPE_CHECKING:
    import pandas as pd

    from simulation.scenario import ParameterInfo

MOST = 100_000
"""Most worlds of a file."""
_LARGEST = 64_000_000
_SINGLE = ("number", "whole", "word", "flag", "text")
"""Kinds of parameter with a single value, which fits into a cell."""
_FLAGS = {"true": True, "false": False}
_OTHER_SEPARATORS = (";", "\t")


@dataclass(frozen=True, eq=False, repr=False)
class Worlds(Sequence[dict[str, Any]]):
    """Plausible worlds: a sequence of mappings from dotted key to value, which does not change.

    Attributes
    ----------
    rows : tuple of dict
        One per world, all with the same keys; the sequence hands out copies of them.
    about : About or None
        How the set was found; None for a table without its file beside it.
    path : Path or None
        The file.
    digest : str
        SHA-256 of the whole file; stores of runs are known by it, whatever number of its first worlds they hold. Empty
        for other worlds of a file: stores number worlds from 0, and know these by their values.
    """

    rows: tuple[dict[str, Any], ...]
    about: About | None = None
    path: Path | None = None
    digest: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(row) for row in self.rows)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> Worlds: ...

    def __getitem__(self, place: int | slice) -> dict[str, Any] | Worlds:
        """Return a world, or some of them as a set of worlds."""
        if isinstance(place, slice):
            from_first = place.indices(len(self))[::2] == (0, 1)
            return Worlds(self.rows[place], self.about, self.path, self.digest if from_first else "")
        return dict(self.rows[place])

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same worlds in the same order."""
        if not isinstance(other, Worlds):
            return NotImplemented
        return self.rows == other.rows

    def __hash__(self) -> int:
        # Not by the digest: equal worlds may come from two files.
        return hash((len(self), frozenset(self.keys)))

    def __repr__(self) -> str:
        return f"<Worlds: {len(self)} of {self.path}>"

    @property
    def keys(self) -> list[str]:
        """The parameters, in the order of the file."""
        return list(self.rows[0]) if self.rows else []

    @property
    def table(self) -> pd.DataFrame:
        """One row per world, a column per parameter; the index, ``world``, counts from 0, the default world."""
        import pandas as pd

        return pd.DataFrame(self.rows, index=pd.RangeIndex(len(self), name="world"), columns=self.keys)

    @property
    def findings(self) -> dict[str, FindingRow]:
        """The findings by key, with their values over the whole set; empty for a table without its file beside it."""
        return dict(self.about.findings) if self.about else {}


def shipped_worlds() -> Path:
    """Return the path of the shipped set."""
    return shipped_folder() / "worlds" / "plausible.csv"


def worlds(number: int | None = None, file: str | Path | None = None) -> Worlds:
    """Return plausible worlds: parameter vectors that the findings do not rule out.

    Parameters
    ----------
    number : int, optional
        The first so many, at least 1; all by default. The first is the default world, the others stand in an order
        that was drawn by lot, so that any number of them represents the set.
    file : str or Path, optional
        A table of one's own, .csv, .xlsx or .dta: a column per dotted key, a row per world. A TOML file of the same
        name beside it may say how it was found. By default the shipped set.

    Returns
    -------
    Worlds
        A sequence of mappings.

    Raises
    ------
    InputError
        For a file that cannot be read or does not fit this edition of the model, a value that no scenario can have, or
        more worlds than there are.
    """
    path = shipped_worlds() if file is None else Path(file)
    found = _read(path.absolute(), *_stamps(path))
    if number is None:
        return found
    if isinstance(number, bool) or not isinstance(number, Integral) or not 1 <= number <= len(found):
        allowed = told("error.worlds.number.allowed", most=len(found))
        raise InputError(told("error.worlds.number"), key="--worlds", given=number, allowed=allowed)
    return found[: int(number)]


def _stamps(path: Path) -> tuple[Any, ...]:
    """Return what changes when a file or the one beside it does, so that a set is read once while neither does."""
    try:
        return tuple((one.stat().st_mtime_ns, one.stat().st_size) for one in (path, _beside(path)) if one.is_file())
    except (OSError, ValueError):
        return ()


def _beside(path: Path) -> Path:
    return path.with_suffix(".toml")


@functools.lru_cache(maxsize=4)
def _read(path: Path, *stamps: Any) -> Worlds:
    if path.suffix.lower() == ".toml":
        raise InputError(told("error.worlds.not_csv"), given=str(path), allowed=told("error.worlds.csv"))
    missing = told("error.worlds.none_shipped") if path == shipped_worlds() else None
    text = read_keyed(path, parameters(), missing=missing, most=_LARGEST, rows=MOST)
    rows = _rows(text, path)
    beside = _beside(path)
    about = read_about(beside) if stands(beside) else None
    if about is not None:
        _check_fit(rows, about, path, beside)
    digest = hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()
    return Worlds(tuple(rows), about, path, digest)


def _rows(text: str, path: Path) -> list[dict[str, Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[dict[str, Any]] = []
    try:
        first = next((cells for cells in reader if any(cell.strip() for cell in cells)), [])
        infos = _header([cell.strip() for cell in first], path, line_of(path, max(reader.line_num, 1)))
        base = load_scenario(BASE)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line = line_of(path, reader.line_num)
            if len(cells) != len(infos):
                problem = told("error.table.cells", cells=len(cells), columns=len(infos))
                raise InputError(problem, file=path, key=line, given=",".join(cells))
            if len(rows) >= MOST:
                raise InputError(told("error.too_many"), file=path, allowed=told("error.limit.number", most=MOST))
            row = {info.key: _value(cell.strip(), info, path, line) for cell, info in zip(cells, infos, strict=True)}
            try:
                base.with_values(row)
            except InputError as error:
                raise _placed(error, row, path, line) from None
            rows.append(row)
    except csv.Error as error:
        line = line_of(path, reader.line_num)
        raise InputError(told("error.table.not_csv", reason=error), file=path, key=line) from None
    if not rows:
        raise InputError(told("error.worlds.no_rows"), file=path, allowed=told("error.worlds.csv"))
    return rows


def _header(names: list[str], path: Path, line: Told) -> list[ParameterInfo]:
    known = {info.key: info for info in parameters() if info.kind in _SINGLE}
    if not any(names):
        raise InputError(told("error.worlds.no_rows"), file=path, allowed=told("error.worlds.csv"))
    if any(sign in name for name in names for sign in _OTHER_SEPARATORS):
        allowed = told("error.worlds.csv")
        raise InputError(told("error.worlds.separator"), file=path, key=line, given=",".join(names), allowed=allowed)
    for place, name in enumerate(names):
        if name not in known:
            raise InputError(
                told("error.no_such_parameter"),
                file=path,
                key=line,
                given=name,
                allowed=told("error.worlds.columns"),
                suggestion=nearest_key(name, known),
            )
        if name in names[:place]:
            raise InputError(told("error.column.twice"), file=path, key=line, given=name)
    return [known[name] for name in names]


def _value(cell: str, info: ParameterInfo, path: Path, line: Told) -> Any:
    """Return a cell as the kind of value that its parameter has."""
    if info.kind == "flag":
        if cell in _FLAGS:
            return _FLAGS[cell]
    elif info.kind not in ("number", "whole") or cell in info.choices:
        if cell:
            return cell
    elif cell.isascii() and "_" not in cell:  # Python would read 1_0 as ten
        try:
            return int(cell) if info.kind == "whole" else float(cell)
        except ValueError:
            pass
    raise InputError(
        told("error.cell.empty") if not cell else told("error.worlds.cell"),
        file=path,
        key=told("error.at.column", where=line, column=info.key),
        given=cell,
        allowed=info.allowed,
    )


def _placed(error: InputError, row: Mapping[str, Any], path: Path, line: Told) -> InputError:
    """Return the error of a whole row with its place: the column where it names one."""
    key = told("error.at.column", where=line, column=error.key) if error.key in row else line
    return error.replaced(file=path, key=key)


def _check_fit(rows: Sequence[Mapping[str, Any]], about: About, path: Path, beside: Path) -> None:
    """Raise InputError unless a table and the file beside it speak of the same parameters and ranges."""
    columns, named = list(rows[0]), list(about.parameters)
    apart = [key for key in columns if key not in about.parameters] + [key for key in named if key not in rows[0]]
    if apart:
        raise InputError(
            told("error.worlds.apart", table=path.name),
            file=beside,
            key="parameters",
            given=listed(apart),
            allowed=told("error.worlds.apart.allowed"),
        )
    for number, row in enumerate(rows):
        for key, one in about.parameters.items():
            value = row[key]
            # Files round; the ends of a range are no reason to refuse a value that touches them.
            slack = 1e-3 * (one.prior_high - one.prior_low)
            if isinstance(value, int | float) and not one.prior_low - slack <= value <= one.prior_high + slack:
                raise InputError(
                    told("error.worlds.outside", file=beside.name),
                    file=path,
                    key=told("error.at.column", where=told("error.worlds.row", number=number + 1), column=key),
                    given=value,
                    allowed=told("error.range", low=one.prior_low, high=one.prior_high),
                )
