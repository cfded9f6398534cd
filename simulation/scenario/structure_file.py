"""The file of a scenario's structure: where it lies, what it holds, and its digest. `simulation.places` reads it."""

from __future__ import annotations

import functools
import hashlib
import stat
from pathlib import Path

from simulation.files.errors import InputError, nearest, told
from simulation.files.reading import stands
from simulation.files.sheets import FORMS
from simulation.files.shipped import shipped_folder

#: Largest structure file that is read, in bytes.
LARGEST_FILE = 32_000_000


def locate(given: str, folder: Path) -> Path:
    """Return the absolute path of ``structure.file``.

    A relative path starts at the folder of the scenario that names it; if no file exists there, at the shipped
    scenarios.
    """
    path = folder / given
    if not stands(path):
        path = shipped_folder() / given
    return path.absolute()


def is_shipped(path: Path) -> bool:
    """Return whether a structure's file came with the package."""
    return path.resolve().is_relative_to(shipped_folder().resolve())


def read_content(path: Path, given: str, asker: str | None) -> tuple[bytes, str]:
    """Return the content of a structure's file and its SHA-256; read again only when the file has changed.

    Parameters
    ----------
    path : Path
        Where `locate` found it.
    given : str
        ``structure.file`` as the scenario says it, for messages.
    asker : str or None
        Name of the scenario file that says it.

    Raises
    ------
    InputError
        No file, no ordinary one, larger than `LARGEST_FILE`, or one that cannot be read.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise InputError(told("error.not_a_file"), file=path, key="structure.file")
        if state.st_size > LARGEST_FILE:
            raise InputError(
                told("error.structure.too_large"), file=path, allowed=told("error.limit.bytes", most=LARGEST_FILE)
            )
        return _content(path, state.st_mtime_ns, state.st_size)
    except FileNotFoundError:
        raise InputError(
            told("error.no_such_file"),
            file=asker,
            key="structure.file",
            given=given,
            suggestion=nearest(path.name, [entry.name for form in FORMS for entry in path.parent.glob(f"*.{form}")]),
        ) from None
    except OSError as error:
        raise InputError(told("error.cannot_be_read", reason=error.strerror or error), file=path) from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(told("error.not_a_path"), key="structure.file", given=given) from None


@functools.lru_cache(maxsize=8)
def _content(path: Path, _modified: int, _size: int) -> tuple[bytes, str]:
    content = path.read_bytes()
    return content, hashlib.sha256(content).hexdigest()
