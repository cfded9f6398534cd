"""Starter folders: a city, a scenario and a hypothesis of the user's own, or a case, each with comments."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from simulation.files.errors import InputError, listed, told
from simulation.files.output import fresh_folder
from simulation.text import LANGUAGES

SCENARIO = "scenario.toml"
PLACES = "city.csv"
FILES = ("README.md", PLACES, SCENARIO, "my-hypothesis.toml")
CASE_TABLES = ("severity.csv", "capacity.csv", "signals.csv", "meetings.csv", "observed.csv")
CASE_FILES = ("README.md", "case.toml", *CASE_TABLES)
FORMS = ("csv", "xlsx", "dta")
"""Forms in which the tables of a case are made."""
_MARK = b"\xef\xbb\xbf"
"""A spreadsheet takes a table for UTF-8 only when it begins with a byte order mark."""


def make_starter(folder: str | Path, lang: str) -> str:
    """Write the starter files into a new or empty folder, all or none.

    Parameters
    ----------
    folder : path
        Made where it does not exist, with the folders above it.
    lang : {"en", "zh"}
        Language of comments and explanations. In Chinese the places have Chinese names.

    Returns
    -------
    str
        Path of the scenario, as to be given to ``wushi run``.

    Raises
    ------
    InputError
        For a folder that holds something, a file in its place, or a place that cannot be written.
    """

    def fill(made: Path, texts: Traversable) -> None:
        for name in FILES:
            _copy(texts / lang / name, made)

    return str(_made(folder, lang, fill) / SCENARIO)


def make_case(folder: str | Path, lang: str, form: str = "csv") -> Path:
    """Write the starter of a case into a new or empty folder, all or none.

    Parameters
    ----------
    folder : path
        Made where it does not exist, with the folders above it.
    lang : {"en", "zh"}
        Language of comments and explanations. In Chinese the places have Chinese names.
    form : {"csv", "xlsx", "dta"}
        Form of the tables.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        An unknown form or language, a folder that holds something, or a place that cannot be written.
    """
    if form not in FORMS:
        raise InputError(told("error.unknown_format"), key="--format", given=form, allowed=listed(FORMS, "or"))

    def fill(made: Path, texts: Traversable) -> None:
        for name in CASE_FILES:
            _copy(texts / "case" / lang / name, made)
        _copy(texts / lang / PLACES, made)
        if form != "csv":
            for name in (PLACES, *CASE_TABLES):
                _converted(made / name, form)

    return _made(folder, lang, fill)


def _made(folder: str | Path, lang: str, fill: Callable[[Path, Traversable], None]) -> Path:
    if lang not in LANGUAGES:
        raise InputError(told("error.unknown_language"), key="--lang", given=lang, allowed=listed(LANGUAGES, "or"))
    target = Path(folder)
    if target.is_dir() and any(target.iterdir()):
        raise InputError(told("error.folder_not_empty"), file=target, key="DIR", allowed=told("error.new_folder"))
    if target.exists() and not target.is_dir():
        raise InputError(told("error.file_of_this_name"), file=target, key="DIR", allowed=told("error.new_folder"))
    with fresh_folder(target) as made:
        fill(made, resources.files(__package__) / "starter_files")
    return target


def _copy(source: Traversable, folder: Path) -> None:
    mark = _MARK if source.name.endswith(".csv") else b""
    (folder / source.name).write_bytes(mark + source.read_bytes())


def _converted(file: Path, form: str) -> None:
    """Replace a CSV table by a workbook or a Stata file with the same cells."""
    import pandas as pd

    from simulation.files.tables import save_table

    table = pd.read_csv(file, encoding="utf-8-sig")
    empty = [name for name in table.columns if table[name].isna().all()]
    # A column without content would become one of numbers.
    save_table(table.astype(dict.fromkeys(empty, "object")), file.with_suffix(f".{form}"))
    file.unlink()
