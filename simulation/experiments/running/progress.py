"""Progress of a sweep: done, failed, how fast, how long yet, and the running mean of each metric."""

from __future__ import annotations

import json
import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulation.drawing.numbers import UNDEFINED, decimals, duration, significant
from simulation.experiments.running.worker import OK, Outcome
from simulation.files.errors import InputError
from simulation.text import say

_WINDOW = 30.0
"""Seconds over which the rate is measured."""


@dataclass
class Tally:
    """What a sweep has done so far; its size does not depend on the number of runs.

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
        """Runs a second over the last half minute of this session; what a resume found does not count."""
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
        """Return the tally as plain data for machines; a mean of nothing is None."""
        return {
            "total": self.total,
            "done": self.done,
            "failed": self.failed,
            "resumed": self.resumed,
            "rate": self.rate,
            "left": self.left,
            "means": {name: None if math.isnan(mean) else mean for name, mean in self.means.items()},
        }


class Progress(Protocol):
    """Something that shows a tally."""

    def show(self, tally: Tally, last: bool = False) -> None:
        """Show it, if it is time to."""


class _Paced:
    """Calls back at most so often, and at the first and last tally."""

    def __init__(self, callback: Callable[[Tally], None], every: float) -> None:
        self.callback = callback
        self.every = every
        self.shown = -math.inf

    def show(self, tally: Tally, last: bool = False) -> None:
        now = time.monotonic()
        if last or now - self.shown >= self.every:
            self.shown = now
            self.callback(tally)


@contextmanager
def reporter(how: str | Callable[[Tally], None], lang: str = "en") -> Iterator[Progress]:
    """Yield what shows progress.

    Parameters
    ----------
    how : {'auto', 'rich', 'quiet', 'json'} or callable
        ``auto`` is ``rich`` on a terminal and ``quiet`` elsewhere; ``json`` writes one line a second to
        standard error, each a JSON object; a callable gets the Tally ten times a second at most.
    lang : {'en', 'zh'}
        Language of the display.
    """
    if how == "auto":
        how = "rich" if sys.stderr.isatty() else "quiet"
    if callable(how):
        yield _Paced(how, 0.1)
    elif how == "quiet":
        yield _Paced(lambda _: None, math.inf)
    elif how == "json":
        yield _Paced(lambda tally: print(json.dumps(tally.record()), file=sys.stderr, flush=True), 1.0)
    elif how == "rich":
        with _live(lang) as callback:
            yield _Paced(callback, 0.25)
    else:
        raise InputError("there is no such display of progress", given=how, allowed="auto, rich, quiet, json")


@contextmanager
def _live(lang: str) -> Iterator[Callable[[Tally], None]]:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), auto_refresh=False) as live:
        yield lambda tally: live.update(render(tally, lang), refresh=True)


def render(tally: Tally, lang: str = "en") -> Any:
    """Return the live display: a bar, the counts, and a table of means."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
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
    return Group(ProgressBar(total=max(tally.total, 1), completed=tally.done, width=60), head, table)
