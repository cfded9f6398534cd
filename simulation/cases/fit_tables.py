"""The tables of a saved fit, read and looked over: files that somebody has edited are told from whole ones."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Mapping
from io import StringIO
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.cases.measures import MEASURES
from simulation.cases.pinning import COLUMNS
from simulation.evidence.worlds.space import space
from simulation.experiments.arms import LARGEST_SEED
from simulation.experiments.design.distributions import Choices, Distribution, Range, Value
from simulation.files.errors import InputError
from simulation.files.reading import read_json, read_text, stands

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case

TABLES = {"vectors": "posterior.csv", "prior": "prior.csv", "parameters": "parameters.csv", "search": "search.csv",
          "adequacy": "adequacy.csv", "scales": "scales.csv"}  # fmt: skip
_LARGEST = 256_000_000
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "vectors": ("weight",),
    "prior": (),
    "parameters": COLUMNS,
    "search": ("generation", "tolerance", "acceptance", "runs"),
    "adequacy": ("measure", "rows", "distance", "p", "fits"),
    "scales": ("scale",),
}  # fmt: skip
_VALUES = tuple(name for name in COLUMNS if name.endswith(("low", "median", "high")))
"""Columns of the parameters that hold values of them."""
_NUMBER = Range(-math.inf, math.inf)
_OF_PARAMETERS = ("parameters", "prior")
"""Tables that are empty where nothing was searched."""
_VERDICTS = frozenset(("pinned", "narrowed", "free"))


class Said(NamedTuple):
    """Content of ``fit.json``: what made it, digest of the case, seed, a first look or not, how it was found, files."""

    maker: tuple[Any, Any]
    digest: str
    seed: int
    quick: bool
    about: dict[str, Any]
    files: dict[str, str]


class DamagedError(ValueError):
    """A file of a fit is not as it was written.

    Parameters
    ----------
    file : Path
        The file.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(str(file))


def sha256(text: str) -> str:
    """Return the digest by which a fit knows a table."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_said(file: Path) -> Said:
    """Return what a fit says of itself.

    Raises
    ------
    DamagedError
        It is no JSON, lacks something, or has a value that no fit has.
    """
    try:
        said = read_json(file)
        digest, seed, quick = said["digest"], said["seed"], said["quick"]
        about, files = dict(said["about"]), dict(said["files"])
    except (InputError, TypeError, KeyError, ValueError):
        raise DamagedError(file) from None
    whole = (
        isinstance(digest, str)
        and _counted(seed, LARGEST_SEED)
        and isinstance(quick, bool)
        and all(_counted(about.get(key)) for key in ("runs", "budget"))
    )
    if not whole:
        raise DamagedError(file)
    return Said((said.get("edition"), said.get("watched")), digest, seed, quick, about, files)


def read_tables(case: Case, folder: Path, files: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the tables of a fit by the names of its attributes, each value of a parameter as the fit had it.

    Raises
    ------
    DamagedError
        One is not there, or not as it was written, or is no table that a fit of the case has.
    """
    import pandas as pd

    found, axes = {}, space()
    drawn = {**{name: axes[name].searched for name in case.searched}, **case.free}
    for key, name in TABLES.items():
        text = ""
        with contextlib.suppress(InputError):  # then its digest is another one
            text = read_text(folder / name, most=_LARGEST) if stands(folder / name) else ""
        if sha256(text) != files.get(name):
            raise DamagedError(folder / name)
        try:
            table = _parsed(drawn, key, text) if text.strip() else pd.DataFrame()
            whole = _is_whole(case, key, table)
        except (KeyError, ValueError, TypeError, OverflowError):
            whole = False
        if not whole:
            raise DamagedError(folder / name)
        found[key] = table
    return found


def _parsed(drawn: Mapping[str, Distribution], key: str, text: str) -> pd.DataFrame:
    """Return a table whose values of parameters are numbers, words, or true and false as their distributions say.

    Raises
    ------
    KeyError, ValueError
        A parameter that the case does not search, a column that is not there, or a value that is no choice.
    """
    import pandas as pd

    columns = {"vectors": (*drawn, "weight"), "prior": (*drawn,), "parameters": _VALUES, "scales": ("scale",)}
    mine: tuple[str, ...] = columns.get(key, ())
    kinds = dict.fromkeys(mine, str)
    # As text: some versions of pandas read numbers without their last digit.
    table = pd.read_csv(StringIO(text), keep_default_na=key == "search", dtype=kinds)
    for name in mine:
        of = [drawn[one] for one in table["parameter"]] if key == "parameters" else repeat(drawn.get(name, _NUMBER))
        # A column of its own has the kind that pandas gives to these very values.
        table[name] = pd.Series([_value(one, cell) for one, cell in zip(of, table[name], strict=False)])
    return table


def _is_whole(case: Case, key: str, table: pd.DataFrame) -> bool:
    searched = {*case.free, *case.searched}
    if not set(_COLUMNS[key]) <= set(table.columns) or (table.empty and (searched or key not in _OF_PARAMETERS)):
        return False
    if key in ("vectors", "prior") and not searched <= set(table.columns):
        return False
    if key == "vectors":
        weights = table["weight"].to_numpy(np.float64)
        return bool((weights >= 0).all() and math.isclose(weights.sum(), 1.0, abs_tol=1e-6))
    if key == "parameters":
        return set(table["parameter"]) <= searched and set(table["verdict"]) <= _VERDICTS
    if key == "adequacy":
        numbers = table[["rows", "distance", "p"]].to_numpy(np.float64)
        return bool(
            table["fits"].dtype == bool and set(table["measure"]) <= {"all", *MEASURES} and not np.isnan(numbers).any()
        )
    if key == "scales":
        scales = table["scale"].to_numpy(np.float64)
        return len(scales) == len(case.rows) and bool((scales > 0).all())
    return True


def _counted(given: object, most: float = math.inf) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= most


def _value(drawn: Distribution, cell: str) -> Value:
    """Return a value of a distribution from its text: one choice may be a number, and the next the word "inf"."""
    if not isinstance(drawn, Choices):
        return int(float(cell)) if drawn.integer else float(cell)
    for value in drawn.values:
        if str(value) == cell:
            return value
    # Beside 2.5 in a column of numbers stands 1.0 for 1.
    number = float(cell)
    for value in drawn.values:
        if isinstance(value, int | float) and not isinstance(value, bool) and value == number:
            return value
    raise ValueError(cell)
