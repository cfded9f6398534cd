"""Progress on standard error: a bar for one task, and a display for work that has a state of its own."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from simulation.files.errors import InputError, told

QUIET_SECONDS = 2.0
"""A bar appears only for what takes longer."""
_BAR = 60


class Progress[State](Protocol):
    """Something that shows a state."""

    def show(self, state: State, last: bool = False) -> None:
        """Show the tally, if it is time to."""


class _Paced[State]:
    """Calls back at most so often, and at the first and last state."""

    def __init__(self, callback: Callable[[State], object], every: float) -> None:
        self.callback = callback
        self.every = every
        self.shown = -math.inf

    def show(self, state: State, last: bool = False) -> None:
        now = time.monotonic()
        if last or now - self.shown >= self.every:
            self.shown = now
            self.callback(state)


@contextmanager
def display[State](
    how: str | Callable[[State], None], *, draw: Callable[[State], Any], record: Callable[[State], dict[str, Any]]
) -> Iterator[Progress[State]]:
    """Yield what shows the states of something that goes on.

    Parameters
    ----------
    how : {'auto', 'rich', 'quiet', 'json'} or callable
        ``auto`` is ``rich`` on a terminal and ``quiet`` elsewhere; ``rich`` draws the state four times per second;
        ``json`` writes one line per second, each a JSON object; a callable gets the state ten times per second at most.
    draw : callable
        Returns what rich prints for a state.
    record : callable
        Returns a state as plain data for machines.

    Raises
    ------
    InputError
        For a display that there is not.
    """
    if how == "auto":
        how = "rich" if sys.stderr.isatty() else "quiet"
    if callable(how):
        yield _Paced(how, 0.1)
    elif how == "quiet":
        yield _Paced(lambda _: None, math.inf)
    elif how == "json":
        yield _Paced(lambda state: print(json.dumps(record(state)), file=sys.stderr, flush=True), 1.0)
    elif how == "rich":
        from rich.live import Live

        from simulation.drawing.terminal import screen

        with Live(console=screen(err=True), auto_refresh=False) as live:
            yield _Paced(lambda state: live.update(draw(state), refresh=True), 0.25)
    else:
        raise InputError(told("error.progress.none"), given=how, allowed=told("error.progress.allowed"))


def bar_of(done: int, total: int) -> Any:
    """Return a bar that rich prints, full when ``done`` is ``total``."""
    from rich.progress_bar import ProgressBar

    return ProgressBar(total=max(total, 1), completed=done, width=_BAR)


@contextmanager
def bar(words: str, after: float = QUIET_SECONDS) -> Iterator[Callable[[int, int], None]]:
    """Yield a function of (done, all) that draws a bar on a terminal once it has gone on for a while.

    Parameters
    ----------
    words : str
        What goes on; it stands before the bar, which is gone at the end.
    after : float
        Seconds until the bar appears.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    from simulation.drawing.terminal import screen

    console = screen(err=True)
    shown = RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    began = time.monotonic()
    task = shown.add_task(words, total=None)

    def update(done: int, total: int) -> None:
        if not shown.live.is_started and time.monotonic() - began >= after:
            shown.start()
        if shown.live.is_started:
            shown.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        if shown.live.is_started:
            shown.stop()


def each[Thing](things: Iterable[Thing], words: str) -> Iterator[Thing]:
    """Yield the things one by one under a `bar`."""
    waiting = list(things)
    with bar(words) as update:
        for done, thing in enumerate(waiting):
            update(done, len(waiting))
            yield thing
