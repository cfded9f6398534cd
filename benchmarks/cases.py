"""Measure cases: the check of a long table against pandas reading the same file, and a fit against its bare runs.

``python benchmarks/cases.py`` prints a table; the ways are taken in turns, and processor time stands beside wall time.
``--fit`` adds the quick fit of the shipped case `qingwan` (60 rows) beside as many bare runs of its scenario
on the same number of processes; ``--full`` the usual fit too, which takes minutes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from simulation import MomentumModel
from simulation.cases import Case
from simulation.cases.fitting import NORMAL, QUICK
from simulation.command.starter import make_case

ROWS = 10_000
LONGEST_CHECK, LONGEST_QUICK, LONGEST_FIT = 2, 60, 600
"""Seconds: check of a table of so many rows, quick fit and fit of 60 rows."""


def long_case(folder, form):
    """Return the starter case with an observed table of so many rows."""
    made = make_case(folder / form, "en", form)
    case = Case.load(made)
    days = pd.date_range(case.start, periods=7 * case.spec.weeks).strftime("%Y-%m-%d")
    units, domains = case.hierarchy.units, list(case.spec.domains)
    table = pd.DataFrame(
        [
            (day, unit, domain, measure, 0.5)
            for measure in ("reported", "participation")
            for day in days
            for unit in units
            for domain in domains
        ][:ROWS],
        columns=["date", "unit", "domain", "measure", "value"],
    )
    file = made / f"observed.{form}"
    if form == "csv":
        table.to_csv(file, index=False)
    else:
        table.to_excel(file, index=False)
    return made, file


def timed(work):
    """Return wall and processor seconds, those of ended processes included."""
    begun, used, before = time.perf_counter(), time.process_time(), os.times()
    work()
    after = os.times()
    ended = sum(after[2:4]) - sum(before[2:4])
    return time.perf_counter() - begun, time.process_time() - used + ended


def turns(ways, repetitions):
    """Return median wall and processor seconds of some ways, taken in turns; the first turn is warming up."""
    found = {name: [] for name in ways}
    for number in range(-1, repetitions):
        for name, way in ways.items():
            took = timed(way)
            if number >= 0:
                found[name].append(took)
    return {name: [statistics.median(kind) for kind in zip(*took, strict=True)] for name, took in found.items()}


def told(name, took, beside, longest):
    """Print one line of the table."""
    print(f"| {name} | {took[0]:.2f} | {took[1]:.2f} | {took[1] / beside[1]:.2f} | {took[0] <= longest} |", flush=True)


def checks(folder, repetitions):
    """Print the times of checks, by command in a new process and in Python."""
    for form, read in (("csv", pd.read_csv), ("xlsx", pd.read_excel)):
        made, file = long_case(folder, form)
        command = [sys.executable, "-m", "simulation", "case", "check", str(made)]
        found = turns(
            {
                "pandas": lambda file=file, read=read: read(file),
                "python": lambda made=made: Case.load(made).check(),
                "command": lambda command=command: subprocess.run(command, check=True, stdout=subprocess.DEVNULL),
            },
            repetitions,
        )
        told(f"check of {ROWS:,} rows, {form}, in Python", found["python"], found["pandas"], LONGEST_CHECK)
        told(f"check of {ROWS:,} rows, {form}, as a command", found["command"], found["pandas"], LONGEST_CHECK)


def run_bare(spec, seeds):
    """Run a scenario under some seeds."""
    for seed in seeds:
        MomentumModel(spec, rng=seed).compute_ahead(spec.weeks)


def fits(folder, full, workers):
    """Print the time of fits beside as many bare runs."""
    case = Case.load("qingwan")
    for name, effort, longest in (("quick", QUICK, LONGEST_QUICK), ("usual", NORMAL, LONGEST_FIT)):
        if name == "usual" and not full:
            continue
        runs = effort.budget
        took = timed(lambda quick=name == "quick": case.fit(quick=quick, folder=folder / "fit", workers=workers))

        def bare(runs=runs):
            with ProcessPoolExecutor(workers) as pool:
                list(pool.map(run_bare, [case.spec] * workers, [range(n, runs, workers) for n in range(workers)]))

        told(f"{name} fit of {len(case.rows)} rows, {runs:,} runs", took, timed(bare), longest)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--fit", action="store_true", help="the quick fit too")
    parser.add_argument("--full", action="store_true", help="the quick and the usual fit too: some minutes")
    options = parser.parse_args()
    print("| | s | processor s | ÷ beside it | as fast as it should be |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        checks(Path(folder), options.repetitions)
        if options.fit or options.full:
            fits(Path(folder), options.full, options.workers)
    print(f"\nmeasured at {time.strftime('%Y-%m-%d')}; beside it: pandas reading the same file, or as many bare runs")


if __name__ == "__main__":
    main()
