"""Reading a store: its runs and points as tables, also while a sweep is writing it."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.design.design import Design, from_spec
from simulation.experiments.running.worker import OK
from simulation.experiments.store.database import quoted
from simulation.experiments.store.file import StoreFile
from simulation.files.errors import InputError, listed, nearest, told

if TYPE_CHECKING:
    import pandas as pd

    from simulation.drawing.sheet import Sheet


class Experiment:
    """A stored experiment; it reads from the file while it is being written, or later.

    Parameters
    ----------
    file : StoreFile
        The store; open as long as the experiment is there.
    design : Design
        The design of the sweep.
    warnings : sequence of str
        Warnings for the reader.

    Attributes
    ----------
    path : Path
        The store.
    metrics : list of str
        The metrics of each run.
    counts : dict
        Stored runs by status, and ``total``, the runs planned.
    task : dict
        What ran, as plain data.
    """

    def __init__(self, file: StoreFile, design: Design, warnings: Sequence[str] = ()) -> None:
        self._file = file
        self.path = file.path
        self.design = design
        self.warnings = list(warnings)
        with file.foreign():
            self.task: dict[str, Any] = file.read("task")
            stored = file.metrics()
            self.counts: dict[str, int] = file.counts(design.replicates)
        # Columns came in the order of completion; the table's order must not depend on it.
        declared = [name for name in self.design.metrics if name in stored]
        self.metrics = declared + sorted(set(stored) - set(declared))

    def __reduce__(self) -> tuple[Any, ...]:
        return read_store, (self.path, self.warnings)

    @property
    def complete(self) -> bool:
        """True if every planned run is stored, failed ones included."""
        return sum(self.counts.values()) == 2 * self.counts["total"]

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run, ordered by point and replicate: factors, the run's own columns, metrics."""
        columns = ["p.point", *(f"p.{quoted(name)}" for name in self.design.names)]
        columns += [f"r.{name}" for name in ("replicate", "seed", "status", "error", "seconds", "host")]
        columns += [f"r.{quoted(name)}" for name in self.metrics]
        return self._frame(
            f"SELECT {', '.join(columns)} FROM runs r JOIN points p ON p.point = r.point ORDER BY r.point, r.replicate"
        )

    @property
    def points(self) -> pd.DataFrame:
        """One row per point: factors, number of runs done, mean and standard deviation of each metric."""
        import numpy as np
        import pandas as pd

        points = self._frame(f"SELECT point, {', '.join(map(quoted, self.design.names))} FROM points ORDER BY point")
        wanted = ", ".join(map(quoted, ["point", *self.metrics]))
        done = self._frame(f"SELECT {wanted} FROM runs WHERE status = '{OK}'").replace([np.inf, -np.inf], np.nan)
        grouped = done.groupby("point")
        columns = {"runs": grouped.size()}
        means, deviations = grouped.mean(), grouped.std(ddof=1)
        for name in self.metrics:
            columns |= {name: means[name], f"{name}.sd": deviations[name]}
        table = pd.DataFrame(columns)
        merged = points.merge(table, how="left", left_on="point", right_index=True)
        merged["runs"] = merged["runs"].fillna(0).astype(int)
        return merged

    @property
    def identities(self) -> dict[int, str]:
        """Number of a point to its identity; see ``design.identity``."""
        table = self._file.table("SELECT point, identity FROM points")
        return dict(zip(table["point"], table["identity"], strict=True))

    @property
    def platforms(self) -> list[dict[str, Any]]:
        """The machines that computed the runs: system, processor, and versions of the libraries."""
        described = self._file.table("SELECT description FROM platforms")["description"]
        with self._file.foreign():
            found = [json.loads(text) for text in described]
        return [one for one in found if isinstance(one, dict)]

    @property
    def failed(self) -> pd.DataFrame:
        """The runs that failed or took too long, with their errors."""
        runs = self.runs
        return runs[runs["status"] != OK]

    @property
    def weekly(self) -> pd.DataFrame:
        """The weekly series: one row per point, replicate and week."""
        if not self.design.weekly:
            raise InputError(told("error.store.no_weekly"), file=self.path)
        return self._frame("SELECT * FROM weekly ORDER BY point, replicate, week")

    def check_metric(self, metric: str | None) -> str:
        """Return the given metric, or the first one of the store when none is given.

        Raises
        ------
        InputError
            When the store does not hold it.
        """
        if not self.metrics:
            raise InputError(told("error.store.no_run"), file=self.path)
        if metric is None:
            return self.metrics[0]
        if metric not in self.metrics:
            raise InputError(
                told("error.store.no_metric"),
                file=self.path,
                key="--metric",
                given=metric,
                allowed=listed(self.metrics),
                suggestion=nearest(metric, self.metrics),
            )
        return metric

    def plot(self, metric: str | None = None, lang: str = "en") -> Sheet:
        """Return the picture of a metric over the factors that fits the design: a curve, a map, or a scatter."""
        from simulation.experiments import pictures

        return pictures.response(self, self.check_metric(metric), lang=lang)

    def save(self, path: str | Path, lang: str = "en") -> Path:
        """Write the joined table of runs; the ending decides: csv, parquet, xlsx (Excel) or dta (Stata).

        Parameters
        ----------
        path : path
            The file.
        lang : {'en', 'zh'}
            Language in which Excel and Stata are told what the columns mean.
        """
        from simulation.experiments.exporting import meanings
        from simulation.files.tables import save_table

        runs = self.runs
        return save_table(runs, path, labels=meanings(runs.columns, lang))

    def __repr__(self) -> str:
        done = self.counts.get(OK, 0)
        return f"<Experiment {self.path}: {done} of {self.counts['total']} runs done>"

    def _frame(self, query: str) -> pd.DataFrame:
        import pandas as pd

        table = self._file.table(query)
        for name in self.metrics:
            # In a store that somebody has tampered with, a number may be a text.
            if name in table and not pd.api.types.is_numeric_dtype(table[name]):
                table[name] = pd.to_numeric(table[name], errors="coerce")
        return table


class Snapshot(Experiment):
    """An experiment whose tables are read once, so that all that is made of it agrees while a sweep goes on.

    Parameters
    ----------
    live : Experiment
        The experiment, as it stands in its file.
    """

    def __init__(self, live: Experiment) -> None:
        super().__init__(live._file, live.design, live.warnings)

    @functools.cached_property
    def runs(self) -> pd.DataFrame:
        """As for ``Experiment``; not to be changed."""
        return super().runs

    @functools.cached_property
    def points(self) -> pd.DataFrame:
        """As for ``Experiment``; not to be changed."""
        return super().points

    @functools.cached_property
    def identities(self) -> dict[int, str]:
        """As for ``Experiment``; not to be changed."""
        return super().identities


def read_store(path: str | Path, warnings: Sequence[str] = ()) -> Experiment:
    """Open a store for reading.

    Raises
    ------
    InputError
        When the file is missing, foreign or damaged.
    """
    file = StoreFile(Path(path))
    with file.foreign():
        design = from_spec(file.read("design"), file.path)
    return Experiment(file, design, warnings)
