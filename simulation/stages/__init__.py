"""The five stages, one file each, in the order in which momentum passes through them.

Every stage module has `convert(p, g, s)`: it reads the stocks as they stood at the start of the week, puts its changes
into the state's ``d…`` arrays and books every movement. `settle` then applies all changes at once, so that the order of
the five calls does not matter.
"""

from __future__ import annotations

from simulation.stages import authority, leverage, publicity, settlement, trend

IN_ORDER = (trend, authority, publicity, settlement, leverage)

__all__ = ["IN_ORDER", "authority", "leverage", "publicity", "settlement", "trend"]
