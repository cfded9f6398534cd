"""A digest of the package's own code, for files that only the code that made them can go on with."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def digest_of_code(rooms: tuple[str, ...]) -> str:
    """Return sixteen hexadecimal digits that change with any line of some rooms; worked out once per process.

    Parameters
    ----------
    rooms : tuple of str
        Folders and files of the package, as paths that start at its root.
    """
    found = hashlib.sha256()
    for room in rooms:
        place = ROOT / room
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            found.update(path.relative_to(ROOT).as_posix().encode())
            # A checkout may end its lines otherwise.
            found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:16]
