"""The numbers of one metric in the report of a sweep: its spread, its means by point, indices, and noise."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.numbers import UNDEFINED, count, interval, measured, percent, significant
from simulation.experiments import labels
from simulation.experiments import statistics as stats
from simulation.experiments.noise import decompose
from simulation.experiments.running.worker import OK
from simulation.files.errors import InputError
from simulation.report.sweep.words import say_sweep
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

    from simulation.experiments.indices import Sensitivity
    from simulation.experiments.store.reading import Experiment

MOST_POINTS = 100
_INDICES = {"sobol": ("S1", "ST"), "morris": ("mu_star", "sigma")}


class Results:
    """One metric of a sweep, in one language."""

    def __init__(self, experiment: Experiment, metric: str, lang: str) -> None:
        self._experiment, self._metric, self._lang = experiment, metric, lang
        self._problem: str | None = None

    def _say(self, key: str, **values: object) -> str:
        return say_sweep(key, self._lang, **values)

    @functools.cached_property
    def _runs(self) -> pd.DataFrame:
        runs = self._experiment.runs
        return runs[(runs["status"] == OK) & np.isfinite(runs[self._metric].astype(float))]

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """Number of runs, mean over points, spread, and extremes."""
        if self._runs.empty:
            return [(self._say("numbers.runs"), "0")]
        means = self._runs.groupby("point")[self._metric].mean()
        rows = {
            "runs": count(len(self._runs)),
            "mean": measured(float(means.mean())),
            "sd": measured(float(means.std(ddof=1))) if len(means) > 1 else UNDEFINED,
            "least": measured(float(means.min())),
            "most": measured(float(means.max())),
        }
        return [(self._say(f"numbers.{key}"), value) for key, value in rows.items()]

    @property
    def points(self) -> dict[str, Any] | None:
        """The mean at every point with its interval, where the points are few enough to be read."""
        groups = self._runs.groupby("point", sort=True)
        if not 0 < groups.ngroups <= MOST_POINTS:
            return None
        names = self._experiment.design.names
        rows = []
        for _, block in groups:
            values = block[self._metric].to_numpy(dtype=float)
            low, high, _ = stats.interval(values, method="t")
            shown = UNDEFINED if len(values) < 2 else interval(low, high, measured)
            first = [self._value(name, block[name].iloc[0]) for name in names]
            rows.append([*first, measured(float(values.mean())), shown, count(len(values))])
        head = [labels.factor(name, self._lang) for name in names]
        return {
            "head": head,
            "tail": [self._say(f"points.{key}") for key in ("mean", "interval", "runs")],
            "rows": rows,
        }

    def _value(self, name: str, value: Any) -> str:
        value = value.item() if hasattr(value, "item") else value
        return significant(value, 4) if isinstance(value, float) else labels.value(name, value, self._lang)

    @functools.cached_property
    def sensitivity(self) -> Sensitivity | None:
        """The indices of a Sobol or Morris design; None for another one, or where too little has finished."""
        from simulation.experiments.indices import sensitivity

        if self._experiment.design.kind not in _INDICES:
            return None
        try:
            return sensitivity(self._experiment, self._metric)
        except InputError as problem:
            self._problem = problem.message
            return None

    @property
    def indices(self) -> dict[str, Any] | None:
        """The table of indices, the most important factor first."""
        found = self.sensitivity
        if found is None:
            return None
        keys = _INDICES[found.method]
        table = found.table.sort_values("ST" if found.method == "sobol" else "mu_star", ascending=False)
        rows = []
        for row in table.to_dict("records"):
            cells = []
            for key in keys:
                span = f" {interval(row[f'{key}.low'], row[f'{key}.high'], measured)}" if f"{key}.low" in row else ""
                cells.append(measured(row[key]) + span)
            rows.append([labels.factor(row["factor"], self._lang), *cells])
        notes = [say(f"experiments.index.{key}", self._lang) for key in keys]
        return {"head": keys, "rows": rows, "notes": notes}

    @property
    def noise(self) -> str:
        """The parts of a single run's variance, in one sentence; nothing where they cannot be told apart."""
        if self._experiment.design.replicates < 2 or self._runs["point"].nunique() < 2:
            return ""
        record = decompose(self._runs, self._metric).record()
        shares = {key: percent(record[f"{key}.share"]) for key in ("parameters", "seeds", "chance")}
        return say("experiments.noise", self._lang, **shares)

    @property
    def doubts(self) -> list[str]:
        """Reasons against a confident reading of the indices, in English, or as texts that know both languages."""
        found = self.sensitivity
        return [self._problem] if self._problem else list(found.warnings) if found is not None else []
