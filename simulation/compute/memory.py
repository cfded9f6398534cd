"""The machine's memory, and a check that refuses a run that cannot fit before the machine begins to swap."""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path

from simulation.files.errors import InputError, told

CONTAINER = Path("/sys/fs/cgroup/memory.max")
"""The file in which Linux states a container's share of memory; psutil states the machine's."""


@functools.cache
def physical_memory() -> int | None:
    """Return the bytes of memory that this process can have: the machine's, or its container's; None if unknown."""
    import psutil

    found: list[int] = []
    with contextlib.suppress(OSError, NotImplementedError):  # some systems do not tell it; the container's may be known
        found.append(int(psutil.virtual_memory().total))
    with contextlib.suppress(ValueError, OSError):  # the file stands only in a container; "max" is no limit
        found.append(int(CONTAINER.read_text(encoding="ascii")))
    return min((number for number in found if number > 0), default=None)


def refuse_beyond_memory(least: float, key: str, given: object, allowed: str) -> None:
    """Raise InputError when ``least`` bytes, a lower bound of the need, exceed the machine's memory.

    Parameters
    ----------
    least : float
        Bytes that are needed at the very least.
    key, given, allowed
        The parameter that needs the bytes, its value, and a value that would fit, for the message.
    """
    there = physical_memory()
    if there is not None and least > there:
        raise InputError(
            told("error.memory", needed=least / 1000000000.0, there=there / 1000000000.0),
            key=key,
            given=given,
            allowed=allowed,
        )
