"""Limits of a format of tables, checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from simulation.files.errors import InputError
from simulation.text.told import listed


def refuse_beyond(found: int, most: int, problem: str, file: Path, form: str, *, instead: Iterable[str]) -> None:
    """Raise InputError where a table has more of something than its format holds.

    Parameters
    ----------
    found, most : int
        How many there are, and how many the format holds.
    problem : str
        The sentence that says so.
    file : Path
        The file that would be written.
    form : str
        The format, as ``--format`` names it.
    instead : iterable of str
        Formats that hold more.
    """
    if found > most:
        raise InputError(problem, file=file, key=f"--format {form}", given=found, allowed=listed(instead))
