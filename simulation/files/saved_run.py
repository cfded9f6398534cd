"""The parts that the folder of a saved run must have: one that is missing is named, with the file that lacks it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, told
from simulation.files.output import FORMATS, PROVENANCE
from simulation.files.reading import read_json, stands

SUMMARY = "summary.json"
_PARTS: Mapping[str, type] = {"scenario": dict, "seed": int, "digest": str, "versions": dict}


def check_saved(folder: str | Path) -> None:
    """Raise InputError unless a folder has the files of a saved run, and its provenance what reading it needs.

    Parameters
    ----------
    folder : path
        The folder.

    Raises
    ------
    InputError
        It names the file, and the part that is missing or is of another kind.
    """
    folder = Path(folder)
    for name in (PROVENANCE, SUMMARY):
        if not stands(folder / name):
            raise InputError(told("error.saved.no_file", name=name), file=folder)
    check_origin(read_json(folder / PROVENANCE), folder / PROVENANCE)
    if not isinstance(read_json(folder / SUMMARY), dict):
        raise InputError(told("error.saved.not_a_table"), file=folder / SUMMARY)
    weekly = [f"weekly.{kind}" for kind in FORMATS]
    if not any((folder / name).is_file() for name in weekly):
        raise InputError(told("error.saved.no_file", name=weekly[0]), file=folder)


def check_origin(content: Any, file: Path) -> None:
    """Raise InputError unless the content of a provenance has every part that is needed to read a run.

    Parameters
    ----------
    content : object
        What the file holds.
    file : Path
        The file, for the message.
    """
    if not isinstance(content, dict):
        raise InputError(told("error.saved.not_a_table"), file=file)
    for part, kind in _PARTS.items():
        if part not in content:
            raise InputError(told("error.saved.no_part", part=part), file=file)
        if not isinstance(content[part], kind) or isinstance(content[part], bool):
            raise InputError(told("error.saved.part"), file=file, key=part, given=content[part])
