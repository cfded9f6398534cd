"""Everything that runs the model many times: compare, ablate, sweep, sensitivity.

>>> from simulation.experiments import sweep
>>> def area(parameters, seed):
...     return {"area": parameters["width"] * parameters["height"]}
>>> import tempfile, pathlib
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> design = {"factors": {"width": [1, 2], "height": [3, 4]}}
>>> sweep(design, area, store=folder / "area.sqlite", workers=0).runs["area"].tolist()
[3.0, 4.0, 6.0, 8.0]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.experiments.ablation import Ablation, ablate
    from simulation.experiments.comparison import Comparison, compare
    from simulation.experiments.design.design import Design
    from simulation.experiments.indices import Sensitivity, sensitivity
    from simulation.experiments.planning import Plan, plan
    from simulation.experiments.store.database import StoreError
    from simulation.experiments.store.reading import Experiment, read_store
    from simulation.experiments.sweeping import sweep

_HOMES = {
    "Ablation": "ablation",
    "ablate": "ablation",
    "Comparison": "comparison",
    "compare": "comparison",
    "StoreError": "store.database",
    "Design": "design.design",
    "Plan": "planning",
    "plan": "planning",
    "sweep": "sweeping",
    "Sensitivity": "indices",
    "sensitivity": "indices",
    "Experiment": "store.reading",
    "read_store": "store.reading",
}

__all__ = [
    "Ablation",
    "Comparison",
    "Design",
    "Experiment",
    "Plan",
    "Sensitivity",
    "StoreError",
    "ablate",
    "compare",
    "plan",
    "read_store",
    "sensitivity",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
