"""The accounts between which momentum moves.

Every movement of momentum is one row of `FLOWS`: from a stock (or from outside) to a stock (or to an end). Stages book
every movement under one of these rows, and change the stocks themselves; the ledger then compares the two.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.scenario import modes
from simulation.scenario.windows import AUTHORITY, LEVERAGE, PUBLICITY, SETTLEMENT, STAGES, TREND

Kind = Literal["source", "passed", "delivered", "sink"]
OUTSIDE = -1


class Flow(NamedTuple):
    """One kind of movement of momentum.

    Attributes
    ----------
    account : str
        The name under which it is reported; several flows may share one.
    kind : {"source", "passed", "delivered", "sink"}
        ``passed`` goes from one stage's stock to the next and cancels in the total.
    origin, target : int
        Index of the stage whose stock loses or gains; `OUTSIDE` for none.
    """

    account: str
    kind: Kind
    origin: int
    target: int


FLOWS: list[Flow] = []


def _flow(account: str, kind: Kind, origin: int, target: int) -> int:
    """Add a flow and return its row."""
    FLOWS.append(Flow(account, kind, origin, target))
    return len(FLOWS) - 1


INSTRUCTION = _flow("instruction", "source", OUTSIDE, TREND)
RENEWAL = _flow("renewal", "source", OUTSIDE, TREND)
NEIGHBOUR = _flow("diffusion", "source", OUTSIDE, TREND)
PASSED_1 = _flow("passed_1", "passed", TREND, AUTHORITY)
FADE_1 = _flow("attention", "sink", TREND, OUTSIDE)
PASSED_2 = _flow("passed_2", "passed", AUTHORITY, PUBLICITY)
BROADCAST_1 = _flow("broadcast", "source", OUTSIDE, PUBLICITY)
FRAGMENTATION = _flow("fragmentation", "sink", AUTHORITY, OUTSIDE)
FADE_2 = _flow("attention", "sink", AUTHORITY, OUTSIDE)
PASSED_3 = _flow("passed_3", "passed", PUBLICITY, SETTLEMENT)
BROADCAST_2 = _flow("broadcast", "source", OUTSIDE, SETTLEMENT)
FADE_3 = _flow("attention", "sink", PUBLICITY, OUTSIDE)
UNDIRECTED = _flow("undirected", "sink", SETTLEMENT, OUTSIDE)
STRETCH = _flow("stretch", "sink", SETTLEMENT, OUTSIDE)
NEED = _flow("need", "source", OUTSIDE, SETTLEMENT)
HORIZONTAL = _flow("horizontal", "source", OUTSIDE, SETTLEMENT)
ADOPTION = _flow("diffusion", "source", OUTSIDE, SETTLEMENT)
PASSED_4 = _flow("passed_4", "passed", SETTLEMENT, LEVERAGE)
#: Row to which each mode of execution books what it does not pass on; -1 for a mode that passes on all.
LOST_BY_MODE: NDArray[np.int64] = np.array(
    [-1 if account is None else _flow(account, "sink", SETTLEMENT, OUTSIDE) for account in modes.ACCOUNTS]
)
BUCK_PASSING = _flow("buck_passing", "sink", SETTLEMENT, OUTSIDE)
OVERLOAD = _flow("overload", "sink", SETTLEMENT, OUTSIDE)
FADE_4 = _flow("attention", "sink", SETTLEMENT, OUTSIDE)
BROADCAST_3 = _flow("broadcast", "source", OUTSIDE, LEVERAGE)
PARTICIPATION = _flow("participation", "source", OUTSIDE, LEVERAGE)
SPOTLIGHT = _flow("spotlight", "source", OUTSIDE, LEVERAGE)
DOWNWARD = _flow("downward", "source", OUTSIDE, LEVERAGE)
DELIVERED = _flow("delivered", "delivered", LEVERAGE, OUTSIDE)
IDLE = _flow("idle", "sink", LEVERAGE, OUTSIDE)

SIGNS: NDArray[np.float64] = np.zeros((len(FLOWS), len(STAGES)))
for _row, _moved in enumerate(FLOWS):
    if _moved.origin != OUTSIDE:
        SIGNS[_row, _moved.origin] -= 1.0
    if _moved.target != OUTSIDE:
        SIGNS[_row, _moved.target] += 1.0


def accounts(kind: Kind) -> list[str]:
    """Return the names of the accounts of one kind, each once, in the order of the stages."""
    return list(dict.fromkeys(flow.account for flow in FLOWS if flow.kind == kind))
