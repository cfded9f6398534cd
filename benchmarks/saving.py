"""Measure saved states: size and time against ``numpy.savez`` of the same arrays, and memory for a whole city.

``python benchmarks/saving.py`` prints a table; every number is taken in one process, the ways in turns. Processor time
stands beside wall time, because a state is also made safe on the disk, which takes the disk's time. ``--whole`` adds
the whole city, every citizen, with the memory that saving takes beside the model.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from simulation import MomentumModel, load_scenario
from simulation.saving import load_state, save_state
from simulation.saving.parts import changing

#: Largest size in bytes and longest time in milliseconds for 20,000 citizens after 156 weeks.
LARGEST, LONGEST = 2_000_000, 50


def measured(ways, repetitions):
    """Return wall and processor milliseconds of all repetitions of some ways, taken in turns."""
    found = {name: [] for name in ways}
    for number in range(-1, repetitions):
        for name, way in ways.items():
            begun, used = time.perf_counter(), time.process_time()
            way()
            took = ((time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000)
            if number >= 0:  # the first is warming up
                found[name].append(took)
    return found


def memory_of(work):
    """Return the megabytes by which this process grew at most during a piece of work, watched each millisecond."""
    process, done = psutil.Process(), threading.Event()
    before = most = process.memory_info().rss

    def watch():
        nonlocal most
        while not done.wait(0.001):
            most = max(most, process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    work()
    done.set()
    watching.join()
    return (most - before) / 1e6


def table(citizens, weeks, folder, repetitions):
    """Print size and times of one model; return the model."""
    model = MomentumModel(load_scenario("zhaoqing").with_values({"structure.citizens": citizens}), rng=0)
    model.compute(weeks)
    files = {name: folder / f"{name}.npz" for name in ("save_state", "savez", "savez_compressed")}
    ways = {
        "save_state": lambda: save_state(model, files["save_state"]),
        "savez": lambda: np.savez(files["savez"], **changing(model)),
        "savez_compressed": lambda: np.savez_compressed(files["savez_compressed"], **changing(model)),
        "load_state": lambda: load_state(files["save_state"]),
        "a new model": lambda: MomentumModel(model.spec, rng=0),
    }
    found = measured(ways, repetitions)
    print(
        f"\n{len(model.population):,} citizens, {model.week} weeks\n\n| | kB | median ms | processor ms | fastest ms |"
    )
    print("|---|---|---|---|---|")
    for name, took in found.items():
        size = f"{files[name].stat().st_size / 1000:,.0f}" if name in files else ""
        wall, processor = (statistics.median(one[kind] for one in took) for kind in (0, 1))
        print(f"| {name} | {size} | {wall:.1f} | {processor:.1f} | {min(one[0] for one in took):.1f} |")
    if citizens == 20_000:
        size, took = files["save_state"].stat().st_size, statistics.median(one[0] for one in found["save_state"])
        print(f"\n≤ {LARGEST:,} bytes: {'met' if size <= LARGEST else 'not met'}", end="; ")
        print(f"≤ {LONGEST} ms: {'met' if took <= LONGEST else 'not met'}")
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=30)
    parser.add_argument("--whole", action="store_true", help="the whole city too: some minutes, half a gigabyte")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table(20_000, 156, Path(folder), options.repetitions)
        if options.whole:
            model = table("all", 104, Path(folder), 3)
            grown = memory_of(lambda: save_state(model, Path(folder) / "save_state.npz"))
            print(f"\nmemory that saving takes beside the model: {grown:.1f} MB")


if __name__ == "__main__":
    main()
