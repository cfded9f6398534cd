"""Measure the machinery of experiments: python benchmarks/bench_experiments.py [--quick].

Dispatch per run with processes and Dask, two processes against one, the parent's memory, bytes per run,
aggregation.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from simulation.experiments import read_store, sweep

FACTORS = {
    "execution.oversight": {"low": 0.0, "high": 1.0},
    "execution.capacity": {"low": 1.0, "high": 6.0},
    "plan.per_county": {"low": 1, "high": 8, "integer": True},
    "instruction.intensity": {"low": 0.1, "high": 4.0},
}
METRICS = ("effectiveness", "core_effect", "breadth", "surface", "participation", "symbolic")


def nothing(parameters, seed):
    """Return at once, so that only the cost of dispatch and storage remains."""
    value = parameters["execution.oversight"] + seed % 7
    return dict.fromkeys(METRICS, value)


def busy(parameters, seed):
    """Compute for about 50 milliseconds of one processor's time."""
    total, end = 0.0, time.process_time() + 0.05
    while time.process_time() < end:
        total += 1.0
    return dict.fromkeys(METRICS, parameters["execution.oversight"])


def design(samples, replicates=10):
    entries = {"design": "random", "samples": samples, "replicates": replicates, "metrics": list(METRICS)}
    return {"sweep": entries, "factors": FACTORS}


def timed(folder, name, task, samples, **options):
    begun = time.perf_counter()
    sweep(design(samples), task, store=Path(folder, f"{name}.sqlite"), progress="quiet", **options)
    return time.perf_counter() - begun


def marginal(folder, name, runs, **options):
    """Return milliseconds per run; a small sweep beside the large one removes the start of the engine."""
    small = timed(folder, f"{name}-small", nothing, 20, **options)
    large = timed(folder, f"{name}-large", nothing, runs // 10, **options)
    return 1000 * (large - small) / (runs - 200)


MEMORY = """
import resource, sys
sys.path[:0] = [{here!r}, {root!r}]
import bench_experiments as bench
bench.timed({folder!r}, "memory-{runs}", bench.nothing, {runs} // 10, workers=2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def peak_memory(folder, runs):
    """Return the parent's peak in MB over a sweep of its own, in a fresh process."""
    here = Path(__file__).parent
    code = MEMORY.format(here=str(here), root=str(here.parent), folder=folder, runs=runs)
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def pace(folder, name, workers):
    """Return runs per second between the first finished run and the last, so that starting processes does not count."""
    marks = []
    sweep(
        design(30),
        busy,
        store=Path(folder, f"{name}.sqlite"),
        workers=workers,
        progress=lambda tally: marks.append((time.perf_counter(), tally.done)),
    )
    started = next(mark for mark in marks if mark[1])
    return (marks[-1][1] - started[1]) / (marks[-1][0] - started[0])


def burn(_):
    busy({"execution.oversight": 0.0}, 0)


def bare(count, jobs=120):
    """Return calls per second of the same work in a plain pool, which measures the machine itself."""
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        pool.map(burn, range(count), chunksize=1)
        begun = time.perf_counter()
        pool.map(burn, range(jobs), chunksize=1)
        return jobs / (time.perf_counter() - begun)


def speedup(folder, repeats=3):
    """Return how much faster two processes are than one, ours and bare ones, side by side: medians."""
    ours, bares = [], []
    for n in range(repeats):
        ours.append(pace(folder, f"two-{n}", 2) / pace(folder, f"one-{n}", 1))
        bares.append(bare(2) / bare(1))
    return sorted(ours)[repeats // 2], sorted(bares)[repeats // 2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes")
    scale = 10 if parser.parse_args().quick else 1
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows.append(
            (
                "dispatch, 2 processes",
                f"{marginal(folder, 'p', 20_000 // scale, workers=2):.3f} ms per run",
                "≤ 1",
            )
        )
        rows.append(
            (
                "dispatch, this process",
                f"{marginal(folder, 's', 20_000 // scale, workers=0):.3f} ms per run",
                "–",
            )
        )
        from distributed import LocalCluster

        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster:
            cost = marginal(folder, "d", 20_000 // scale, dask=cluster.scheduler_address)
        rows.append(("dispatch, Dask (2 workers)", f"{cost:.3f} ms per run", "≤ 3"))
        ours, machine = speedup(folder)
        rows.append(("two processes against one", f"{ours:.2f} × (a bare pool: {machine:.2f} ×)", "≥ 1.8"))
        small, large = 1000, 100_000 // scale
        first, second = peak_memory(folder, small), peak_memory(folder, large)
        rows.append((f"parent's peak memory, {small:,} → {large:,} runs", f"{first:.0f} → {second:.0f} MB", "flat"))
        store = Path(folder, f"memory-{large}.sqlite")
        rows.append(("store", f"{store.stat().st_size / large:.0f} bytes per run", "≤ 1000"))
        begun = time.perf_counter()
        table = read_store(store).points
        rows.append((f"aggregating {large:,} stored runs", f"{time.perf_counter() - begun:.2f} s", "≤ 2"))
        if len(table) != large // 10:
            raise SystemExit("the store does not hold what was swept")
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, {platform.platform()}")
    print(
        f"Python {platform.python_version()}",
        *(f"{p} {metadata.version(p)}" for p in ("distributed", "numpy")),
    )
    print("\n| what | measured | wanted |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
