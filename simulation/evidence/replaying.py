"""Runs of a growing list of points on one store, each once: a stopped search finds them there and is replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.design.design import Design
from simulation.experiments.design.design_file import list_of_points
from simulation.experiments.design.factors import Factor
from simulation.experiments.running.protocol import Task
from simulation.experiments.store.reading import Experiment, read_store
from simulation.experiments.sweeping import sweep
from simulation.files.errors import InputError, told

if TYPE_CHECKING:
    import pandas as pd

type Point = dict[str, Any]


@dataclass
class Replay:
    """Runs points on a store; the points of each call come after those of the calls before.

    Parameters
    ----------
    task : task
        What runs.
    store : Path
        The file.
    seed : int
        Of the experiment.
    paired : bool
        True if replicate r has the same seed for every point.
    replicates : int
        Runs per point.
    options : dict
        As for ``sweep``: workers, executor, dask, progress, lang, kept.
    replay : bool
        True if each call's points follow from earlier results, as in a search. The store must then hold them in this
        order, or it is refused.
    name : str
        Name of the design.
    file : str, optional
        Named in errors.
    factors : tuple of Factor
        Those of the design, where they are known beforehand; by default each lists the values of all points.

    Attributes
    ----------
    points : list of dict
        The points asked for so far.
    stored : Experiment or None
        The store as it was last opened; None before it is there.
    """

    task: Task
    store: Path
    seed: int
    paired: bool
    replicates: int
    options: dict[str, Any] = field(default_factory=dict)
    replay: bool = True
    name: str = "replay"
    file: str | None = None
    factors: tuple[Factor, ...] = ()
    points: list[Point] = field(default_factory=list)
    stored: Experiment | None = field(default=None, repr=False)
    _in_store: list[Point] | None = field(default=None, repr=False)
    _opened: bool = field(default=False, repr=False)

    def __call__(self, points: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pd.DataFrame:
        """Run further points and return all runs of the store; runs that it holds are not repeated.

        A store may hold more points than were asked for: those of a stopped search that is being replayed.

        Parameters
        ----------
        points : sequence of mappings
            Factor to value.
        names : sequence of str
            The metrics that are kept of a run.

        Raises
        ------
        InputError
            When the store holds another experiment, or the points of another search.
        """
        self.points += [dict(point) for point in points]
        wanted, held = _once(self.points), self._held()
        if not self.replay:
            return self._sweep(_once([*held, *wanted]), names).runs
        if len(held) < len(wanted):
            return self._sweep(wanted, names).runs
        # The first time a sweep opens the store even if nothing is left to do: it refuses another experiment's.
        stored = self.stored
        if stored is None or not self._opened:
            stored = self._sweep(held, names)
        if held[: len(wanted)] != wanted:
            raise InputError(
                told("error.search.other"),
                file=self.store,
                allowed=told("error.search.other.allowed"),
            )
        return (stored if stored.complete else self._sweep(held, names)).runs

    def _held(self) -> list[Point]:
        if self._in_store is None:
            if self.stored is None:
                if not self.store.exists() or not self.store.stat().st_size:
                    return []
                self.stored = read_store(self.store)
            names = self.stored.design.names
            table = self.stored.points[names]
            restore = [factor.restore for factor in self.stored.design.factors]
            self._in_store = [
                {name: back(value) for name, back, value in zip(names, restore, row, strict=True)}
                for row in table.itertuples(index=False, name=None)
            ]
        return self._in_store

    def _sweep(self, points: list[Point], names: Sequence[str]) -> Experiment:
        if self.factors:
            factors = self.factors
            rows = tuple(tuple(point[factor.name] for factor in factors) for point in points)
        else:
            factors, rows = list_of_points(points)
        design = Design(
            factors=factors, kind="list", rows=rows, replicates=self.replicates, metrics=tuple(names),
            seed=self.seed, paired=self.paired, name=self.name, file=self.file,
        )  # fmt: skip
        self.stored = sweep(design, self.task, store=self.store, **self.options)
        self._in_store, self._opened = points, True
        return self.stored


def _once(points: list[Point]) -> list[Point]:
    """Return the points without repetitions, as the store keeps them."""
    return list({tuple(point.values()): point for point in points}.values())
