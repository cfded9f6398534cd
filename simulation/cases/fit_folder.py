"""The folder of a fit: whose it is, what of it may be replaced, and whether it can be written."""

from __future__ import annotations

import contextlib
import json
import shlex
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.store.locking import StoreLock
from simulation.experiments.store.reading import read_store
from simulation.files.errors import InputError, told
from simulation.files.output import TOOL
from simulation.files.reading import read_json, stands
from simulation.files.shipped import shipped_folder

if TYPE_CHECKING:
    from simulation.cases.case import Case

FOLDER = "fit"
RUNS, CHECK = "runs.sqlite", "check.sqlite"
"""Stores of the search, and of the runs that check its result."""
QUICKLY = "quick-"
"""Before the names of the stores of a first look."""
PREDICTED = "predicted.sqlite"
"""Store of a report's runs."""
ABOUT = "fit.json"
"""The file that makes a fit whole: it is written last, and knows the others by their content."""
STORES = (RUNS, CHECK, f"{QUICKLY}{RUNS}", f"{QUICKLY}{CHECK}", PREDICTED)
_BESIDE = ("-journal", "-wal", "-shm")
"""Endings of the files that SQLite writes beside a store."""


def is_shipped(case: Case) -> bool:
    """Tell whether a case comes with the package, so that its folder may not be written."""
    return case.folder.resolve().is_relative_to(shipped_folder().resolve())


def folder_of(case: Case, folder: str | Path | None, key: str = "--out") -> Path:
    """Return the folder of a fit, beside the case's tables unless another is given.

    Raises
    ------
    InputError
        The folder's name is empty.
    """
    if folder is None:
        return case.folder / FOLDER
    if isinstance(folder, str) and not folder.strip():
        raise InputError(told("error.case.no_folder"), key=key, given=folder, allowed=told("error.case.folder.allowed"))
    return Path(folder)


def fitting_words(case: Case, folder: Path) -> str:
    """Return what follows ``wushi case fit`` to fit a case into a folder, as a shell takes it."""
    name = case.name if is_shipped(case) else str(case.folder)
    if not is_shipped(case) and folder.resolve() == (case.folder / FOLDER).resolve():
        return shlex.quote(name)
    return shlex.join([name, "--out", str(folder)])


def earlier(case: Case, folder: Path) -> dict[str, Any] | None:
    """Return what the fit of a case that stands in a folder says of itself, None where there is none."""
    said = _said(folder)
    return said if said is not None and said.get("case") == case.name else None


def _said(folder: Path) -> dict[str, Any] | None:
    """Return what the fit in a folder says of itself, None where there is none."""
    with contextlib.suppress(InputError):  # no fit can be told from it
        said = read_json(folder / ABOUT) if stands(folder / ABOUT) else None
        if isinstance(said, dict) and said.get("tool") == TOOL:
            return said
    return None


def check_folder(case: Case, folder: Path) -> None:
    """Raise InputError unless a fit may be written: into a new or empty folder, or over a fit of the case.

    A fit that was stopped before its end is known by its stores, all of which must be of this case. A fit in the case's
    own folder is the case's, whatever the folder was called before. Hidden files count for nothing, since no fit has
    their names.
    """
    names = {case.name}
    try:
        if folder.resolve() == (case.folder / FOLDER).resolve():
            names.add(str((_said(folder) or {}).get("case")))
        if not folder.exists():
            return
        if not folder.is_dir():
            raise InputError(told("error.output.not_a_folder"), file=folder, key="--out")
        held = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    except OSError as problem:
        raise _unwritable(folder, "--out", problem) from None
    ours = {f"{name}{end}" for name in STORES for end in ("", ".lock", *_BESIDE)}
    said = _said(folder)
    whole = said is not None and said.get("case") in names
    if not whole and (foreign := sorted(held - ours)):
        raise _occupied(case, folder, foreign[0])
    for name in sorted(held.intersection(STORES)):
        store = folder / name
        with damaged_anew([store], told("error.case.predicted_damaged.allowed") if name == PREDICTED else None):
            if store.is_file() and not store.stat().st_size:
                continue
            if read_store(store).task.get("case") not in names:
                raise _occupied(case, folder, name)


def _occupied(case: Case, folder: Path, name: str) -> InputError:
    return InputError(
        told("error.case.folder_occupied", name=case.name), file=folder, key="--out", given=name,
        allowed=told("error.case.folder_occupied.allowed", name=case.name),
    )  # fmt: skip


def check_writable(folder: Path, key: str) -> None:
    """Raise InputError unless files can be made in a folder or, where it is not there, in the one that would hold it.

    Parameters
    ----------
    folder : Path
        The folder of a fit.
    key : {'--out', '--fit'}
        The option that names another one.
    """
    try:
        there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as problem:
        raise _unwritable(folder, key, problem) from None


def _unwritable(folder: Path, key: str, problem: OSError) -> InputError:
    copied = told("error.case.folder_unwritable.copy")
    allowed = copied if key == "--fit" else told("error.case.folder_unwritable.allowed")
    reason = problem.strerror or type(problem).__name__
    return InputError(told("error.case.folder_unwritable", reason=reason), file=folder, key=key, allowed=allowed)


@contextlib.contextmanager
def damaged_anew(stores: Iterable[Path], remedy: str | None = None) -> Iterator[None]:
    """Say of damaged stores of a fit that they can be made anew, since nobody has copies of them.

    Parameters
    ----------
    stores : iterable of Path
        The stores.
    remedy : str, optional
        How; by default that the case is to be fitted again.

    Raises
    ------
    InputError
        As in the block.
    """
    named = {str(store) for store in stores}
    try:
        yield
    except InputError as problem:
        remedies = (told("error.store.whole"), told("error.store.made"), told("error.store.readable"))
        if problem.file not in named or problem.allowed not in remedies:
            raise
        raise problem.replaced(allowed=remedy or told("error.case.store_damaged.allowed")) from None


def remove(store: Path) -> None:
    """Remove a store and what SQLite writes beside it, and nothing else whose name begins alike."""
    for end in ("", *_BESIDE):
        store.with_name(f"{store.name}{end}").unlink(missing_ok=True)


def clear(folder: Path, stores: Iterable[str], identity: Mapping[str, Any], seed: int) -> None:
    """Remove the stores of another fit of the case: as it was, or of another seed; whatever else is there stays."""
    wanted = json.loads(json.dumps(identity, default=str))
    for name in stores:
        store = folder / name
        if not store.exists() or not store.stat().st_size:
            continue
        stored = read_store(store)
        same = stored.task == wanted and stored.design.seed == seed
        del stored
        if not same:
            # Not while somebody writes to it.
            lock = StoreLock(store)
            try:
                remove(store)
            finally:
                lock.release()
