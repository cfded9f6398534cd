"""The pictures of the page: one view per file, each a function from what is watched to SVG text.

A module here with a ``draw`` function is a view. ``PLACE`` orders them, ``PAIRED`` says that a comparison shows two of
them side by side (else one picture draws both runs), ``CITY`` that one city is drawn (else all of them), and ``WAITS``
that there is nothing to see before the first week: a sentence then says what will be there, and ``CASE`` that it is
shown for a case alone.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from simulation.app.views.scene import Scene

__all__ = ["Scene", "View", "views"]


@dataclass(frozen=True)
class View:
    """One picture of the page."""

    name: str
    draw: Callable[[Scene], str]
    place: int
    paired: bool
    city: bool
    waits: bool
    case: bool


@functools.cache
def views() -> tuple[View, ...]:
    """Return all views, in the order of the page."""
    found = []
    for entry in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{entry.name}")
        if hasattr(module, "draw"):
            city, waits = getattr(module, "CITY", False), getattr(module, "WAITS", False)
            case = getattr(module, "CASE", False)
            found.append(View(entry.name, module.draw, module.PLACE, module.PAIRED, city, waits, case))
    return tuple(sorted(found, key=lambda view: view.place))
