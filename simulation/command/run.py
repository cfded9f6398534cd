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
    SeedsOption,
    SetOption,
    SharedOption,
    ThreadsOption,
    chosen_language,
    resolved,
)
from simulation.command.output_options import FiguresOption, NoFiguresOption, TablesOption, picture_formats
from simulation.command.run_table import print_fan, print_run, print_stop
from simulation.files.errors import InputError, told
from simulation.files.escaping import visible
from simulation.report.run_pictures import REPORT, RESOLUTION
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.fans import Fan
    from simulation.results import RunResult

ORDER = 10


def run(
    scenario: ScenarioArgument,
    seed: SeedOption = 0,
    seeds: SeedsOption = None,
    weeks: Annotated[int | None, typer.Option("--weeks", help=say("cli.opt.weeks", LANG))] = None,
    until: Annotated[int | None, typer.Option("--until", metavar="WEEKS", help=say("cli.opt.until", LANG))] = None,
    citizens: Annotated[
        str | None, typer.Option("--citizens", metavar="N|all", help=say("cli.opt.citizens", LANG))
    ] = None,
    assignments: SetOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("cli.opt.out", LANG))] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    format: TablesOption = "csv",
    figures: FiguresOption = "svg",
    no_figures: NoFiguresOption = False,
    dpi: Annotated[int | None, typer.Option("--dpi", metavar="N", help=say("cli.opt.dpi", LANG))] = None,
    threads: ThreadsOption = None,
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
    _check_until(until, spec.weeks, seeds)
    kinds = () if no_figures else picture_formats(figures, dpi)
    folder = out if out is not None else Path("out") / folder_name(spec.name, spec.overrides, seed)
    check_target(folder)
    if seeds is not None:
        from simulation.experiments.fans import check_seeds

        check_seeds(seeds, seed)
    from simulation.report.run_folder import FanInterrupted, make_run_folder

    def saved(result: RunResult) -> None:
        if not as_json:
            print_run(result, tongue)
        gc.freeze()  # pictures leave much behind; what stands by now need not be looked through for it

    def fanned(fan: Fan) -> None:
        if not as_json:
            print_fan(fan, tongue)

    try:
        made = make_run_folder(
            spec,
            seed,
            folder,
            lang=tongue,
            format=format,
            figures=kinds,
            dpi=dpi or RESOLUTION,
            threads=threads or os.cpu_count() or 1,
            saved=saved,
            seeds=seeds,
            fanned=fanned,
            until=until,
        )
    except FanInterrupted:
        typer.echo(visible(say("cli.fan.interrupted", tongue, folder=folder)), err=True)
        raise typer.Exit(130) from None
    for name, problem in made.failed.items():
        words = {"name": name, "problem": f"{type(problem).__name__}: {problem}", "folder": folder}
        typer.echo(visible(say("cli.not_drawn", tongue, **words)), err=True)
    if as_json:
        summary = {name: None if value != value else value for name, value in made.result.summary.items()}
        content = {"scenario": spec.name, "seed": seed, "summary": summary, "out": str(folder)}
        typer.echo(json.dumps(content, ensure_ascii=False))
    else:
        _print_places(folder, tongue)
        if until is not None:
            print_stop(until, spec.weeks, folder, tongue)
    if made.failed:
        raise typer.Exit(1)


def _check_until(until: int | None, weeks: int, seeds: int | None) -> None:
    """Raise InputError unless a run of so many weeks can stop there."""
    if until is None:
        return
    if not 1 <= until <= weeks:
        allowed = told("error.from_to", least=1, most=weeks)
        raise InputError(told("error.out_of_range"), key="--until", given=until, allowed=allowed)
    if seeds is not None:
        raise InputError(told("error.until.seeds"), key="--until", allowed=told("error.until.seeds.allowed"))


def _citizens(given: str | None) -> int | str | None:
    if given is None or given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise InputError(
            told("error.citizens.number"), key="--citizens", given=given, allowed=told("error.citizens.number.allowed")
        ) from None


def _print_places(folder: Path, lang: str) -> None:
    """Say where the results are, and the report, if it was written."""
    from simulation.drawing.terminal import screen

    console = screen(110)
    console.print(say("cli.written", lang, folder=folder))
    if (folder / REPORT).is_file():
        console.print(say("cli.report", lang, file=folder / REPORT))
