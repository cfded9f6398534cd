"""The command `wushi run`, and the short table that ends it."""

from __future__ import annotations

import json
import os
import sys
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
from simulation.files.errors import InputError
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
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help=say("cli.opt.figures", LANG))] = True,
    threads: Annotated[int | None, typer.Option("--threads", help=say("cli.opt.threads", LANG))] = None,
    shared: SharedOption = False,
) -> None:
    """Run one scenario and write numbers, tables, pictures and a report."""
    from simulation.files.output import FORMATS, check_target

    tongue = chosen_language(lang)
    spec = resolved(
        scenario,
        assignments,
        shared,
        **{"weeks": weeks, "structure.citizens": _citizens(citizens)},
    )
    folder = out if out is not None else Path("out") / spec.name
    check_target(folder)
    if format not in FORMATS:
        raise InputError("unknown format", key="--format", given=format, allowed=" or ".join(FORMATS))
    from simulation.report.run_folder import make_run_folder

    result = make_run_folder(
        spec,
        seed,
        folder,
        lang=tongue,
        format=format,
        figures=figures,
        threads=threads or os.cpu_count() or 1,
    )
    if as_json:
        summary = {name: None if value != value else value for name, value in result.summary.items()}
        content = {"scenario": spec.name, "seed": seed, "summary": summary, "out": str(folder)}
        typer.echo(json.dumps(content, ensure_ascii=False))
    else:
        _print(result, folder, tongue, report=figures)


def _citizens(given: str | None) -> int | str | None:
    if given is None or given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise InputError(
            "not a number of citizens", key="--citizens", given=given, allowed="a whole number or 'all'"
        ) from None


def _print(result: RunResult, folder: Path, lang: str, *, report: bool) -> None:
    """Print the table of a run: the instruction, the flows of momentum, and the outcome."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    spec = result.spec
    citizens = count(len(result.model.citizens))
    words = {"title": spec.title.label(lang), "seed": result.seed, "weeks": spec.weeks, "citizens": citizens}
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
    console.print(say("cli.written", lang, folder=folder))
    if report:
        console.print(say("cli.report", lang, file=folder / "report.html"))


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
