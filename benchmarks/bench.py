"""Measure every speed for which a goal is stated: python benchmarks/bench.py [--quick] [--mesa-frames PYTHON].

Numbers that are compared come from one run of this file. Writes `docs/performance.json` (raw numbers, machine,
versions, load), the measured part of `docs/performance.md`, and its pictures. `--quick` takes smaller cities, fewer
repetitions, and writes nothing. `--levels` measures only what does not depend on the machine: effectiveness of samples.
`--commands` measures only the commands, which no other number is compared with.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib import metadata
from pathlib import Path

import agreement
import numba
import numpy as np
import page
import weeks
import whole

DOCS = Path(__file__).parent.parent / "docs"
PACKAGES = ("mesa", "numpy", "scipy", "numba", "llvmlite", "pandas", "matplotlib")
SCALED = 200_000
FULL = 4_501_500


def load():
    """Return the load average (1, 5 and 15 minutes), where the system gives it."""
    return list(os.getloadavg()) if hasattr(os, "getloadavg") else []


def machine():
    """Return the machine and the versions."""
    name = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        name = named[0] if named else name
    return {
        "processor": name,
        "cores": os.cpu_count(),
        "threads": numba.get_num_threads(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {package: metadata.version(package) for package in PACKAGES},
    }


def measure_weeks(quick, frames):
    """Measure one citizens' week in every implementation, and the reading of memory."""
    sizes = (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000, "all")
    objects_at = 20_000 if quick else SCALED
    again = 5 if quick else 15
    rows = {"objects": {}, "frames": {}, "numpy": {}, "one_thread": {}, "two_threads": {}, "limit": {}}
    for size in sizes:
        model = weeks.model_at(size)
        n = len(model.population)
        print(f"  weeks of {n:,} citizens, load {load()[:1]}", flush=True)
        rows["numpy"][n] = weeks.numpy_scipy(model, 3 if n > 1e6 else again)
        rows["one_thread"][n] = weeks.ours(model, 1, again)
        rows["two_threads"][n] = weeks.ours(model, 2, again)
        rows["limit"][n] = weeks.memory_limit(weeks.touched(model), again)
        rows["numpy"][n] += weeks.numpy_scipy(model, 1)  # at both ends, as the load changes
        rows["two_threads"][n] += weeks.ours(model, 2, again)
        rows.setdefault("bytes", {})[n] = weeks.touched(model)
    for n in (objects_at // 20, objects_at):
        print(f"  weeks of {n:,} Mesa objects, load {load()[:1]}", flush=True)
        rows["objects"][n] = weeks.mesa_objects(n, 2 if quick else 4)
        if frames:
            rows["frames"][n] = weeks.mesa_frames(frames, n, 3) or []
    return rows


def measure_commands(quick):
    """Measure commands as a user gives them, each several times."""
    citizens = "50000" if quick else "all"
    commands = {
        "help": ("--help",),
        "default": ("run", "zhaoqing", "--lang", "en"),
        "full": ("run", "zhaoqing", "--citizens", citizens, "--lang", "en", "--no-figures"),
    }
    if not quick:
        commands["full_figures"] = ("run", "zhaoqing", "--citizens", citizens, "--lang", "en")
    found = {}
    for name, arguments in commands.items():
        print(f"  wushi {' '.join(arguments)}, load {load()[:1]}", flush=True)
        times = 1 if quick else {"help": 7, "default": 3}.get(name, 2)
        found[name] = [whole.wushi(*arguments) for _ in range(times)]
        for one in found[name]:
            one.pop("said")
    return found


def measure_growth(quick):
    """Measure building and running over citizens and over cities, in fresh processes, in processor seconds."""
    sizes = (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000, "all")
    cities = (1, 10) if quick else (1, 3, 10, 30, 100)
    print(f"  growth, load {load()[:1]}", flush=True)
    again = 1 if quick else 2
    return {
        "citizens": [whole.model("zhaoqing", {"structure.citizens": n}, again) for n in sizes],
        "cities": [{"cities": n, **whole.synthetic(n, again)} for n in cities],
        "guangdong": whole.model("guangdong", {}),
    }


def exponent(rows, along, of):
    """Return the steepest exponent between the smallest and any larger size, in time or memory above the smallest's."""
    first, last = rows[0], rows[-1]
    return float(np.log(of(last) / of(first)) / np.log(last[along] / first[along]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--mesa-frames", metavar="PYTHON", help="a Python that has mesa-frames")
    parser.add_argument("--levels", action="store_true", help="measure no speed, only how far a sample agrees")
    parser.add_argument("--commands", action="store_true", help="measure only the commands as a user gives them")
    options = parser.parse_args()
    if options.levels or options.commands:
        found = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))
        if options.levels:
            found["agreement"] = agreement.measure(quick=False)
        if options.commands:
            found["commands"] = measure_commands(quick=False)
        save(found)
        return
    found = {"machine": machine(), "load_before": load(), "quick": options.quick}
    for name, measure in (
        ("weeks", lambda: measure_weeks(options.quick, options.mesa_frames)),
        ("commands", lambda: measure_commands(options.quick)),
        ("growth", lambda: measure_growth(options.quick)),
        ("agreement", lambda: agreement.measure(options.quick)),
    ):
        print(name, flush=True)
        found[name] = measure()
    found["load_after"] = load()
    growth = found["growth"]
    found["exponents"] = {
        f"{what} over {along}": exponent(growth[along], along, of)
        for along in ("citizens", "cities")
        for what, of in (("time", lambda row: row["build"] + row["weeks"]), ("memory", lambda row: row["mib"]))
    }
    table = page.table(found)
    print(table)
    if not options.quick:
        save(found)


def save(found):
    """Write the raw numbers, and the page and its pictures from them."""
    (DOCS / "performance.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    page.write(found, DOCS)


if __name__ == "__main__":
    main()
