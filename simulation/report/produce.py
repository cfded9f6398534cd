"""From a scenario to a finished folder, with progress; and the short table that ends `wushi run`."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.scenario.windows import STAGES
from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult
    from simulation.scenario import Scenario

QUIET_SECONDS = 2.0
ACHIEVED = (
    "effectiveness",
    "core_effect",
    "site_effect",
    "breadth",
    "surface",
    "participation",
    "reporting_gap",
)


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


def print_table(result: RunResult, folder: Path, lang: str, *, report: bool = True) -> None:
    """Print what was instructed, where momentum went and what came of it."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    spec = result.spec
    citizens = f"{len(result.model.citizens):,}"
    title = say(
        "cli.table.title",
        lang,
        title=spec.title.label(lang),
        seed=result.seed,
        weeks=spec.weeks,
        citizens=citizens,
    )
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        show_header=False,
        padding=(0, 2, 0, 0),
    )
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column()

    ledger = result.ledger
    totals = ledger[ledger["kind"] != "stock"].groupby(["kind", "account"], sort=False)["amount"].sum()
    sources, sinks = totals["source"], totals["sink"]
    entered = float(sources.sum())

    def amount(value: float) -> str:
        return f"{value:.3g}" if value < 100 else f"{value:.0f}"

    table.add_row(say("cli.table.instructed", lang), amount(float(sources["instruction"])), "")
    for account, value in sources.items():
        if account != "instruction" and value > 0:
            table.add_row(
                say("cli.table.source", lang, account=say(f"account.{account}", lang)),
                amount(float(value)),
                "",
            )
    for number, stage in enumerate(STAGES, start=1):
        share = result.summary[f"transmission_{number}"]
        passed = float(result.weekly[f"passed_{number}"].sum())
        words = say("cli.table.share", lang, share="–" if share != share else f"{share:.0%}")
        table.add_row(say("cli.table.passed", lang, stage=say(f"stage.{stage}", lang)), amount(passed), words)
    for account, value in sinks.sort_values(ascending=False, kind="stable").items():
        if value > 0:
            table.add_row(
                say("cli.table.lost", lang, account=say(f"account.{account}", lang)),
                amount(float(value)),
                f"{value / entered:.1%}",
            )
    last = ledger[(ledger["kind"] == "stock") & (ledger["week"] == ledger["week"].max())]
    table.add_row(say("cli.table.still", lang), amount(float(last["amount"].sum())), "")
    for name in ACHIEVED:
        value = result.summary[name]
        shown = "–" if value != value else f"{value:.3f}"
        table.add_row(say("cli.table.achieved", lang, metric=say(f"metric.{name}", lang)), shown, "")
    console.print(table)
    console.print(say("cli.table.note", lang), style="dim")
    console.print(say("cli.written", lang, folder=folder))
    if report:
        console.print(say("cli.report", lang, file=folder / "report.html"))
