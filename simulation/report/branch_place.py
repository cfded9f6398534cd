"""Where the futures of a run may stand, and what they may be called: nothing of somebody else's is ever touched."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from simulation.experiments.trunk import ORIGIN, UNCHANGED
from simulation.files.errors import InputError, told
from simulation.files.output import TOOL, is_ours
from simulation.files.reading import read_json, stands
from simulation.report.futures import FILES

LONGEST_NAME = 100
"""Most signs of a future's name."""
_FOREIGN = frozenset('/\\:*?"<>|')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
"""Names that Windows keeps for devices, with any ending."""


def holds_tree(folder: Path) -> bool:
    """Tell whether a folder holds a tree that `wushi branch` made."""
    if not stands(folder / ORIGIN):
        return False
    try:
        content = read_json(folder / ORIGIN)
    except InputError:
        return False
    return isinstance(content, dict) and content.get("tool") == TOOL


def default_place(run: Path) -> Path:
    """Return where the futures of a run stand by default: beside it; those of a future in the tree that it is in."""
    named = run if run.name not in ("", "..") else run.resolve()
    if holds_tree(named.parent) and _is_future(named):
        return named.parent
    return named.with_name(f"{named.name}--futures")


def _is_future(run: Path) -> bool:
    return is_ours(run) and "branch" in read_json(run / "provenance.json")


def check_place(folder: Path) -> None:
    """Raise InputError unless futures may be written to a folder.

    It must be no folder of a run and in none, since the next run there replaces it whole. Where it has files that are
    called like those of a tree, they must be those of a tree.

    Parameters
    ----------
    folder : Path
        The folder of the tree, which need not be there yet.
    """
    try:
        real = folder.resolve()
    except (OSError, ValueError, RuntimeError) as problem:
        raise InputError(told("error.output.no_folder", reason=problem), file=folder, key="--out") from None
    if stands(real) and not real.is_dir():
        raise InputError(told("error.output.not_a_folder"), file=folder, key="--out")
    for place in (real, *real.parents):
        if is_ours(place):
            allowed = told("error.branch.in_a_run.allowed")
            raise InputError(told("error.branch.in_a_run", folder=place), file=folder, key="--out", allowed=allowed)
    if not holds_tree(real) and any(stands(real / name) for name in FILES):
        allowed = told("error.branch.place.allowed")
        raise InputError(told("error.output.occupied"), file=folder, key="--out", allowed=allowed)


def check_name(name: str) -> None:
    """Raise InputError unless a name can be that of a future and of its folder, on any system."""
    plain = name.isprintable() and not _FOREIGN & set(name) and name.strip(". ") == name
    if not plain or not 0 < len(name) <= LONGEST_NAME or len(name.encode()) > 2 * LONGEST_NAME:
        allowed = told("error.branch.name.allowed", most=LONGEST_NAME)
        raise InputError(told("error.branch.name"), key="--name", given=name, allowed=allowed)
    small = _plain(name)
    if small in (UNCHANGED, *FILES) or small.partition(".")[0].strip() in _DEVICES:
        allowed = told("error.branch.name.reserved.allowed")
        raise InputError(told("error.branch.name.reserved"), key="--name", given=name, allowed=allowed)


def has_like(folder: Path, name: str) -> bool:
    """Tell whether a folder has something that some systems cannot tell from a name, but not the name itself."""
    if not folder.is_dir():
        return False
    return any(entry.name != name and _plain(entry.name) == _plain(name) for entry in folder.iterdir())


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
