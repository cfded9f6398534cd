"""Shared by the pictures of experiments: labels in both languages, one panel, the finished runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.lettering import LABEL, capital, wrap
from simulation.drawing.numbers import significant
from simulation.drawing.sheet import Sheet
from simulation.experiments import labels
from simulation.experiments.running.worker import OK
from simulation.files.errors import InputError, told
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simulation.experiments.store.reading import Experiment

WIDTH = 7.0
NAMES, WORD = 2.4, 1.0
"""Inches in which a name beside a picture breaks, and a word under an axis."""
TICK = 8.0
"""Size of the letters beside ticks, in points."""


class Labels:
    """Says labels in the language of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.lang = sheet.lang

    def __call__(self, key: str, **values: object) -> str:
        """Return the label of a key of this part's catalogue; a metric is shown by its name in the language."""
        if "metric" in values:
            values["metric"] = self.metric(str(values["metric"]))
        return say(f"experiments.{key}", self.lang, **values)

    def metric(self, name: str) -> str:
        """Return a metric's name in the language; one that is not the model's stays as it is."""
        return labels.metric(name, self.lang)

    def factor(self, name: str, inches: float) -> str:
        """Return what a factor means, broken into lines of so many inches."""
        return wrap(labels.factor(name, self.lang), inches, TICK)

    def axis(self, name: str, inches: float) -> str:
        """Return what a factor means, with its unit, broken into lines of so many inches."""
        return wrap(capital(labels.factor_with_unit(name, self.lang)), inches, LABEL)

    def value(self, name: str, given: Any) -> str:
        """Return a value of a factor."""
        shown = significant(given) if isinstance(given, float) else labels.value(name, given, self.lang)
        return wrap(shown, WORD, TICK)


@contextmanager
def panel(name: str, lang: str, rows: int) -> Iterator[tuple[Sheet, Axes, Labels]]:
    """Yield a sheet with one panel, high enough for so many rows, and its labels; the block draws in its style."""
    sheet = Sheet(f"experiment-{name}", lang, WIDTH, max(2.4, 0.36 * rows + 1.4))
    with sheet.styled():
        yield sheet, sheet.subplots(), Labels(sheet)


def finished(experiment: Experiment, metric: str) -> pd.DataFrame:
    """Return the runs that are done and have a finite value of the metric."""
    runs = experiment.runs
    done = runs[(runs["status"] == OK) & np.isfinite(runs[experiment.check_metric(metric)].astype(float))]
    if done.empty:
        raise InputError(told("error.store.no_run"), file=experiment.path)
    return done
