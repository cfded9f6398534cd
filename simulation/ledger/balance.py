"""The ledger's balance: sources, stocks and losses must agree in every week, or the run stops.

Stages book every movement under a row of `simulation.ledger.accounts.FLOWS` while they change the stocks; `balanced`
compares the two, and `explain` names the stock that is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from simulation.compute.kernel import kernel
from simulation.ledger.accounts import SIGNS
from simulation.scenario.windows import STAGES

TOLERANCE = 1e-9
#: Below the smallest normal number a product keeps no digits, so a share of it means nothing.
NOTHING = float(np.finfo(np.float64).tiny)
_MOVED = np.abs(SIGNS)


class LedgerError(AssertionError):
    """Momentum was created or destroyed without an entry; the model is wrong, not the input."""


@kernel
def balanced(before: NDArray[np.float64], booked: NDArray[np.float64], after: NDArray[np.float64]) -> bool:
    """Tell whether every stock changed by the booked amount, to 1e-9 of the momentum that moved through it.

    Movements smaller than the smallest normal number (2e-308) are rounding.

    ``before`` and ``after`` have shape (cities, 5), ``booked`` (cities, len(FLOWS)); all in instructions.
    """
    for c in range(before.shape[0]):
        for stage in range(before.shape[1]):
            residual = after[c, stage] - before[c, stage]
            scale = abs(after[c, stage]) + abs(before[c, stage])
            for row in range(booked.shape[1]):
                residual -= booked[c, row] * SIGNS[row, stage]
                scale += abs(booked[c, row] * SIGNS[row, stage])
            if not abs(residual) <= TOLERANCE * scale + NOTHING:
                return False
    return True


def explain(
    before: NDArray[np.float64],
    booked: NDArray[np.float64],
    after: NDArray[np.float64],
    *,
    week: int,
    cities: Sequence[str],
) -> NoReturn:
    """Stop the run and name the stock that is furthest from its booked change.

    Parameters
    ----------
    before, after : array, shape (cities, 5)
        Momentum in each stage's stock, in instructions.
    booked : array, shape (cities, len(FLOWS))
        Momentum that the week's flows moved, in instructions, each at least 0.
    week : int
        The week, for the message.
    cities : sequence of str
        Names, for the message.

    Raises
    ------
    LedgerError
        Always, naming week, city and stage.
    """
    residual = after - before - booked @ SIGNS
    scale = np.abs(before) + np.abs(after) + np.abs(booked) @ _MOVED
    off = np.nan_to_num(np.abs(residual) / np.maximum(scale, np.finfo(float).tiny), nan=np.inf)
    city, stage = (int(at) for at in np.unravel_index(int(np.argmax(off)), off.shape))
    raise LedgerError(
        f"week {week}, {cities[city]}: the stock of stage {stage + 1} ({STAGES[stage]}) is off by "
        f"{residual[city, stage]:.3e} (before {before[city, stage]:.6g}, after {after[city, stage]:.6g})"
    )
