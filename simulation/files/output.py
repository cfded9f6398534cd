"""Folders of results: they are written whole or not at all, and never over somebody else's files."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from simulation.files.errors import InputError, told
from simulation.files.exchange import exchange
from simulation.files.leftovers import marked, remove_leftovers
from simulation.files.reading import read_json

PROVENANCE = "provenance.json"
TOOL = "wushi"
FORMATS = ("csv", "parquet")


def is_ours(folder: Path) -> bool:
    """Tell whether a folder holds results of this tool."""
    try:
        content = read_json(folder / PROVENANCE)
    except InputError:
        return False
    return isinstance(content, dict) and content.get("tool") == TOOL


def check_target(target: Path) -> None:
    """Raise InputError unless results may be written to ``target``: a new or empty folder, or one that wushi made."""
    try:
        there = os.path.lexists(target)
        parent = target.absolute().parent
        while not parent.exists():
            parent = parent.parent
    except (OSError, ValueError) as problem:
        raise InputError(told("error.output.no_folder", reason=problem), file=target, key="--out") from None
    if there:
        if not target.is_dir():
            raise InputError(told("error.output.not_a_folder"), file=target, key="--out")
        if any(target.iterdir()) and not is_ours(target):
            raise InputError(
                told("error.output.occupied"),
                file=target,
                key="--out",
                allowed=told("error.output.allowed"),
            )
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise InputError(told("error.output.unwritable"), file=target, key="--out")


@contextlib.contextmanager
def fresh_folder(target: str | Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``target`` that takes its place when the block ends well.

    When the block raises (also on Ctrl-C) the temporary folder is removed and ``target`` is as it was; when the
    process is killed the temporary folder stays, and the next that writes to ``target`` removes it. Of two processes
    that write to one ``target``, the later one's folder stands there in the end, whole.

    Raises
    ------
    InputError
        When the target cannot be written, holds something that is not ours, or the disk is full.
    """
    target = Path(target)
    check_target(target)
    try:
        if target.is_symlink():
            target = target.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise InputError(told("error.output.unwritable_because", reason=reason), file=target, key="--out") from problem
    try:
        made.chmod(0o755)
        with marked(made):
            yield made
            for file in made.rglob("*"):
                if file.is_file():
                    _flush(file)
        _swap(made, target)
        remove_leftovers(target)
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        raise InputError(
            told("error.output.unwritable_because", reason=problem.strerror), file=target, key="--out"
        ) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def _flush(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def _swap(made: Path, target: Path) -> None:
    """Put ``made`` in the place of ``target``; the old folder, if there was one, then stands at ``made`` or is gone."""
    attempt = 0
    while True:
        attempt += 1
        check_target(target)
        try:
            if not target.exists():
                made.replace(target)
            elif not exchange(made, target):
                _swap_in_two(made, target)
            return
        except OSError as problem:
            # Another process put its folder there, or took it away, between our look and our move.
            if problem.errno not in _RACED or attempt == 10:
                raise


_RACED = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}


def _swap_in_two(made: Path, target: Path) -> None:
    """Exchange in two steps, where the system cannot do it in one: for a moment the old folder has a hidden name."""
    old = made.with_name(made.name + "-old")
    target.replace(old)
    try:
        made.replace(target)
    except OSError:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def whole_file(target: str | Path) -> Iterator[Path]:
    """Yield a temporary file beside ``target`` that takes its place when the block ends well.

    When the block raises (also on Ctrl-C) the temporary file is removed and ``target`` is as it was. The temporary
    file has the target's ending, and the target's folder is made when it does not exist.

    Raises
    ------
    InputError
        When a folder, a device or the like has the target's name.
    OSError
        When it cannot be written.
    """
    target = Path(target)
    if target.exists() and not target.is_file():
        raise InputError(told("error.output.not_a_file"), file=target, key="--out")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    made = Path(name)
    try:
        yield made
        made.chmod(0o644)
        _flush(made)
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)
