"""The command `wushi run`, and the short table that it prints when the data are saved."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.options import (
    LANG,
    JsonOption,
    LangOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    SharedOption,
    chosen_language,
    resolved,
)
from simulation.drawing.numbers import count, decimals, momentum, percent
from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.escaping import visible
from simulation.report.run_pictures import FORMATS, REPORT, RESOLUTION, RESOLUTIONS
from simulation.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.results import RunResult

ORDER = 10
#: The first four belong together: breadth is bought with depth, and the point's effect with the whole's.
ACHIEVED = (
    "agenda",
    "depth",
    "core_effect",
    "effectiveness",
    "site_effect",
    "breadth",
    "surface",
    "participation",
    "reporting_gap",
)


def run(
    scenario: ScenarioArgument,
    seed: SeedOption = 0,
    weeks: Annotated[int | None, typer.Option("--weeks", help=say("cli.opt.weeks", LANG))] = None,
    citizens: Annotated[
        str | None, typer.Option("--citizens", metavar="N|all", help=say("cli.opt.citizens", LANG))
    ] = None,
    assignments: SetOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("cli.opt.out", LANG))] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    format: Annotated[str, typer.Option("--format", metavar="csv|parquet", help=say("cli.opt.format", LANG))] = "csv",
    figures: Annotated[
        str, typer.Option("--figures", metavar="png,svg,pdf", help=say("cli.opt.figures", LANG))
    ] = "svg",
    no_figures: Annotated[bool, typer.Option("--no-figures", help=say("cli.opt.no_figures", LANG))] = False,
    dpi: Annotated[int | None, typer.Option("--dpi", metavar="N", help=say("cli.opt.dpi", LANG))] = None,
    threads: Annotated[int | None, typer.Option("--threads", help=say("cli.opt.threads", LANG))] = None,
    shared: SharedOption = False,
) -> None:
    """Run one scenario and write numbers, tables, pictures and a report."""
    # Nearly all that is imported and drawn lives until the end; to look for garbage in it takes a fifth of the time.
    gc.set_threshold(100_000, 20, 20)
    from simulation.files.output import check_target
    from simulation.scenario.variation import folder_name

    tongue = chosen_language(lang)
    spec = resolved(
        scenario,
        assignments,
        shared,
        **{"weeks": weeks, "structure.citizens": _citizens(citizens)},
    )
    kinds = () if no_figures else _formats(figures, dpi)
    folder = out if out is not None else Path("out") / folder_name(spec.name, spec.changes, seed)
    check_target(folder)
    from simulation.report.run_folder import make_run_folder

    made = make_run_folder(
        spec,
        seed,
        folder,
        lang=tongue,
        format=format,
        figures=kinds,
        dpi=dpi or RESOLUTION,
        threads=threads or os.cpu_count() or 1,
        saved=lambda result: None if as_json else _print(result, tongue),
    )
    for name, problem in made.failed.items():
        words = {"name": name, "problem": f"{type(problem).__name__}: {problem}", "folder": folder}
        typer.echo(visible(say("cli.not_drawn", tongue, **words)), err=True)
    if as_json:
        summary = {name: None if value != value else value for name, value in made.result.summary.items()}
        content = {"scenario": spec.name, "seed": seed, "summary": summary, "out": str(folder)}
        typer.echo(json.dumps(content, ensure_ascii=False))
    else:
        _print_places(folder, tongue)
    if made.failed:
        raise typer.Exit(1)


def _formats(given: str, dpi: int | None) -> tuple[str, ...]:
    """Return the formats of the pictures that the user named, each once."""
    kinds = tuple(dict.fromkeys(kind.strip().lower() for kind in given.split(",")))
    for kind in kinds:
        if kind not in FORMATS:
            raise InputError(
                told("cli.no_such_picture_format"),
                key="--figures",
                given=given,
                allowed=listed(FORMATS, "or"),
                suggestion=nearest(kind, FORMATS),
            )
    lowest, highest = RESOLUTIONS
    if dpi is not None and not lowest <= dpi <= highest:
        raise InputError(told("cli.not_a_resolution"), key="--dpi", given=dpi, allowed=f"{lowest}–{highest}")
    return kinds


def _citizens(given: str | None) -> int | str | None:
    if given is None or given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise InputError(
            told("error.citizens.number"), key="--citizens", given=given, allowed=told("error.citizens.number.allowed")
        ) from None


def _print(result: RunResult, lang: str) -> None:
    """Print the table of a run: the instruction, the flows of momentum, and the outcome."""
    from rich.table import Table

    from simulation.drawing.terminal import screen
    from simulation.scenario.variation import with_changes

    console = screen(110)
    spec = result.spec
    citizens = count(len(result.model.citizens))
    title = with_changes(spec.title.label(lang), spec.changes, lang)
    words = {"title": title, "seed": result.seed, "weeks": spec.weeks, "citizens": citizens}
    table = Table(
        title=say("cli.table.title", lang, **words),
        title_justify="left",
        title_style="bold",
        box=None,
        show_header=False,
        padding=(0, 2, 0, 0),
    )
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column()
    for row in _rows(result, lang):
        table.add_row(*row)
    console.print(table)
    console.print(say("cli.table.note", lang), style="dim")


def _print_places(folder: Path, lang: str) -> None:
    """Say where the results are, and the report, if it was written."""
    from simulation.drawing.terminal import screen

    console = screen(110)
    console.print(say("cli.written", lang, folder=folder))
    if (folder / REPORT).is_file():
        console.print(say("cli.report", lang, file=folder / REPORT))


def _rows(result: RunResult, lang: str) -> Iterator[tuple[str, str, str]]:
    """Yield label, amount and share of each line: sources, stages, losses, what is left, what was achieved."""
    from simulation.metrics import METRICS
    from simulation.scenario.windows import STAGES

    ledger = result.ledger
    totals = ledger[ledger["kind"] != "stock"].groupby(["kind", "account"], sort=False)["amount"].sum()
    sources, sinks = totals["source"], totals["sink"]
    entered = float(sources.sum())
    yield say("cli.table.instructed", lang), momentum(float(sources["instruction"])), ""
    for account, value in sources.items():
        if account != "instruction" and value > 0:
            name = say(f"account.{account}", lang)
            yield say("cli.table.source", lang, account=name), momentum(float(value)), ""
    for number, stage in enumerate(STAGES, start=1):
        share = result.summary[f"transmission_{number}"]
        passed = float(result.weekly[f"passed_{number}"].sum())
        words = say("cli.table.share", lang, share=percent(share))
        yield say("cli.table.passed", lang, stage=say(f"stage.{stage}", lang)), momentum(passed), words
    for account, value in sinks.sort_values(ascending=False, kind="stable").items():
        if value > 0:
            name = say(f"account.{account}", lang)
            yield say("cli.table.lost", lang, account=name), momentum(float(value)), percent(value / entered, 1)
    last = ledger[(ledger["kind"] == "stock") & (ledger["week"] == ledger["week"].max())]
    yield say("cli.table.still", lang), momentum(float(last["amount"].sum())), ""
    for name in ACHIEVED:
        value = decimals(result.summary[name], 1 if METRICS[name].unit == "domains" else 3)
        yield say("cli.table.achieved", lang, metric=say(f"metric.{name}", lang)), value, ""
