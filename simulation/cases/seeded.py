"""A case's scenario under one seed, week by week: metrics, and what its documents would have shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.cases.panels import series
from simulation.cases.watching import look
from simulation.metrics import METRICS
from simulation.model import MomentumModel

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.scenario import Scenario

type Array = NDArray[np.float64]

LOOKS = 40
"""Weeks, evenly spread, in which a run is looked at beside those with observed rows; others have the last value."""
OBSERVED = "observed:"
"""Before the name of a measure, which may also be that of a metric."""


def weekly_with_panels(
    case: Case,
    spec: Scenario,
    seed: int,
    names: Sequence[str],
    *,
    threads: int = 1,
    check: Callable[[], None] | None = None,
) -> Array:
    """Run a scenario of a case and return weekly series.

    Parameters
    ----------
    case : Case
        Whose observed rows say what is looked at.
    spec : Scenario
        The case's scenario, perhaps with other values.
    seed : int
        The seed.
    names : sequence of str
        Metrics, and measures that the case has rows of, each with `OBSERVED` before it.
    threads : int
        See `simulation.run`.
    check : callable, optional
        Called in every week; may raise to end the run.

    Returns
    -------
    array, shape (weeks, names)
        Metrics at the end of each week, and each measure's series of `panels.series`.
    """
    model = MomentumModel(spec, rng=seed, threads=threads)
    looked = {spot.week for spot in case.spots} | set(range(0, spec.weeks, -(-spec.weeks // LOOKS)))
    rows: list[dict[str, float]] = []
    for week in range(spec.weeks):
        if check is not None:
            check()
        if week in looked or check is not None:
            model.compute_ahead(week + 1 - model.week)
        seen = series(case, look(model)) if week in looked else {}
        rows.append({name: float(values[0]) for name, values in seen.items()} if seen else rows[-1])
    model.compute_ahead(spec.weeks - model.week)
    outcome = model.outcome()  # of all cities, as everywhere on the page
    return np.column_stack(
        [
            np.array([row[name.removeprefix(OBSERVED)] for row in rows])
            if name.startswith(OBSERVED)
            else METRICS[name].compute(outcome)
            for name in names
        ]
    )
