"""What the pictures of experiments share: colours, fonts for both languages, one panel, the finished runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from simulation.drawing.fonts import chinese_font
from simulation.experiments.running.worker import OK
from simulation.files.errors import InputError
from simulation.text import catalogue, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simulation.experiments.store.reading import Experiment

DARK, LIGHT = "#0072B2", "#E69F00"
"""Okabe and Ito's blue and orange: apart in hue and in grey."""


class Labels:
    """Says labels in a language; in English when no font here could draw the Chinese ones."""

    def __init__(self, lang: str) -> None:
        self.lang = "en" if lang == "zh" and chinese_font() is None else lang

    def __call__(self, key: str, **values: object) -> str:
        """Return the label of a key of this part's catalogue; a metric is shown by its name in the language."""
        if "metric" in values:
            values["metric"] = self.metric(str(values["metric"]))
        return say(f"experiments.{key}", self.lang, **values)

    def metric(self, name: str) -> str:
        """Return a metric's name in the language; one that is not the model's stays as it is."""
        return say(f"metric.{name}", self.lang) if f"metric.{name}" in catalogue() else name

    def fonts(self) -> Any:
        """Return a context in which texts are made with a font that has the language's letters."""
        family = [chinese_font(), "DejaVu Sans"] if self.lang == "zh" else ["DejaVu Sans"]
        return rc_context({"font.family": family, "text.parse_math": False})


def panel(rows: int) -> tuple[Figure, Axes]:
    """Return a figure with one panel, high enough for so many rows."""
    figure = Figure(figsize=(7, max(2.4, 0.36 * rows + 1.4)), layout="constrained")
    return figure, figure.subplots()


def finished(experiment: Experiment, metric: str) -> pd.DataFrame:
    """Return the runs that are done and have a finite value of the metric."""
    runs = experiment.runs
    done = runs[(runs["status"] == OK) & np.isfinite(runs[experiment.check_metric(metric)].astype(float))]
    if done.empty:
        raise InputError("no run of this store has finished", file=experiment.path)
    return done
