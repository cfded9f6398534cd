"""The seal of a state's file: the digest of every byte before it, as the comment that ends the archive."""

from __future__ import annotations

import hashlib
from pathlib import Path

from simulation.saving.streams import PIECE

#: The comment before the seal; its length is that of the digest.
EMPTY = b"0" * 64


def _digest(path: Path) -> bytes:
    found, left = hashlib.sha256(), path.stat().st_size - len(EMPTY)
    with path.open("rb") as stream:
        while left > 0:
            piece = stream.read(min(PIECE, left))
            if not piece:
                break
            found.update(piece)
            left -= len(piece)
    return found.hexdigest().encode()


def seal(path: Path) -> None:
    """Write the digest of all other bytes over the end of a file, which must hold room for it (`EMPTY`)."""
    made = _digest(path)
    with path.open("rb+") as stream:
        stream.seek(-len(EMPTY), 2)
        stream.write(made)


def sealed(path: Path) -> bool:
    """Tell whether a file is as it was sealed."""
    if path.stat().st_size < len(EMPTY):
        return False
    with path.open("rb") as stream:
        stream.seek(-len(EMPTY), 2)
        end = stream.read(len(EMPTY))
    return end == _digest(path)
