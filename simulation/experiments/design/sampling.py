"""Samples of the unit cube: random, Latin hypercube, Sobol (Saltelli) and Morris samples.

Every sample is a function of the experiment's seed. Random, Sobol and Morris samples are nested: a larger sample begins
with the rows of the smaller one, so that a store can grow. A Latin hypercube is not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.files.errors import InputError, told

type Matrix = NDArray[np.float64]

SMALLEST = {"random": 1, "lhs": 2, "sobol": 2, "morris": 2}
"""Smallest number of samples that each method needs (Morris: trajectories)."""


def unit_sample(
    method: str, samples: int, factors: int, seed: int, *, levels: int = 4, second_order: bool = False
) -> Matrix:
    """Return the design in the unit cube, one row per point and one column per factor.

    Parameters
    ----------
    method : {'random', 'lhs', 'sobol', 'morris'}
        Kind of sample.
    samples : int
        Points (random, lhs), base points (sobol; a power of two; rows = samples·(k + 2), or samples·(2k + 2)
        with second order) or trajectories (morris; rows = samples·(k + 1)).
    factors : int
        Number of factors k.
    seed : int
        The experiment's seed.
    levels : int
        Morris's grid levels, even.
    second_order : bool
        True if the Sobol design allows second-order indices.

    Raises
    ------
    InputError
        When the design is too small for its method.

    References
    ----------
    Saltelli, A. (2002), Comput. Phys. Commun. 145; Morris, M. D. (1991), Technometrics 33.
    """
    check_size(method, samples, factors, levels)
    if method == "random":
        # One generator per row keeps the sample nested, whatever its size.
        rows = [np.random.default_rng([seed, 0, row]).random(factors) for row in range(samples)]
        return np.array(rows).reshape(samples, factors)
    if method == "lhs":
        from scipy.stats import qmc

        return qmc.LatinHypercube(factors, rng=np.random.default_rng([seed, 1])).random(samples)
    if method == "sobol":
        from SALib.sample import sobol

        return sobol.sample(
            problem(factors), samples, calc_second_order=second_order, seed=np.random.default_rng([seed, 2])
        )
    from SALib.sample import morris

    return morris.sample(problem(factors), samples, num_levels=levels, seed=np.random.default_rng([seed, 3]))


def check_size(method: str, samples: int, factors: int, levels: int = 4) -> None:
    """Raise InputError when a design is too small, or of the wrong size, for its method."""
    allowed = told("error.sampling.power.allowed" if method == "sobol" else "error.at_least", least=SMALLEST[method])
    bad = samples < SMALLEST[method] or (method == "sobol" and samples & (samples - 1))
    if bad:
        raise InputError(
            told("error.sampling.small", method=method) if samples < SMALLEST[method] else told("error.sampling.power"),
            key="sweep.samples",
            given=samples,
            allowed=allowed,
        )
    if method in ("sobol", "morris") and factors < 2:
        raise InputError(
            told("error.sampling.factors", method=method),
            key="factors",
            given=factors,
            allowed=told("error.sampling.factors.allowed"),
        )
    if method == "morris" and (levels < 2 or levels % 2):
        raise InputError(
            told("error.sampling.levels"),
            key="sweep.levels",
            given=levels,
            allowed=told("error.sampling.even"),
        )


def problem(factors: int, names: list[str] | None = None) -> dict[str, object]:
    """Return SALib's description of the unit cube."""
    return {
        "num_vars": factors,
        "names": names or [f"x{number}" for number in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,
    }
