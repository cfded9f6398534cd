"""A tree of futures: one run, and what became of it where it was changed on the way."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.experiments.trunk import TABLE, UNCHANGED, Trunk, plain_changes
from simulation.files.errors import InputError, told
from simulation.files.output import is_ours
from simulation.files.saved_run import SUMMARY, check_saved
from simulation.results import RunResult
from simulation.scenario.variation import change_in_words

if TYPE_CHECKING:
    import pandas as pd

    from simulation.drawing.sheet import Sheet
    from simulation.scenario import Scenario

FUTURES = "futures.csv"
"""The table of a tree, in the folder that holds its futures."""
Changes = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Future:
    """One run to the end.

    Attributes
    ----------
    name : str
        Its name in the tree.
    changes : tuple of dict
        What changes during the run, beyond what changes in all runs of the tree, as plain data.
    weekly : DataFrame
        Its weekly table.
    ends : dict of str to float
        Every metric at the end.
    parent : str
        The name of the future that it shares most with.
    week : int
        The week of its branch: where ``at`` is left out, the first week in which it differs from its parent, or the
        number of weeks where it never does.
    at : int or None
        The branch point that its provenance tells: before the first of its changes, or with it.
    """

    name: str
    changes: Changes
    weekly: pd.DataFrame
    ends: Mapping[str, float]
    parent: str = UNCHANGED
    week: int = 0
    at: int | None = None

    def described(self, lang: str) -> str:
        """Return the changes in words; an empty text without any."""
        from simulation.text import say

        return say("futures.semicolon", lang).join(change_in_words(change, lang) for change in self.changes)


@dataclass(frozen=True)
class Futures:
    """A tree of futures under one seed.

    Attributes
    ----------
    trunk : Trunk
        The run without the changes that make the futures differ.
    unchanged : Future
        The same, as a future.
    futures : tuple of Future
        The others, in the order in which they were given.
    """

    trunk: Trunk
    unchanged: Future
    futures: tuple[Future, ...]

    @classmethod
    def of(cls, result: RunResult, futures: Mapping[str, RunResult]) -> Futures:
        """Return the tree of a run and its branches.

        A future's parent is the one with which it shares the longest beginning of its list of changes, the unchanged
        run where there are several; it branches in the first week in which one of the two has a change that the other
        has not.

        Parameters
        ----------
        result : RunResult
            The run that goes on unchanged. One that was stopped on its way is run to its end here.
        futures : mapping of str to RunResult
            Name to branch, as `RunResult.branch` returns them, or runs of the scenario with further changes.

        Raises
        ------
        InputError
            A future of another scenario or seed, or one that was stopped on its way.

        Examples
        --------
        >>> from simulation import run
        >>> from simulation.experiments import Futures
        >>> result = run("classroom", 0, weeks=30)
        >>> tree = Futures.of(result, {"less oversight": result.branch(20, {"execution.oversight": 0.1})})
        >>> sorted(tree.table["week"].unique().tolist())
        [20]
        """
        return cls.on(Trunk.of(result), futures)

    @classmethod
    def on(cls, trunk: Trunk, futures: Mapping[str, RunResult]) -> Futures:
        """Return the tree of a trunk and branches; see `of`."""
        found = [_future(name, result, trunk) for name, result in futures.items()]
        unchanged = Future(UNCHANGED, (), trunk.weekly, trunk.ends, week=len(trunk.weekly))
        placed = _placed(found, unchanged)
        for one in placed:
            _check_past(one, {unchanged.name: unchanged} | {other.name: other for other in found})
        return cls(trunk, unchanged, tuple(placed))

    @classmethod
    def load(cls, folder: str | Path) -> Futures:
        """Return the tree in a folder that `wushi branch` filled.

        Raises
        ------
        InputError
            When the folder holds no tree, or branches of different runs.
        """
        futures = saved_futures(folder)
        if not futures or not (Path(folder) / TABLE).is_file():
            raise InputError(told("error.futures.none"), file=folder)
        return cls.on(Trunk.load(folder, next(iter(futures.values())).spec), futures)

    @property
    def table(self) -> pd.DataFrame:
        """One row per future and metric: ``future, parent, week, changes, metric, value, unchanged, difference``.

        ``week`` is that of the branch, ``changes`` says in words what changes, ``value`` is the metric at the end,
        ``unchanged`` that of the run that went on unchanged, ``difference`` the first minus the second.
        """
        import pandas as pd

        rows = [
            {
                "future": one.name,
                "parent": one.parent,
                "week": one.week,
                "changes": one.described("en"),
                "metric": metric,
                "value": value,
                "unchanged": self.unchanged.ends[metric],
                "difference": value - self.unchanged.ends[metric],
            }
            for one in self.futures
            for metric, value in one.ends.items()
            if metric in self.unchanged.ends
        ]
        columns = ("future", "parent", "week", "changes", "metric", "value", "unchanged", "difference")
        return pd.DataFrame(rows, columns=list(columns))

    def picture(self, lang: str = "en") -> Sheet:
        """Return the tree as a picture: one line until the branch points, one per future after them, and the ends.

        Parameters
        ----------
        lang : {'en', 'zh'}
            Language; without a Chinese font on this machine 'zh' is drawn in English.
        """
        from simulation.experiments.pictures.futures import draw

        return draw(self, lang)

    def save(self, folder: str | Path) -> Path:
        """Write the table and the unchanged run into a folder, each file whole or not at all."""
        from simulation.files.output import whole_file

        with whole_file(Path(folder) / FUTURES) as made:
            self.table.to_csv(made, index=False, lineterminator="\n", encoding="utf-8")
        self.trunk.save(folder)
        return Path(folder)


def saved_futures(folder: str | Path) -> dict[str, RunResult]:
    """Return the branches in a folder, by name: the folders that `wushi branch` made there, no other runs."""
    folder = Path(folder)
    if not folder.is_dir():
        return {}
    places = [place for place in sorted(folder.iterdir()) if not place.name.startswith(".") and is_ours(place)]
    results = {}
    for place in places:
        if (place / SUMMARY).is_file():
            check_saved(place)
            results[place.name] = RunResult.load(place)
    return {name: result for name, result in results.items() if "branch" in result.provenance}


def _future(name: str, result: RunResult, trunk: Trunk) -> Future:
    """Return a run as a future of a trunk; refuse one that is none."""
    if name == UNCHANGED:
        raise InputError(
            told("error.branch.name.reserved"), key=name, allowed=told("error.branch.name.reserved.allowed")
        )
    if not trunk.bears(result.spec, result.seed):
        raise InputError(told("error.futures.other"), key=name, allowed=told("error.futures.other.allowed"))
    if len(result.weekly) < result.spec.weeks:
        raise InputError(told("error.futures.unfinished"), key=name, allowed=told("error.futures.unfinished.allowed"))
    changes, origin = plain_changes(result.spec)[len(trunk.changes) :], result.provenance.get("branch")
    week = origin.get("week") if isinstance(origin, dict) else None
    at = week if isinstance(week, int) and 0 <= week < len(result.weekly) else None
    return Future(name, changes, result.weekly, result.summary, at=at)


def _placed(futures: Sequence[Future], unchanged: Future) -> list[Future]:
    """Return the futures with parent and week of their branch."""
    placed: dict[str, Future] = {}
    known = [unchanged]
    for one in sorted(futures, key=lambda future: (len(future.changes), future.name)):
        # Of two runs that are the same, neither branches from the other.
        others = [other for other in known if other is unchanged or other.changes != one.changes]
        parent = max(others, key=lambda other: _shared(one.changes, other.changes))
        # A branch of a future that the tree does not hold parts from its parent here before its own branch point.
        parting = _parting(one, parent)
        week = parting if one.at is None else min(one.at, parting)
        found = dataclasses.replace(one, parent=parent.name, week=week)
        placed[one.name] = found
        known.append(found)
    return [placed[one.name] for one in futures]


def _shared(one: Changes, other: Changes) -> int:
    """Return how many changes at the beginning of two lists are the same; what they are called is nothing to it."""
    pairs = zip(map(_untitled, one), map(_untitled, other), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _check_past(one: Future, others: Mapping[str, Future]) -> None:
    """Raise InputError unless a future has its parent's past; tables may have been read rounded in the last digit."""
    mine, theirs = (run.weekly.head(one.week) for run in (one, others[one.parent]))
    same = list(mine.columns) == list(theirs.columns) and np.allclose(mine, theirs, rtol=1e-9, atol=0, equal_nan=True)
    if not same:
        raise InputError(told("error.futures.past"), key=one.name, allowed=told("error.futures.past.allowed"))


def _untitled(change: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name != "title"}


def _parting(one: Future, other: Future) -> int:
    """Return the first week in which only one of two futures has a change that began; of conditions the data tell."""
    begin = _shared(one.changes, other.changes)
    apart = (*one.changes[begin:], *other.changes[begin:])
    weeks = [change.get("week") for change in apart]
    if None in weeks:
        return _first_difference(one.weekly, other.weekly)
    return min([*(int(week) for week in weeks if week is not None), len(one.weekly)])


def _first_difference(one: pd.DataFrame, other: pd.DataFrame) -> int:
    same = (one == other) | (one.isna() & other.isna())
    differing: Iterable[bool] = ~same.all(axis=1)
    return next((week for week, differs in enumerate(differing) if differs), len(one))


def same_future(spec: Scenario, seed: int, result: RunResult) -> bool:
    """Tell whether a run is that of a scenario and seed."""
    return result.seed == seed and result.spec.digest == spec.digest
