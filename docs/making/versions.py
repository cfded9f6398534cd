"""Compare a scenario's results under several Pythons: `versions.py PYTHON PYTHON …`, numpy as installed there.

Each Python must be able to import the package. Prints, for each after the first, the largest difference of any metric
of any week from the first's, over three seeds.
"""

from __future__ import annotations

import json
import subprocess
import sys

PROBE = """
import json, platform, sys
import numba, numpy
from simulation import load_scenario, run
spec = load_scenario("zhaoqing").with_values({"structure.citizens": 6000})
found = {}
for seed in range(3):
    frame = run(spec, seed=seed).weekly
    found[seed] = {name: [None if v != v else v for v in frame[name].tolist()] for name in frame}
versions = f"Python {platform.python_version()}, numpy {numpy.__version__}, numba {numba.__version__}"
json.dump({"versions": versions, "found": found}, sys.stdout)
"""


def probe(python: str) -> dict:
    done = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def largest(one: dict, other: dict) -> float:
    worst = 0.0
    for seed, metrics in one.items():
        for name, series in metrics.items():
            for a, b in zip(series, other[seed][name], strict=True):
                if (a is None) != (b is None):
                    return float("inf")
                worst = max(worst, abs((a or 0.0) - (b or 0.0)))
    return worst


def main(pythons: list[str]) -> None:
    first = probe(pythons[0])
    print(f"reference: {first['versions']}")
    for python in pythons[1:]:
        other = probe(python)
        print(f"{other['versions']}: largest difference {largest(first['found'], other['found']):.3g}")


if __name__ == "__main__":
    main(sys.argv[1:])
