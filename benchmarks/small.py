"""Measure whole small runs, in process and warm: weeks in one compiled call against weeks stepped one by one.

``python benchmarks/small.py`` writes the table into docs/performance.md. Both ways are measured in turns in one
process.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from pathlib import Path

from simulation import MomentumModel, RunResult, load_scenario, run

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
MARKS = ("<!-- made: small-runs -->", "<!-- end: small-runs -->")
#: Citizens to the milliseconds that a run must and should take.
BOUNDS = {2000: (12, 9), 6000: (18, 15)}


def stepped(spec, seed):
    """Run a scenario as Mesa steps a model, and read the same summary off it."""
    model = MomentumModel(spec, rng=seed)
    for _ in range(spec.weeks):
        model.step()
    return RunResult.of(model)


def measure(citizens, repetitions):
    """Return wall and processor milliseconds of every repetition of both ways."""
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": citizens})
    found = {"run": [], "stepped": []}
    for seed in range(-2, repetitions):
        for name, way in (("run", run), ("stepped", stepped)):
            begun, used = time.perf_counter(), time.process_time()
            result = way(spec, max(seed, 0))
            took = ((time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000)
            assert result.summary["effectiveness"] > 0
            if seed >= 0:  # the first two are warming up
                found[name].append(took)
    return found


def row(citizens, found):
    """Return one line of the table."""
    (must, aim), median = BOUNDS[citizens], statistics.median
    wall, processor = (median(took[kind] for took in found["run"]) for kind in (0, 1))
    fastest = min(took[0] for took in found["run"])
    ratio = median(took[0] for took in found["stepped"]) / wall
    said = "aim met" if wall <= aim else "met" if wall <= must else "not met"
    return (
        f"| {citizens:,} | ≤ {must} ms | ≤ {aim} ms | {wall:.1f} ms (processor {processor:.1f} ms, "
        f"fastest {fastest:.1f} ms) | {ratio:.2f} | {said} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=60)
    parser.add_argument("--print", action="store_true", help="print the table and leave the page as it is")
    options = parser.parse_args()
    head = ["| citizens | must | aim | median | stepped ÷ run | |", "|---|---|---|---|---|---|"]
    table = "\n".join(head + [row(citizens, measure(citizens, options.repetitions)) for citizens in BOUNDS])
    print(table)
    if not options.print:
        page = PAGE.read_text(encoding="utf-8")
        made = f"{MARKS[0]}\n\n{table}\n\n{MARKS[1]}"
        PAGE.write_text(re.sub(f"{MARKS[0]}.*{MARKS[1]}", lambda _: made, page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
