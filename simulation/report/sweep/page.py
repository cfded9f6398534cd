"""Put the report of a sweep together in its template; everything that comes from a store is escaped there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulation.drawing.lettering import capital
from simulation.drawing.pages import address, render
from simulation.experiments import labels
from simulation.experiments.store.reading import Snapshot
from simulation.files.errors import InputError
from simulation.report.sweep.results import Results
from simulation.report.sweep.words import SweepWords, say_sweep
from simulation.text.told import in_language

if TYPE_CHECKING:
    from simulation.experiments.store.reading import Experiment

MOST_METRICS = 6
LEADING = ("effectiveness", "core_effect", "depth", "agenda")
"""Shown first where the design keeps every metric: expansion trades these one against the other."""


def page(experiment: Experiment, lang: str, metrics: Sequence[str] = ()) -> str:
    """Return the report's HTML."""
    experiment = Snapshot(experiment)
    words = SweepWords(experiment, lang)
    chosen = shown_metrics(experiment, metrics) if experiment.counts.get("ok", 0) else []
    return render(
        "sweep.html",
        __package__,
        lang=lang,
        t=lambda key, **values: say_sweep(key, lang, **values),
        title=words.title,
        words=words,
        sections=[_section(experiment, name, lang) for name in chosen],
        left_out=len(experiment.metrics) - len(chosen),
    )


def shown_metrics(experiment: Experiment, asked: Sequence[str] = ()) -> list[str]:
    """Return the metrics that get a section: those asked for, else the design's, else the leading ones."""
    if asked:
        return [experiment.check_metric(name) for name in dict.fromkeys(asked)]
    known = experiment.metrics
    first = [name for name in experiment.design.metrics or LEADING if name in known]
    return (first or known)[:MOST_METRICS]


def _section(experiment: Experiment, metric: str, lang: str) -> dict[str, Any]:
    """Return what the template shows of one metric: its meaning, tables, pictures and doubts."""
    from simulation.experiments import pictures

    results = Results(experiment, metric, lang)
    shown: dict[str, Any] = {
        "name": metric,
        "label": capital(labels.metric(metric, lang)),
        "meaning": labels.meaning(metric, lang),
        "numbers": results.numbers,
        "points": results.points,
        "indices": results.indices,
        "noise": results.noise,
        "doubts": [in_language(doubt, lang) for doubt in results.doubts],
        "pictures": [],
    }
    drawn = {"response": lambda: pictures.response(experiment, metric, lang=lang)}
    found = results.sensitivity
    if found is not None:
        drawn["indices"] = lambda: pictures.indices(found, lang=lang)
    for key, draw in drawn.items():
        try:
            figure = draw()
        except InputError as problem:  # such as a metric without a number in any run
            shown["doubts"].append(in_language(problem.message, lang))
            continue
        title = say_sweep(f"picture.{key}", lang, metric=shown["label"])
        shown["pictures"].append({"title": title, "address": address(figure, {})})
    return shown
