"""Whole runs, each in a process of its own: time, processor time and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def child(arguments):
    """Run a command to its end; return seconds, processor seconds and peak MiB of it."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        arguments,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}: {said.decode()[-2000:]}")
    return {
        "seconds": seconds,
        "processor": usage.ru_utime + usage.ru_stime,
        "mib": usage.ru_maxrss / 1024,
        "said": said.decode(),
    }


def wushi(*arguments):
    """Run the command line once, into a folder that is thrown away where it writes one."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder, "out"))] if arguments[0] == "run" else []
        return child([sys.executable, "-c", "from simulation.cli import main; main()", *arguments, *out])


MODEL = """
import sys, time
from simulation import MomentumModel, load_scenario
begun = time.process_time()
spec = load_scenario({spec!r}).with_values({values!r})
model = MomentumModel(spec, rng=0)
built = time.process_time()
for _ in range(spec.weeks):
    model.step()
print(built - begun, time.process_time() - built, model.state.effect.size, len(model.population))
"""


def model(spec, values, repetitions=1):
    """Build and run a model in a fresh process; return processor seconds of both, cells, citizens, and peak MiB."""
    best = None
    for _ in range(repetitions):
        done = child([sys.executable, "-c", MODEL.format(spec=spec, values=values)])
        build, weeks, cells, citizens = map(float, done["said"].split()[-4:])
        one = {"build": build, "weeks": weeks, "cells": cells, "citizens": citizens, "mib": done["mib"]}
        best = one if best is None or build + weeks < best["build"] + best["weeks"] else best
    return best


def province(cities, counties=10):
    """Return the rows of a synthetic province."""
    rows = [{"unit": "Province", "tier": "province"}]
    for c in range(cities):
        rows.append({"unit": f"City {c}", "parent": "Province", "tier": "city"})
        rows += [
            {
                "unit": f"County {c}.{u}",
                "parent": f"City {c}",
                "tier": "county",
                "population": 400_000,
                "residential": 5,
                "villages": 15,
            }
            for u in range(counties)
        ]
    return rows


def synthetic(cities, repetitions=1):
    """Run a province of so many cities with ten counties each; the model is as in `model`."""
    spec = {
        "weeks": 156,
        "domains": {f"field{d}": {} for d in range(8)},
        "structure": {"units": province(cities), "citizens": 2000 * cities, "communities": 200 * cities},
    }
    return model(spec, {}, repetitions)
