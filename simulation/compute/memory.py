"""How much memory the machine has, and refusing at once what cannot fit, before the machine begins to swap."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import sys
from pathlib import Path

from simulation.files.errors import InputError


@functools.cache
def physical_memory() -> int | None:
    """Return the bytes of memory that this process may hope for: the machine's, or its container's; None if unknown."""
    found: list[int] = []
    if sys.platform == "win32":
        # MEMORYSTATUSEX: its own size, the load in percent, then eight 64-bit numbers, the first of them the total.
        status = (ctypes.c_uint64 * 8)()
        ctypes.cast(status, ctypes.POINTER(ctypes.c_uint32))[0] = ctypes.sizeof(status)
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            found.append(int(status[1]))
    else:
        with contextlib.suppress(ValueError, OSError):
            found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        with contextlib.suppress(ValueError, OSError):
            found.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min((number for number in found if number > 0), default=None)


def refuse_beyond_memory(least: float, key: str, given: object, allowed: str) -> None:
    """Raise InputError when ``least`` bytes, a lower bound of what is needed, exceed the machine's memory.

    Parameters
    ----------
    least : float
        Bytes that are needed at the very least.
    key, given, allowed
        The parameter that asks for them, its value, and what would fit, for the message.
    """
    there = physical_memory()
    if there is not None and least > there:
        raise InputError(
            f"needs more than {least / 1e9:.3g} GB of memory, and there are {there / 1e9:.3g} GB",
            key=key,
            given=given,
            allowed=allowed,
        )
