"""Implausibility: how far a vector's findings lie from what was found, in units of what is tolerated and not known.

References
----------
Craig, P. S., Goldstein, M., Seheult, A. H. & Smith, J. A. (1997), in Case Studies in Bayesian Statistics III.
Vernon, I., Goldstein, M. & Bower, R. G. (2010), Bayesian Analysis 5.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Target

type Array = NDArray[np.float64]

NOT_RULED_OUT = 3.0
"""Largest implausibility that rules nothing out: three standard deviations (Pukelsheim 1994)."""
GOOD_ENOUGH = 1.0


def implausibility(targets: Iterable[Target], means: Array, variances: Array) -> Array:
    """Return distance from the range ÷ √(tolerance² + variance), shape (vectors, targets); infinite for NaN.

    Parameters
    ----------
    targets : iterable of Target
        The findings.
    means : array, shape (vectors, targets)
        What the model gives, measured or emulated.
    variances : array, shape (vectors, targets)
        Of these means: Monte Carlo variance, and the emulator's own; NaN counts as 0.
    """
    low = np.array([target.low for target in targets])
    high = np.array([target.high for target in targets])
    tolerance = np.array([target.tolerance for target in targets])
    outside = np.maximum(np.maximum(low - means, means - high), 0.0)
    found = outside / np.sqrt(tolerance**2 + np.nan_to_num(variances))
    return np.where(np.isnan(means), np.inf, found)
