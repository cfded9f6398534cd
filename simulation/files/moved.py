"""Names under which modules were documented before version 0.2, so that older scripts go on working."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

#: Name until version 0.1 → present name; the same holds for all modules below a name.
MOVED = {
    "simulation.accounts": "simulation.ledger.accounts",
    "simulation.calibration": "simulation.evidence",
    "simulation.calibration_report": "simulation.report.calibration",
    "simulation.compiled": "simulation.compute.kernel",
    "simulation.effectiveness": "simulation.metrics",
    "simulation.experiments.hypotheses": "simulation.hypotheses",
    "simulation.hierarchy": "simulation.places.hierarchy",
    "simulation.patterns": "simulation.verification.patterns",
    "simulation.randomness": "simulation.compute.randomness",
    "simulation.scenario.errors": "simulation.files.errors",
    "simulation.state": "simulation.world.state",
}


class _Present:
    """Returns the module that stands under the new name, as it is."""

    def __init__(self, target: str) -> None:
        self.target = target

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module itself, not a copy, so that its classes and registries stay one."""
        module = importlib.import_module(self.target)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing; give the module back the identity that importing under another name has overwritten."""
        module.__spec__ = self.spec


class _Moved:
    """Finds modules under their earlier names."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        """Return where a module of an earlier name stands now; None for all others."""
        for old, new in MOVED.items():
            if name == old or name.startswith(f"{old}."):
                return ModuleSpec(name, _Present(new + name[len(old) :]))  # type: ignore[arg-type]  # a loader by its methods
        return None


def follow_moves() -> None:
    """Let imports under earlier names succeed, once per process."""
    if not any(isinstance(finder, _Moved) for finder in sys.meta_path):
        # Before the others: below a moved package they would find the same file a second time.
        sys.meta_path.insert(0, _Moved())
