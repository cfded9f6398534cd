"""The accounts between which momentum moves.

Every movement of momentum is one row of `FLOWS`: from a stock (or from outside) to a stock (or to an end). Stages book
what they move under these rows while they change the stocks themselves; the ledger then compares the two.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Kind = Literal["source", "passed", "delivered", "sink"]
STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
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


FLOWS = (
    Flow("instruction", "source", OUTSIDE, 0),
    Flow("renewal", "source", OUTSIDE, 0),
    Flow("diffusion", "source", OUTSIDE, 0),
    Flow("passed_1", "passed", 0, 1),
    Flow("attention", "sink", 0, OUTSIDE),
    Flow("passed_2", "passed", 1, 2),
    Flow("broadcast", "source", OUTSIDE, 2),
    Flow("fragmentation", "sink", 1, OUTSIDE),
    Flow("attention", "sink", 1, OUTSIDE),
    Flow("passed_3", "passed", 2, 3),
    Flow("broadcast", "source", OUTSIDE, 3),
    Flow("attention", "sink", 2, OUTSIDE),
    Flow("undirected", "sink", 3, OUTSIDE),
    Flow("stretch", "sink", 3, OUTSIDE),
    Flow("need", "source", OUTSIDE, 3),
    Flow("horizontal", "source", OUTSIDE, 3),
    Flow("diffusion", "source", OUTSIDE, 3),
    Flow("passed_4", "passed", 3, 4),
    Flow("adaptive", "sink", 3, OUTSIDE),
    Flow("symbolic", "sink", 3, OUTSIDE),
    Flow("selective", "sink", 3, OUTSIDE),
    Flow("overload", "sink", 3, OUTSIDE),
    Flow("attention", "sink", 3, OUTSIDE),
    Flow("broadcast", "source", OUTSIDE, 4),
    Flow("participation", "source", OUTSIDE, 4),
    Flow("downward", "source", OUTSIDE, 4),
    Flow("delivered", "delivered", 4, OUTSIDE),
    Flow("idle", "sink", 4, OUTSIDE),
)

(
    INSTRUCTION,
    RENEWAL,
    NEIGHBOUR,
    PASSED_1,
    FADE_1,
    PASSED_2,
    BROADCAST_1,
    FRAGMENTATION,
    FADE_2,
    PASSED_3,
    BROADCAST_2,
    FADE_3,
    UNDIRECTED,
    STRETCH,
    NEED,
    HORIZONTAL,
    ADOPTION,
    PASSED_4,
    ADAPTIVE_LOSS,
    SYMBOLIC_LOSS,
    SELECTIVE_LOSS,
    OVERLOAD,
    FADE_4,
    BROADCAST_3,
    PARTICIPATION,
    DOWNWARD,
    DELIVERED,
    IDLE,
) = range(len(FLOWS))

SIGNS: NDArray[np.float64] = np.zeros((len(FLOWS), len(STAGES)))
for _row, _flow in enumerate(FLOWS):
    if _flow.origin != OUTSIDE:
        SIGNS[_row, _flow.origin] -= 1.0
    if _flow.target != OUTSIDE:
        SIGNS[_row, _flow.target] += 1.0


def accounts(kind: Kind) -> list[str]:
    """Return the names of the accounts of one kind, each once, in the order of the stages."""
    return list(dict.fromkeys(flow.account for flow in FLOWS if flow.kind == kind))
