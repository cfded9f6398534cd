"""Whole runs, each in its own process: time, processor time and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


# A small process between, because Linux counts what the starting process holds into the peak of the started one.
LAUNCH = """
import json, os, subprocess, sys, time
begun = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
said = process.stdout.read().decode(errors="replace")
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps({
    "seconds": time.perf_counter() - begun,
    "processor": usage.ru_utime + usage.ru_stime,
    "mib": usage.ru_maxrss / 1024,
    "status": os.waitstatus_to_exitcode(status),
    "said": said,
}))
"""


def child(arguments):
    """Run a command to its end; return its seconds, processor seconds, peak MiB and its output."""
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    if found.pop("status"):
        raise RuntimeError(f"{arguments} failed: {found['said'][-2000:]}")
    return found


def wushi(*arguments):
    """Run the command line once, into a folder that is thrown away where it writes one."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder, "out"))] if arguments[0] == "run" else []
        return child([sys.executable, "-c", "from simulation.command.main import main; main()", *arguments, *out])


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
