"""The kinds of hypothesis, one file each, found by themselves."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from simulation.hypotheses.kinds.base import Kind


@functools.cache
def kinds() -> dict[str, type[Kind]]:
    """Return the kinds by name: every concrete ``Kind`` that a module of this folder defines."""
    found: dict[str, type[Kind]] = {}
    for module in pkgutil.iter_modules(__path__):
        content = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        for entry in content:
            if isinstance(entry, type) and issubclass(entry, Kind) and entry is not Kind:
                found[entry.name] = entry
    return dict(sorted(found.items()))


__all__ = ["Kind", "kinds"]
