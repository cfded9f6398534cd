"""Measure the first run: how long the model compiles, as it is, and with a way in from Python for every kernel.

``python benchmarks/compiling.py`` runs the default scenario twice in fresh processes, each with an empty cache of
compiled code, and prints wall and processor seconds of both and their ratio. It takes some minutes of one core.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

FIRST_RUN = "from simulation import run; run('zhaoqing')"
WITH_WAYS_IN = (
    "from numba import types; from simulation.compute import kernel; "
    "kernel._Kernel._numba_type_ = property(types.Dispatcher); "
)


def first_run(code):
    """Return wall and processor seconds of a fresh process with nothing compiled."""
    with tempfile.TemporaryDirectory() as empty:
        begun, before = time.perf_counter(), os.times()
        subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "NUMBA_CACHE_DIR": empty})
        after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begun, used


def main():
    """Measure and print."""
    found = {"as it is": first_run(FIRST_RUN), "a way in for every kernel": first_run(WITH_WAYS_IN + FIRST_RUN)}
    print("first run of zhaoqing                wall s   processor s")
    for name, (wall, used) in found.items():
        print(f"{name:36} {wall:6.1f}   {used:11.1f}")
    now, then = (used for _, used in found.values())
    print(f"processor time: {now / then:.2f} of that with a way in for every kernel")


if __name__ == "__main__":
    main()
