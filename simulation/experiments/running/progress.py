"""Progress of a sweep: runs done and failed, speed, time left, and the running mean of each metric."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from simulation.drawing.numbers import UNDEFINED, decimals, duration, significant
from simulation.drawing.progress import Progress, bar_of, display
from simulation.experiments.running.worker import OK, Outcome
from simulation.text import say

_WINDOW = 30.0
"""Seconds over which the rate is measured."""


@dataclass
class Tally:
    """The work that a sweep has done so far; the size of a tally does not depend on the number of runs.

    Attributes
    ----------
    total : int
        Runs planned.
    done : int
        Runs finished, failed ones among them, earlier sessions included.
    failed : int
        Runs that failed or took too long.
    resumed : int
        Runs that the store held already.
    """

    total: int
    done: int = 0
    failed: int = 0
    resumed: int = 0
    sums: dict[str, tuple[int, float]] = field(default_factory=dict)
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    @classmethod
    def begin(cls, counts: Mapping[str, int], sums: Mapping[str, tuple[int, float]], metrics: Sequence[str]) -> Tally:
        """Return the tally at the start of a session, from what the store holds."""
        done = sum(number for status, number in counts.items() if status != "total")
        tally = cls(counts["total"], done, done - counts.get(OK, 0), done, dict(sums))
        for name in metrics:
            tally.sums.setdefault(name, (0, 0.0))
        tally._marks.append((time.monotonic(), done))
        return tally

    def add(self, outcome: Outcome) -> None:
        """Count a finished run."""
        self.done += 1
        self.failed += outcome.status != OK
        for name, value in outcome.metrics.items():
            if value is not None and math.isfinite(value):
                number, total = self.sums.get(name, (0, 0.0))
                self.sums[name] = (number + 1, total + value)
        now = time.monotonic()
        if now - self._marks[-1][0] > 0.5:
            self._marks.append((now, self.done))
            while len(self._marks) > 2 and now - self._marks[0][0] > _WINDOW:
                self._marks.popleft()

    @property
    def rate(self) -> float:
        """Runs per second over the last half minute of this session; runs that a resume found do not count."""
        elapsed = time.monotonic() - self._marks[0][0]
        return (self.done - self._marks[0][1]) / elapsed if elapsed > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest should take; None while nothing is known."""
        if self.done >= self.total:
            return 0.0
        return (self.total - self.done) / self.rate if self.rate > 0 else None

    @property
    def means(self) -> dict[str, float]:
        """Running mean of each metric over the runs that are done."""
        return {name: total / number if number else math.nan for name, (number, total) in self.sums.items()}

    def record(self) -> dict[str, Any]:
        """Return the tally as plain data for machines; a mean over no runs is None."""
        return {
            "total": self.total,
            "done": self.done,
            "failed": self.failed,
            "resumed": self.resumed,
            "rate": self.rate,
            "left": self.left,
            "means": {name: None if math.isnan(mean) else mean for name, mean in self.means.items()},
        }


def reporter(how: str | Callable[[Tally], None], lang: str = "en") -> AbstractContextManager[Progress[Tally]]:
    """Return the context of what shows a sweep's progress; see `simulation.drawing.progress.display`.

    Parameters
    ----------
    how : {'auto', 'rich', 'quiet', 'json'} or callable
        The display; a callable gets the Tally.
    lang : {'en', 'zh'}
        Language of the display.
    """
    return display(how, draw=lambda tally: render(tally, lang), record=Tally.record)


def render(tally: Tally, lang: str = "en") -> Any:
    """Return the live display: a bar, the counts, and a table of means."""
    from rich.console import Group
    from rich.table import Table

    left = UNDEFINED if tally.left is None else duration(tally.left)
    head = say(
        "experiments.progress",
        lang,
        done=tally.done,
        total=tally.total,
        failed=tally.failed,
        rate=decimals(tally.rate, 1),
        left=left,
    )
    table = Table(box=None, padding=(0, 1))
    table.add_column(say("experiments.metric", lang))
    table.add_column(say("experiments.mean", lang), justify="right")
    for name, mean in list(tally.means.items())[:12]:
        table.add_row(name, significant(mean, 4))
    return Group(bar_of(tally.done, tally.total), head, table)
