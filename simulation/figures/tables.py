"""Tables that a run may lack: one that was saved by an earlier version does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.results import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from simulation.results import RunResult


def table(result: RunResult, name: str) -> pd.DataFrame | None:
    """Return a table of a run by its name, None where the run has none."""
    if name not in TABLES or not result.has(name):
        return None
    found: pd.DataFrame = getattr(result, name)
    return found
