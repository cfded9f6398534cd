"""A store's table for other programs: the runs or weekly series, with what each column means."""

from __future__ import annotations

from collections.abc import Iterable

from simulation.experiments import labels
from simulation.text import catalogue, say


def meanings(columns: Iterable[str], lang: str) -> dict[str, str]:
    """Return column to its meaning: a factor's with its unit, a metric's name, the purpose of a store's own column."""
    known = catalogue()
    found = {}
    for name in columns:
        if f"experiments.store.{name}" in known:
            found[name] = say(f"experiments.store.{name}", lang)
        elif f"metric.{name}" in known:
            found[name] = labels.metric(name, lang)
        elif f"parameter.{name}" in known:
            found[name] = labels.factor_with_unit(name, lang)
    return found
