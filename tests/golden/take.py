"""Take the golden values anew: python tests/golden/take.py.

Every shipped scenario is run with 600 citizens and seed 0. Kept are the summary and, of each table, for each column
of numbers how many there are, their sum, and their sum weighted by their row (so that exchanged rows show); for each
column of words how often each stands, or, of many, how many. Take the values anew only where a change of results is
meant, and say so in CHANGELOG.md.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulation import load_scenario, run
from simulation.scenario import shipped

FILE = Path(__file__).with_name("golden.json")
CITIZENS = 600
#: Different words of a column up to which each is counted: kinds and modes, not places.
FEW = 20
TABLES = ("weekly", "cells", "ledger", "units")


def measured(name: str) -> dict[str, Any]:
    """Return the golden values of a shipped scenario as it runs today, with twelve significant digits."""
    result = run(load_scenario(name).with_values({"structure.citizens": CITIZENS}), seed=0)
    found: dict[str, Any] = {"summary": {key: rounded(value) for key, value in result.summary.items()}}
    for table in TABLES:
        frame = getattr(result, table)
        found[table] = {column: aggregates(frame[column]) for column in frame.columns}
    return found


def aggregates(column: pd.Series) -> Any:
    """Return number, sum and row-weighted sum of numbers; how often each word stands, or how many there are."""
    if not pd.api.types.is_numeric_dtype(column):
        counts = column.value_counts().sort_index()
        return {str(word): int(count) for word, count in counts.items()} if len(counts) <= FEW else len(counts)
    values = column.to_numpy(float)
    there = np.isfinite(values)
    rows = np.arange(1, len(values) + 1) / len(values)
    return [int(there.sum()), rounded(math.fsum(values[there])), rounded(math.fsum((rows * values)[there]))]


def rounded(value: float) -> float | None:
    """Return a number with twelve significant digits; None where there is none."""
    return None if math.isnan(value) else float(f"{value:.12g}")


def main() -> None:
    """Write the values of every shipped scenario, one table per line."""
    scenarios = []
    for name in shipped():
        tables = (f"  {json.dumps(part)}: {json.dumps(values)}" for part, values in measured(name).items())
        scenarios.append(f"{json.dumps(name)}: {{\n" + ",\n".join(tables) + "\n }")
    FILE.write_text("{\n " + ",\n ".join(scenarios) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
