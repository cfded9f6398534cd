"""A store's table for other programs: the runs or weekly series, with what each column means."""

from __future__ import annotations

from collections.abc import Iterable

from simulation.experiments import labels
from simulation.text import catalogue, say


def meanings(columns: Iterable[str], lang: str, *, detailed: bool = False) -> dict[str, str]:
    """Return column to its meaning: a factor's with its unit, a metric's name, the purpose of a store's own column.

    ``detailed`` is for the tables of one run that are finer than a week's metrics: of communities, units, executors,
    departments and the ledger. A column there may bear a metric's name and mean something else.
    """
    known = catalogue()
    found = {}
    for name in columns:
        if detailed and f"experiments.table.{name}" in known:
            found[name] = say(f"experiments.table.{name}", lang)
        elif f"experiments.store.{name}" in known:
            found[name] = say(f"experiments.store.{name}", lang)
        elif f"metric.{name}" in known:
            found[name] = labels.metric(name, lang)
        elif labels.is_known(name):
            found[name] = labels.factor_with_unit(name, lang)
    return found
