"""The kinds of file that a user writes in TOML, told apart by their tables, so that each goes to its own command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, told

#: Kind of file, and the entries by which it is known; a kind that stands earlier wins.
_MARKS = {
    "case": {"case"},
    "targets": {"targets", "include", "calibration"},
    "design": {"sweep"},
    "hypothesis": {"refuted_if", "claim", "minimal_effect"},
    "scenario": {"extends", "structure", "stages", "instruction", "plan", "execution", "agenda"},
}


def refuse_other_kind(table: Mapping[str, Any], kind: str, file: Path | None) -> None:
    """Raise InputError when a file is clearly one of another kind; say which, and which command takes it.

    Parameters
    ----------
    table : mapping
        What the file holds.
    kind : str
        The kind that is wanted: ``scenario``, ``design``, ``hypothesis`` or ``targets``.
    file : Path or None
        Named in the error.
    """
    if _MARKS[kind] & table.keys() and ("case" not in table or kind == "case"):
        return
    found = next((name for name, marks in _MARKS.items() if marks & table.keys()), None)
    if found is not None:
        problem = told("error.kind_of_file", found=told(f"error.file.{found}"), wanted=told(f"error.file.{kind}"))
        raise InputError(problem, file=file, allowed=told(f"error.file.{found}.command"))
