"""Where momentum came from, where it is, where it was lost; balances every week or the run stops.

Stages book every movement under a row of `simulation.accounts.FLOWS` while they change the stocks themselves; `check`
compares the two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.accounts import SIGNS, STAGES

TOLERANCE = 1e-9
_MOVED = np.abs(SIGNS)


class LedgerError(AssertionError):
    """Momentum was created or destroyed without an entry; the model is wrong, not the input."""


def check(
    before: NDArray[np.float64],
    booked: NDArray[np.float64],
    after: NDArray[np.float64],
    *,
    week: int,
    cities: list[str],
) -> None:
    """Require that every stock changed by exactly what was booked.

    Parameters
    ----------
    before, after : array, shape (cities, 5)
        Momentum in each stage's stock, in instructions.
    booked : array, shape (cities, len(FLOWS))
        What the week's flows moved, in instructions, each at least 0.
    week : int
        The week, for the message.
    cities : list of str
        Names, for the message.

    Raises
    ------
    LedgerError
        Naming week, city and stage, when a stock is off by more than 1e-9 of what moved through it.
    """
    residual = after - before - booked @ SIGNS
    scale = np.abs(before) + np.abs(after) + booked @ _MOVED
    bad = ~(np.abs(residual) <= TOLERANCE * scale)
    if bad.any():
        city, stage = (int(index[0]) for index in np.nonzero(bad))
        raise LedgerError(
            f"week {week}, {cities[city]}: the stock of stage {stage + 1} ({STAGES[stage]}) is off by "
            f"{residual[city, stage]:.3e} (before {before[city, stage]:.6g}, after {after[city, stage]:.6g})"
        )
