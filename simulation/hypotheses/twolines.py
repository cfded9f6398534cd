"""The two-lines test for a U or an inverted U (Simonsohn 2018, Adv. Methods Pract. Psychol. Sci. 1).

A quadratic term finds a U in any curve that bends; two lines, one before and one after a break, find it only where the
curve turns. The break is set by the 'Robin Hood' rule: it takes from the steeper line to give power to the flatter one.
Here the design points are few and replicated, so the mean at each takes the place of the paper's spline, and the break
is found on the pilot, so that the lines' tests on fresh runs keep their level exactly.
"""

from __future__ import annotations

import numpy as np

from simulation.hypotheses.evidence import Matrix

_FINE = 400


def slope_weights(x: Matrix) -> Matrix:
    """Return the weights that make the least-squares slope out of the outcomes at ``x`` (two values or more)."""
    away = x - x.mean()
    return np.asarray(away / (away**2).sum(), dtype=np.float64)


def line_weights(x: Matrix, at: int) -> tuple[Matrix, Matrix]:
    """Return the weights of the rise up to ``x[at]`` and of the rise from there on, each slope × its width."""
    before, after = np.zeros(len(x)), np.zeros(len(x))
    before[: at + 1] = slope_weights(x[: at + 1]) * (x[at] - x[0])
    after[at:] = slope_weights(x[at:]) * (x[-1] - x[at])
    return before, after


def robin_hood(x: Matrix, outcomes: Matrix, sign: int = 1) -> int:
    """Return the index of the break, from 1 to len(x) − 2.

    Parameters
    ----------
    x : array of shape (m,)
        The factor's values, rising, m ≥ 4.
    outcomes : array of shape (replicates, m)
        The pilot.
    sign : int
        1 for an inverted U, −1 for a U.
    """
    from scipy.interpolate import PchipInterpolator

    means = sign * outcomes.mean(axis=0)
    errors = outcomes.std(axis=0, ddof=1) / np.sqrt(len(outcomes))
    grid = np.linspace(x[0], x[-1], _FINE)
    fitted = PchipInterpolator(x, means)(grid)
    top = int(np.argmax(fitted))
    flat = grid[fitted >= fitted[top] - np.interp(grid[top], x, errors)]
    first = _nearest(x, float(np.median(flat)))
    strengths = []
    for line in line_weights(x, first):
        values = outcomes @ line
        error = float(values.std(ddof=1)) / np.sqrt(len(values))
        strengths.append(abs(float(values.mean())) / error if error > 0 else 1.0)
    total = sum(strengths)
    share = strengths[1] / total if total > 0 else 0.5
    return _nearest(x, float(np.quantile(flat, share)))


def _nearest(x: Matrix, value: float) -> int:
    inner = np.arange(1, len(x) - 1)
    return int(inner[np.argmin(np.abs(x[inner] - value))])
