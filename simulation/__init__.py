"""wushi (五势): how political momentum turns into governance.

The front of the package; each name is imported when it is first asked for, so that ``import simulation`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

from simulation._version import __version__
from simulation.files.moved import follow_moves

follow_moves()

_WHERE = {
    "MomentumModel": "simulation.model",
    "RunResult": "simulation.results",
    "run": "simulation.results",
    "load_scenario": "simulation.scenario",
    "Scenario": "simulation.scenario",
    "InputError": "simulation.files.errors",
    "ProvincialLeader": "simulation.agents.province",
    "CityLeadershipGroup": "simulation.agents.city",
    "CountyPilot": "simulation.agents.county",
    "Citizen": "simulation.agents.citizens",
    "CitizenSet": "simulation.agents.citizens",
}

__all__ = ["__version__", *_WHERE]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module 'simulation' has no attribute '{name}'")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *_WHERE})
