"""The five stages, one file each, in the order in which momentum passes through them.

Every stage module has `convert(p, g, s)`: it reads the stocks as they stood at the start of the week, puts its changes
into the state's ``d…`` arrays and books every movement. `settle` then applies all changes at once, so that the order of
the five calls does not matter. `flow` makes all of them in one compiled call.
"""

from __future__ import annotations

from typing import Any

from simulation.compute.kernel import kernel
from simulation.stages import apply as settle
from simulation.stages import authority, leverage, publicity, settlement, trend

IN_ORDER = (trend, authority, publicity, settlement, leverage)

__all__ = ["IN_ORDER", "authority", "flow", "leverage", "publicity", "settle", "settlement", "trend"]


@kernel
def flow(p: Any, g: Any, s: Any) -> None:
    """Let all five stages convert from the stocks at the start of the week, apply it, and move cadres' confidence."""
    trend.convert(p, g, s)
    authority.convert(p, g, s)
    publicity.convert(p, g, s)
    settlement.convert(p, g, s)
    leverage.convert(p, g, s)
    settle.apply_changes(s)
    publicity.assure(p, g, s)
