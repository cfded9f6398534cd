"""Agreement of a sample of citizens with the whole city: effectiveness at three sizes, over seeds."""

from __future__ import annotations

import os

from simulation import load_scenario, run

METRICS = ("effectiveness", "participation", "surface", "trust")


def measure(quick):
    """Return seed by seed the metrics of the default scenario at 2,000, 20,000 and all citizens."""
    seeds = {2_000: 8, 20_000: 8} if quick else {2_000: 64, 20_000: 48, "all": 4}
    found = {}
    for citizens, count in seeds.items():
        spec = load_scenario("zhaoqing").with_values({"structure.citizens": citizens})
        threads = (os.cpu_count() or 1) if citizens == "all" else 1
        runs = [run(spec, seed=seed, threads=threads).summary for seed in range(count)]
        found[str(citizens)] = [{name: one[name] for name in METRICS} for one in runs]
    return found
