"""Bytes of arrays in pieces, so that no column of millions is copied."""

from __future__ import annotations

import functools
import io
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Bytes of a piece.
PIECE = 1 << 18
#: Arrays of so many bytes are compressed unasked; of larger ones so many bytes tell whether compressing is worth its
#: time, that is whether this share is saved.
_SMALL, _PROBE, _WORTH = 1 << 16, 1 << 13, 0.15


def pieces(array: NDArray[Any]) -> Iterator[memoryview]:
    """Yield the bytes of an array in the order of its elements, in pieces of at most `PIECE` bytes."""
    content = content_of(array)
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]


def content_of(array: NDArray[Any]) -> memoryview:
    """Return the bytes of an array, writable where it is; those of a copy where it does not lie in one piece."""
    if array.size == 0:
        return memoryview(b"")
    return memoryview(np.ascontiguousarray(array)).cast("B")


@functools.lru_cache(maxsize=512)
def head_of(shape: tuple[int, ...], kind: np.dtype[Any]) -> bytes:
    """Return what numpy's own format (.npy, version 1.0) writes before the bytes of such an array."""
    made = io.BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(made, described)
    return made.getvalue()


def shrinks(array: NDArray[Any]) -> bool:
    """Tell whether fast compression makes an array smaller by more than a seventh, judged by its middle.

    Drawn numbers do not shrink, and compressing them would take most of the time of saving.
    """
    content = content_of(array)
    if len(content) < _SMALL:
        return True
    middle = (len(content) - _PROBE) // 2
    return len(zlib.compress(content[middle : middle + _PROBE], 1)) < (1.0 - _WORTH) * _PROBE
