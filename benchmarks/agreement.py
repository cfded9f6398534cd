"""Agreement of a sample of citizens with the whole city: effectiveness and participation at six sizes, over seeds."""

from __future__ import annotations

import os

from simulation import load_scenario, run

METRICS = ("effectiveness", "participation")

#: Citizens, communities, seeds. The fourth has the citizens of the third in the communities of the first.
SIZES = (
    (2_000, 50, 120),
    (6_000, 150, 100),
    (20_000, 500, 100),
    (20_000, 50, 60),
    (200_000, "auto", 60),
    ("all", "auto", 16),
)


def measure(quick):
    """Return, for every size, its citizens, its communities, and seed by seed the metrics of `zhaoqing-by-hand`."""
    found = []
    for citizens, communities, count in SIZES[:3] if quick else SIZES:
        values = {"structure.citizens": citizens, "structure.communities": communities}
        spec = load_scenario("zhaoqing-by-hand").with_values(values)
        threads = (os.cpu_count() or 1) if citizens == "all" else 1
        entry = {"asked": str(citizens), "runs": []}
        for seed in range(8 if quick else count):
            one = run(spec, seed=seed, threads=threads)
            entry["citizens"], entry["communities"] = len(one.model.citizens), int(one.cells["community"].nunique())
            entry["runs"].append({name: one.summary[name] for name in METRICS})
        found.append(entry)
    return found
