"""The agents, who decide: provincial leaders, city leadership groups, county pilots, citizens.

An institutional agent is a class derived from `institution.Institution` in a module of this folder. It is found without
being listed; its decisions are kernels that `simulation.steps` calls in their place of the week.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from simulation.agents.institution import Institution

__getattr__, __dir__, _public = lazy_loader.attach_stub(__name__, __file__)
__all__ = [*_public, "institutions"]


@functools.cache
def institutions() -> tuple[type[Institution], ...]:
    """Return every kind of institutional agent, from the top of the hierarchy down, further kinds by name."""
    from simulation.agents.institution import Institution

    tiers = ("provinces", "cities", "units", "towns", "communities")
    found = {
        kind
        for entry in pkgutil.iter_modules(__path__)
        for _, kind in inspect.getmembers(importlib.import_module(f"{__name__}.{entry.name}"), inspect.isclass)
        if issubclass(kind, Institution) and kind.tier
    }
    known = {tier: rank for rank, tier in enumerate(tiers)}
    return tuple(sorted(found, key=lambda kind: (known.get(kind.tier, len(tiers)), kind.__name__)))
