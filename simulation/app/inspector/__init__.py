"""Explanation of what is picked: a leading group, a department, a county, a town or a community, and its reasons.

A module here with an ``explain`` function explains the kind of pick that ``KIND`` names.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable

from simulation.app.views.scene import Scene

__all__ = ["explain", "kinds"]


@functools.cache
def kinds() -> dict[str, Callable[[Scene, int], str]]:
    """Return kind of pick to its explanation."""
    modules = (importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__))
    return {module.KIND: module.explain for module in modules if hasattr(module, "KIND")}


def explain(scene: Scene) -> str:
    """Return the explanation of what is picked, as HTML; empty when nothing is."""
    kind, _, index = scene.picked.partition(":")
    return kinds()[kind](scene, int(index)) if scene.picked else ""
