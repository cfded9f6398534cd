"""Fans for tests: few seeds around a run, or made up; and the pictures that need nothing but one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from simulation import RunResult
from simulation.experiments.fans import Fan, fan
from simulation.figures import FURTHER, figures


def fan_of(result: RunResult, seeds: int = 3) -> Fan:
    """Return the fan of a run, its own seed the first."""
    return fan(seeds=seeds, seed=result.seed, own=result)


def made_up(own: Any, ends: dict[str, Sequence[float]], first: int = 0) -> Fan:
    """Return a fan whose seeds end with the given numbers, metric by metric; its quantiles are of no account."""
    number = len(next(iter(ends.values())))
    table = pd.DataFrame({"seed": range(first, first + number), **ends})
    return Fan(pd.DataFrame(columns=["week", "metric", "q05", "q25", "q50", "q75", "q95"]), table, own)


def alone() -> list[str]:
    """Return the pictures that need nothing beside one run, which may be without changes."""
    needed = {*FURTHER, "changes"}
    return [name for name, module in figures().items() if not set(getattr(module, "NEEDS", ())) & needed]
