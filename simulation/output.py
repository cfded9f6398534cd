"""Folders of results: written whole or not at all, and never over somebody else's files."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from simulation.scenario.errors import InputError

PROVENANCE = "provenance.json"
TOOL = "wushi"
FORMATS = ("csv", "parquet")


def is_ours(folder: Path) -> bool:
    """Tell whether a folder holds results of this tool."""
    try:
        content = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("tool") == TOOL


def check_target(target: Path) -> None:
    """Raise InputError unless results may be written to ``target``: new, empty, or ours to replace."""
    if target.exists():
        if not target.is_dir():
            raise InputError("the output is not a folder", file=target, key="--out")
        if any(target.iterdir()) and not is_ours(target):
            raise InputError(
                "the folder holds something else and is left alone",
                file=target,
                key="--out",
                allowed="a new or empty folder, or one with results of an earlier run",
            )
    parent = target.absolute().parent
    while not parent.exists():
        parent = parent.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise InputError("the output folder cannot be written", file=target, key="--out")


@contextlib.contextmanager
def fresh_folder(target: str | Path) -> Iterator[Path]:
    """Yield a temporary folder beside ``target`` that takes its place when the block ends well.

    When the block raises (also on Ctrl-C) the temporary folder is removed and ``target`` is as it was.

    Raises
    ------
    InputError
        When the target cannot be written or holds something that is not ours.
    """
    target = Path(target)
    check_target(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as problem:
        raise InputError(
            f"the output folder cannot be written: {problem.strerror}", file=target, key="--out"
        ) from problem
    try:
        made.chmod(0o755)
        yield made
        for file in made.rglob("*"):
            if file.is_file():
                _flush(file)
        _swap(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _flush(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def _swap(made: Path, target: Path) -> None:
    if not target.exists():
        made.replace(target)
        return
    old = made.with_name(made.name + "-old")
    target.replace(old)
    try:
        made.replace(target)
    except OSError:
        old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
