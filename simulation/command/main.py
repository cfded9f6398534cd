"""The command `wushi`: one small function a command; whatever is heavy is imported when a command needs it."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from simulation._version import __version__
from simulation.command.options import (
    LANG,
    LangOption,
    ScenarioArgument,
    SetOption,
    SharedOption,
    chosen_language,
    resolved,
)
from simulation.files.errors import InputError
from simulation.text import catalogue, say

INTERRUPTED = 130
EXTENSIONS = ("experiments", "hypotheses", "app", "verify", "calibrate", "animate")

app = typer.Typer(
    name="wushi",
    help=say("cli.help", LANG),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _front(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help=say("cli.version.help", LANG))] = False,
) -> None:
    if version:
        typer.echo(f"wushi {__version__}")
        raise typer.Exit


@app.command("run", help=say("cli.run.help", LANG))
def run_command(
    scenario: ScenarioArgument,
    seed: Annotated[int, typer.Option("--seed", help=say("cli.opt.seed", LANG))] = 0,
    weeks: Annotated[int | None, typer.Option("--weeks", help=say("cli.opt.weeks", LANG))] = None,
    citizens: Annotated[
        str | None, typer.Option("--citizens", metavar="N|all", help=say("cli.opt.citizens", LANG))
    ] = None,
    assignments: SetOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("cli.opt.out", LANG))] = None,
    lang: LangOption = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.opt.json", LANG))] = False,
    format: Annotated[str, typer.Option("--format", metavar="csv|parquet", help=say("cli.opt.format", LANG))] = "csv",
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help=say("cli.opt.figures", LANG))] = True,
    threads: Annotated[int | None, typer.Option("--threads", help=say("cli.opt.threads", LANG))] = None,
    shared: SharedOption = False,
) -> None:
    """Run one scenario; see the help text in `simulation/text/cli.toml`."""
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
    from simulation.report.produce import produce

    result = produce(
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
        from simulation.report.produce import print_table

        print_table(result, folder, tongue, report=figures)


def _citizens(given: str | None) -> int | str | None:
    if given is None or given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise InputError(
            "not a number of citizens", key="--citizens", given=given, allowed="a whole number or 'all'"
        ) from None


@app.command("scenarios", help=say("cli.scenarios.help", LANG))
def scenarios_command(
    lang: LangOption = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.opt.json", LANG))] = False,
) -> None:
    """List the shipped scenarios."""
    from simulation.scenario import load_scenario, shipped

    tongue = chosen_language(lang)
    rows = {name: load_scenario(name) for name in shipped()}
    if as_json:
        content = [
            {"name": n, "title": s.title.label(tongue), "question": s.question.label(tongue)} for n, s in rows.items()
        ]
        typer.echo(json.dumps(content, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, spec in rows.items():
        table.add_row(name, spec.question.label(tongue))
    Console().print(table)


@app.command("show", help=say("cli.show.help", LANG))
def show_command(
    scenario: ScenarioArgument,
    assignments: SetOption = None,
    lang: LangOption = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.opt.json", LANG))] = False,
    shared: SharedOption = False,
) -> None:
    """Print every parameter of a scenario."""
    from simulation.scenario import parameters

    tongue = chosen_language(lang)
    spec = resolved(scenario, assignments, shared)
    values, origins = spec.values, spec.origins
    rows = [
        {
            "key": info.key,
            "value": values[info.key],
            "unit": _unit(info.unit, tongue),
            "range": _interval(info),
            "source": info.source,
            "origin": origins.get(info.key, "default"),
            "meaning": info.description[tongue],
        }
        for info in parameters()
        if info.key in values
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 220, highlight=False)
    console.print(f"{spec.name}: {spec.title.label(tongue)}", style="bold")
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True)
    for column in ("key", "value", "unit", "range", "source", "origin", "meaning"):
        table.add_column(say(f"cli.show.{column}", tongue), no_wrap=column == "key", overflow="fold")
    for row in rows:
        if row["key"] not in {"title", "question"}:
            table.add_row(*(_short(row[column]) for column in row))
    console.print(table)
    console.print(say("cli.show.legend", tongue))


def _interval(info: Any) -> str:
    """Return what a parameter may be, in signs that need no translation."""
    words = " | ".join(info.choices)
    if info.low is None and info.high is None:
        return words
    left = "(" if info.above or info.low is None else "["
    low, high = ("…" if bound is None else f"{bound:g}" for bound in (info.low, info.high))
    numbers = f"{left}{low}, {high}]"
    return f"{numbers} | {words}" if words else numbers


def _unit(unit: str, lang: str) -> str:
    key = f"scenario.unit.{unit}"
    return say(key, lang) if key in catalogue() else unit


def _short(value: object) -> str:
    """Return a value as one short line; long tables only say how long they are."""
    if value is None:
        return "–"
    if isinstance(value, (list, tuple, dict)) and len(str(value)) > 40:
        return f"{{… {len(value)}}}"
    return str(value)


@app.command("validate", help=say("cli.validate.help", LANG))
def validate_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help=say("cli.arg.file", LANG))],
    lang: LangOption = None,
    shared: SharedOption = False,
) -> None:
    """Check a scenario file, its structure and what it names, without running it."""
    from simulation.places.hierarchy import load_hierarchy, sample
    from simulation.scenario import load_scenario

    tongue = chosen_language(lang)
    spec = load_scenario(file, shared=shared)
    hierarchy = load_hierarchy(spec)
    sample(hierarchy, spec.structure.citizens, spec.structure.communities)
    typer.echo(
        say(
            "cli.valid",
            tongue,
            file=file,
            title=spec.title.label(tongue),
            units=len(hierarchy.units),
            cities=len(hierarchy.cities),
            communities=len(hierarchy.communities),
            domains=len(spec.domains),
        )
    )


@app.command("schema", help=say("cli.schema.help", LANG))
def schema_command() -> None:
    """Print the JSON Schema of scenario files."""
    from simulation.scenario import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command("init", help=say("cli.init.help", LANG))
def init_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("cli.arg.dir", LANG))],
    lang: LangOption = None,
) -> None:
    """Make a starter folder."""
    from simulation.command.starter import make_starter

    tongue = chosen_language(lang)
    scenario = make_starter(folder, tongue)
    typer.echo(say("cli.made", tongue, folder=folder, scenario=scenario))


for _name in EXTENSIONS:
    importlib.import_module(f"simulation.command.{_name}").register(app)


def main() -> None:
    """Run the command; 0 done, 2 wrong input, 1 anything else, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without Chinese shows '?' instead of failing
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else 0)
    except InputError as problem:
        typer.echo(say("cli.error", LANG, message=problem.message), err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo(say("cli.interrupted", LANG), err=True)
        sys.exit(INTERRUPTED)
    except typer.Abort:
        sys.exit(INTERRUPTED)
    except Exception as problem:
        _exit_for(problem)


def _exit_for(problem: Exception) -> None:
    """Let usage errors of the command line speak for themselves (exit 2); anything else is a fault (exit 1)."""
    show = getattr(problem, "show", None)
    code = getattr(problem, "exit_code", None)
    if show is None or code is None:
        raise problem
    show()
    sys.exit(code)
