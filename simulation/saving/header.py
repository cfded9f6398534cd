"""The header of a saved state, checked before anything is done with what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulation._version import EDITION, __version__
from simulation.files.code import digest_of_code
from simulation.files.errors import InputError, told
from simulation.files.output import TOOL
from simulation.saving.parts import DATA, DRAWN
from simulation.saving.writing import FORMAT, ROOMS, header_digest

#: Most dimensions of an array, and weeks that a run can have come to.
_DIMENSIONS, _WEEKS = 4, 1_000_000
_KINDS: dict[str, type] = {
    "version": str, "edition": str, "code": str, "seed": int, "week": int,
    "scenario_name": str, "scenario": dict, "origins": dict, "original": dict,
    "scenario_digest": str, "own_structure": bool,
    "ground": str, "citizens": list, "network": bool, "data": dict, "arrays": dict,
}  # fmt: skip


def checked_header(content: bytes, file: Path) -> dict[str, Any]:
    """Return the header that the bytes hold.

    Raises
    ------
    InputError
        No header of a state, one of another version, or one that contradicts itself.
    """
    try:
        header = json.loads(content)
        if not isinstance(header, dict) or header.get("tool") != TOOL or header.get("kind") != "state":
            raise InputError(told("error.state.none"), file=file, allowed=told("error.state.file"))
        if header.get("format") != FORMAT or header.get("version") != __version__ or header.get("edition") != EDITION:
            _refuse_version(header, file)
        if header.get("code") != digest_of_code(ROOMS):
            raise InputError(
                told("error.state.code"),
                file=file,
                given=header.get("code"),
                allowed=told("error.state.again"),
            )
        if header_digest(header) != header.get("digest"):
            raise ValueError("digest")
        _check_kinds(header)
    except InputError:
        raise
    except (ValueError, RecursionError) as problem:
        raise InputError(told("error.state.damaged", part="header.json"), file=file) from problem
    return header


def _refuse_version(header: dict[str, Any], file: Path) -> None:
    given = f"{header.get('version')}, {header.get('edition')}, {header.get('format')}"
    problem = told("error.state.version", version=__version__, edition=EDITION, format=FORMAT)
    raise InputError(problem, file=file, given=given, allowed=told("error.state.again"))


def _check_kinds(header: dict[str, Any]) -> None:
    """Raise ValueError where the header is not of the form that `save_state` gives it."""
    for name, kind in _KINDS.items():
        if type(header.get(name)) is not kind:
            raise ValueError(name)
    if header.keys() - _KINDS.keys() != {"tool", "kind", "format", "digest"}:
        raise ValueError("keys")
    texts = [*header["origins"].values(), *header["citizens"]]
    if any(not isinstance(text, str) for text in texts) or not set(header["citizens"]) <= set(DRAWN):
        raise ValueError("citizens")
    if list(header["data"]) != list(DATA):
        raise ValueError("data")
    if not 0 <= header["week"] <= _WEEKS or not 0 <= header["seed"].bit_length() <= 256:
        raise ValueError("week")
    for name, said in header["arrays"].items():
        if not isinstance(said, dict) or said.keys() != {"shape", "dtype", "sha256"}:
            raise ValueError(name)
        shape = said["shape"]
        if not isinstance(shape, list) or len(shape) > _DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
            raise ValueError(name)
        if not isinstance(said["dtype"], str) or not isinstance(said["sha256"], str):
            raise ValueError(name)
