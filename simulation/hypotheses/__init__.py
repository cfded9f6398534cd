"""Hypotheses: a claim is a file, a verdict is a planned experiment.

>>> from simulation.hypotheses import Hypothesis
>>> claim = Hypothesis.load("overexpansion")
>>> claim.kind.name
'curve'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.hypotheses.battery import Battery
    from simulation.hypotheses.claim import shipped_hypotheses
    from simulation.hypotheses.hypothesis import Hypothesis

_HOMES = {"Battery": "battery", "Hypothesis": "hypothesis", "shipped_hypotheses": "claim"}

__all__ = ["Battery", "Hypothesis", "shipped_hypotheses"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
