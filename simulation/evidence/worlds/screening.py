"""Screening: which constants of behaviour move a finding or an outcome at all, by elementary effects.

References
----------
Morris, M. D. (1991), Technometrics 33. Campolongo, F., Cariboni, J. & Saltelli, A. (2007), Environmental Modelling &
Software 22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Target

if TYPE_CHECKING:
    import pandas as pd

type Array = NDArray[np.float64]

MOVES_FINDING = 1.5
"""Mean absolute elementary effect over a parameter's whole range, from which on it matters to a finding, in what takes
the finding out of reach: its tolerance, and how deep inside its range it lies at the defaults."""
MOVES_OUTCOME = 0.35
"""The same for an outcome, in standard deviations of that outcome over the screened vectors."""
LEVELS = 4


def trajectories(parameters: int, number: int, seed: int) -> Array:
    """Return the vectors of a Morris design in the unit cube, shape (number × (parameters + 1), parameters)."""
    from SALib.sample import morris

    problem = {"num_vars": parameters, "names": [str(n) for n in range(parameters)], "bounds": [[0, 1]] * parameters}
    return np.asarray(morris.sample(problem, number, num_levels=LEVELS, seed=seed), dtype=np.float64)


def screen(
    names: Sequence[str],
    targets: Mapping[str, Target],
    outcomes: Sequence[str],
    measure: Callable[[Array], Array],
    usual: Array,
    *,
    number: int = 10,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how far each parameter moves each finding and outcome.

    Parameters
    ----------
    names : sequence of str
        Parameters, in the order of the unit cube.
    targets : mapping of str to Target
        Findings and outcomes by key.
    outcomes : sequence of str
        The keys of those that are outcomes.
    measure : callable
        ``f(vectors of the unit cube) → means``, shape (vectors, targets).
    usual : array, shape (targets,)
        The means at the defaults.
    number : int
        Trajectories.
    seed : int
        Of the design.

    Returns
    -------
    DataFrame
        One row per parameter: ``parameter``; per target its mean absolute elementary effect over the whole range, in
        the units of ``MOVES_FINDING`` and ``MOVES_OUTCOME``; ``matters``.
    """
    import pandas as pd
    from SALib.analyze import morris

    unit = trajectories(len(names), number, seed)
    means = measure(unit)
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0, 1]] * len(names)}
    table = pd.DataFrame({"parameter": list(names)})
    matters = np.zeros(len(names), np.bool_)
    for place, (key, target) in enumerate(targets.items()):
        values = means[:, place]
        # The analysis takes no gaps. So a vector without a value counts as average, and entering or leaving the region
        # of such vectors counts as an effect.
        filled = np.where(np.isfinite(values), values, np.nanmean(values))
        found = morris.analyze(problem, unit, filled, num_levels=LEVELS, seed=seed)["mu_star"]
        unit_of = float(np.nanstd(values)) if key in outcomes else target.tolerance + depth(target, float(usual[place]))
        table[key] = np.asarray(found, dtype=np.float64) / (unit_of or 1.0)
        matters |= table[key].to_numpy() >= (MOVES_OUTCOME if key in outcomes else MOVES_FINDING)
    return table.assign(matters=matters)


def depth(target: Target, value: float) -> float:
    """Return how far a value lies inside a finding's range, from the nearer end; 0 outside."""
    inside = min(value - target.low, target.high - value)
    return max(inside, 0.0) if np.isfinite(inside) else 0.0
