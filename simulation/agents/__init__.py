"""Those who decide: provincial leaders, city leadership groups, county pilots, citizens.

An institutional agent is a class derived from `institution.Institution` in a module of this folder. It is found without
being listed; its decisions are kernels that `simulation.steps` calls in their place of the week.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.agents.citizens import Citizen, CitizenSet
    from simulation.agents.city import CityLeadershipGroup
    from simulation.agents.county import CountyPilot
    from simulation.agents.institution import Institution
    from simulation.agents.province import ProvincialLeader

_HOMES = {
    "ProvincialLeader": "province",
    "CityLeadershipGroup": "city",
    "CountyPilot": "county",
    "Citizen": "citizens",
    "CitizenSet": "citizens",
}
__all__ = ["Citizen", "CitizenSet", "CityLeadershipGroup", "CountyPilot", "ProvincialLeader", "institutions"]


def __getattr__(name: str) -> Any:
    """Import a class when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


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
