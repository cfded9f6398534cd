"""Calibration: from findings to parameters, and what the findings cannot pin down; ensembles of ordinary cities."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.evidence.abc import Posterior, smc
    from simulation.evidence.calibrate import Calibrated, calibrate
    from simulation.evidence.ensemble import ORDINARY, Ensemble
    from simulation.evidence.target_file import shipped_targets
    from simulation.evidence.targets import Calibration, Target

_HOMES = {
    "ORDINARY": "ensemble",
    "Calibrated": "calibrate",
    "Calibration": "targets",
    "Ensemble": "ensemble",
    "Posterior": "abc",
    "Target": "targets",
    "calibrate": "calibrate",
    "shipped_targets": "target_file",
    "smc": "abc",
}

__all__ = [
    "ORDINARY",
    "Calibrated",
    "Calibration",
    "Ensemble",
    "Posterior",
    "Target",
    "calibrate",
    "shipped_targets",
    "smc",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # A function and its module may share a name; importing the module would then hide the function.
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
