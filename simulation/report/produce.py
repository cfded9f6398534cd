"""From a scenario to a finished folder, with progress."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult
    from simulation.scenario import Scenario

QUIET_SECONDS = 2.0


@contextlib.contextmanager
def progress_bar(title: str, lang: str, key: str = "cli.running") -> Iterator[Callable[[int, int], None]]:
    """Yield a function of (done, all) that draws a bar on standard error once two seconds have passed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    started = time.monotonic()
    shown = False
    task = bar.add_task(say(key, lang, title=title), total=None)

    def update(done: int, total: int) -> None:
        nonlocal shown
        if not shown and time.monotonic() - started > QUIET_SECONDS:
            shown = True
            bar.start()
        if shown:
            bar.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        if shown:
            bar.stop()


def compiled_before() -> bool:
    """Tell whether compiled code of the model lies in its usual place."""
    import numba

    import simulation

    elsewhere = str(getattr(numba.config, "CACHE_DIR", ""))
    own = Path(simulation.__file__).parent / "__pycache__"
    folders = [Path(elsewhere)] if elsewhere else [own]
    return any(next(folder.rglob("steps.*.nbi"), None) for folder in folders)


def produce(
    spec: Scenario,
    seed: int,
    folder: Path,
    *,
    lang: str,
    format: str = "csv",
    figures: bool = True,
    threads: int = 1,
) -> RunResult:
    """Run a scenario and write data, pictures and report into a folder, whole or not at all."""
    from simulation.files.output import fresh_folder

    if not compiled_before():
        print(say("cli.compiling", lang), file=sys.stderr)
        helper = False
    else:
        helper = figures
    with contextlib.ExitStack() as stack:
        from simulation.report.studio import Studio, studio

        # Before anything is compiled two processes would compile the same things twice.
        helped = stack.enter_context(studio(spec, lang)) if helper else Studio(spec, lang)
        from simulation.results import run

        with progress_bar(spec.title.label(lang), lang) as update:
            result = run(spec, seed, threads=threads, progress=update)
        with fresh_folder(folder) as made:
            result.write(made, format)
            if figures:
                _say_font(lang)
                if sys.stderr.isatty():
                    print(say("cli.drawing", lang), file=sys.stderr)
                helped.draw(result, made)
    return result


def _say_font(lang: str) -> None:
    from simulation.drawing.families import notice

    message = notice(lang)
    if message:
        print(message, file=sys.stderr)
