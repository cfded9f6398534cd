"""The five stages, one file each, in the order in which momentum passes through them.

Every stage module has `convert(rows, g, s)`. It reads the stocks as the week began, puts its changes into the state's
``d…`` arrays and books every movement. `apply.apply_changes` then applies all changes at once. The five
calls keep the order of the stages, because two stages hand their week's output on: settlement reads what publicity
passed on this week (``F3``), leverage what settlement executed (``F4``). `flow` makes all of them in one compiled call.
"""

from __future__ import annotations

from simulation.compute.kernel import kernel
from simulation.stages import apply, authority, leverage, publicity, settlement, trend
from simulation.world.fixed import World
from simulation.world.parameters import Rows
from simulation.world.state import State

IN_ORDER = (trend, authority, publicity, settlement, leverage)

__all__ = ["IN_ORDER", "apply", "authority", "flow", "leverage", "publicity", "settlement", "trend"]


@kernel
def flow(rows: Rows, g: World, s: State) -> None:
    """Let all five stages convert from the stocks at the start of the week, apply it, and move cadres' confidence."""
    trend.convert(rows, g, s)
    authority.convert(rows, g, s)
    publicity.convert(rows, g, s)
    settlement.convert(rows, g, s)
    leverage.convert(rows, g, s)
    apply.apply_changes(s)
    publicity.assure(rows, g, s)
