"""Fits made by hand, for tests of reports: the prior stands in for a posterior."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from fitted_cases import OBSERVED, write

from simulation.cases.case import Case
from simulation.cases.fitted import Fit
from simulation.cases.pinning import parameter_table
from simulation.cases.prior import Prior

QUIET: dict[str, Any] = {"workers": 0, "progress": "quiet"}
SMALLEST = {"site_effect": 0.05, "effectiveness": 0.02}


def made(folder: Path, number: int = 8, *, fits: bool = True, observed: str = OBSERVED, **case: Any) -> Fit:
    """Return a fit of a small case whose vectors are drawn from the prior; ``case`` changes its table [case]."""
    from fitted_cases import table

    settings = table()["case"] | {"smallest": SMALLEST, "forecast": {"weeks": 20}} | case.pop("settings", {})
    loaded = write(folder, observed, case=settings, **case)
    return fit_of(loaded, number, fits=fits)


def fit_of(case: Case, number: int = 8, *, fits: bool = True) -> Fit:
    prior = Prior.of(case)
    before, after = (prior.shape.draw(number, np.random.default_rng(seed)) for seed in (1, 2))
    weights = np.full(number, 1 / number)
    vectors = pd.DataFrame(prior.values(after), columns=prior.names).assign(weight=weights)
    names = ["all", *dict.fromkeys(row.measure for row in case.rows)]
    adequacy = pd.DataFrame(
        {"measure": names, "rows": 1, "distance": 1.0, "p": 0.4 if fits else 0.001, "fits": fits}
    )  # fmt: skip
    return Fit(
        case, vectors, pd.DataFrame(prior.values(before), columns=prior.names),
        parameter_table(prior, before, after, weights), pd.DataFrame(), adequacy, np.ones(len(case.rows)), 5, True,
        {"runs": 100, "budget": 200},
    )  # fmt: skip
