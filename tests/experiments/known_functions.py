"""Functions whose results are known, as tasks; importable by worker processes."""

from __future__ import annotations

import itertools
import math
import os
import random
import signal
import time
from pathlib import Path

#: Four factors between 0 and 1.
UNIT_CUBE = {name: {"low": 0.0, "high": 1.0} for name in "abde"}


def plain(parameters, seed):
    """Depend on every parameter and on the seed."""
    return {"y": 10.0 * parameters["a"] + parameters["b"] + seed / 2**60, "z": float(parameters["b"])}


def slow(parameters, seed):
    """Take two milliseconds."""
    time.sleep(0.002)
    return plain(parameters, seed)


def waiting(parameters, seed):
    """Take 20 milliseconds."""
    time.sleep(0.02)
    return plain(parameters, seed)


def ragged(parameters, seed):
    """Take a time that has nothing to do with the order of submission."""
    time.sleep((seed * 7919 + hash(parameters["a"])) % 5 / 1000)
    return plain(parameters, seed)


def ishigami(parameters, seed):
    """Ishigami & Homma (1990) with a = 7, b = 0.1."""
    x1, x2, x3 = (parameters[name] for name in ("x1", "x2", "x3"))
    return {"y": math.sin(x1) + 7 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1)}


def noisy_ishigami(parameters, seed):
    """Add noise of standard deviation 1, different at every point."""
    noise = random.Random(f"{seed} {sorted(parameters.items())}").gauss(0, 1)
    return {"y": ishigami(parameters, seed)["y"] + noise}


def linear_with_product(parameters, seed):
    """4a + 2b + 0·c + 3·d·e on the unit cube."""
    a, b, d, e = (parameters[name] for name in "abde")
    return {"y": 4 * a + 2 * b + 3 * d * e}


def bad_runs(parameters, seed):
    """Raise, hang, eat memory or end the process, as ``what`` says."""
    what = parameters["what"]
    if what == "raises":
        raise ValueError("one of\nthose days")
    if what == "hangs":
        while True:
            time.sleep(0.01)
    if what == "hangs deaf":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM})
        time.sleep(3600)
    if what == "eats memory":
        hoard = [bytearray(50_000_000) for _ in itertools.repeat(None, 200)]
        return {"y": float(len(hoard))}
    if what == "kills":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "returns nonsense":
        return {"y": "seven"}
    if what == "is not a number":
        return {"y": math.nan}
    if what == "is infinite":
        return {"y": math.inf}
    return {"y": 1.0}


def dies_once(parameters, seed):
    """End the process the first time that the marked point runs."""
    mark = Path(parameters["folder"], "died")
    if parameters["a"] == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return {"y": float(parameters["a"])}


def wants_file(parameters, seed):
    """Fail for a = 2 until a file is there."""
    if parameters["a"] == 2 and not Path(parameters["file"]).exists():
        raise FileNotFoundError("not yet")
    return {"y": float(parameters["a"])}
