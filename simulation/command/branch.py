"""The command `wushi branch`: another future of a saved run, and the tree of all its futures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.options import LANG, JsonOption, LangOption, chosen_language
from simulation.command.output_options import FiguresOption, NoFiguresOption, TablesOption, picture_formats
from simulation.command.telling import tell
from simulation.report.run_pictures import REPORT
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.branching import Parent
    from simulation.experiments.overriding import Overridden
    from simulation.report.branch_folder import MadeBranch
    from simulation.scenario import Scenario

ORDER = 12


def branch(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help=say("cli.arg.result", LANG))],
    at: Annotated[int, typer.Option("--at", metavar="WEEK", help=say("cli.opt.at", LANG))],
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=say("cli.opt.branch_set", LANG))
    ] = None,
    length: Annotated[int | None, typer.Option("--length", metavar="WEEKS", help=say("cli.opt.length", LANG))] = None,
    cities: Annotated[str | None, typer.Option("--cities", metavar="A,B", help=say("cli.opt.cities", LANG))] = None,
    units: Annotated[str | None, typer.Option("--units", metavar="A,B", help=say("cli.opt.units", LANG))] = None,
    title: Annotated[str, typer.Option("--title", help=say("cli.opt.branch_title", LANG))] = "",
    name: Annotated[str | None, typer.Option("--name", help=say("cli.opt.branch_name", LANG))] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("cli.opt.branch_out", LANG))] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    format: TablesOption = "csv",
    figures: FiguresOption = "svg",
    no_figures: NoFiguresOption = False,
) -> None:
    """Let a saved run go on from a week with other values, and draw the tree of its futures."""
    tongue = chosen_language(lang)
    kinds = () if no_figures else picture_formats(figures)
    from simulation.experiments.branching import Parent, branched
    from simulation.experiments.overriding import overridden
    from simulation.report.branch_folder import make_branch
    from simulation.report.branch_place import default_place
    from simulation.scenario import parse_assignments

    parent = Parent.open(result)
    spec = branched(
        parent.result.spec,
        at,
        parse_assignments(assignments or []),
        length=length,
        cities=_names(cities),
        units=_names(units),
        title=title,
    )
    called = name if name is not None else default_name(spec, parent)
    folder = out if out is not None else default_place(result)
    for told_of in overridden(spec, len(parent.result.spec.changes)):
        tell(_warning(told_of, tongue), err=True)
    made = make_branch(
        parent, spec, at, folder, called, lang=tongue, format=format, figures=kinds, threads=os.cpu_count() or 1
    )
    for picture, problem in made.failed.items():
        words = {"name": picture, "problem": f"{type(problem).__name__}: {problem}", "folder": folder / called}
        tell(say("cli.not_drawn", tongue, **words), err=True)
    if as_json:
        summary = {key: None if value != value else value for key, value in made.result.summary.items()}
        scenario = made.result.provenance["scenario_name"]
        content = {"scenario": scenario, "seed": made.result.seed, "summary": summary, "out": str(folder / called)}
        typer.echo(json.dumps(content, ensure_ascii=False))
    else:
        _print(made, called, at, folder, tongue)
    if made.failed:
        raise typer.Exit(1)


def default_name(spec: Scenario, parent: Parent) -> str:
    """Return the name that a future has unless it is given one: what changes, as folders of results say it."""
    from simulation.experiments.trunk import CONTINUED, plain_changes
    from simulation.scenario.variation import folder_name

    new = list(plain_changes(spec)[len(parent.result.spec.changes) :])
    return folder_name("", {"changes": new}).removeprefix("--") if new else CONTINUED


def _names(given: str | None) -> list[str]:
    return [name.strip() for name in (given or "").split(",") if name.strip()]


def _warning(found: Overridden, lang: str) -> str:
    """Return the words for a value that a listed change sets again later."""
    words = {"key": found.key, "week": found.week, "later": found.later, "number": found.number}
    if found.until is None:
        return say("cli.branch.overridden", lang, **words)
    return say("cli.branch.overridden_for_a_while", lang, **words, last=found.until - 1)


def _print(made: MadeBranch, name: str, week: int, folder: Path, lang: str) -> None:
    """Print each headline metric unchanged and in this future, and where everything is."""
    from simulation.command.printing import print_records
    from simulation.command.run_table import ACHIEVED
    from simulation.drawing.lettering import capital
    from simulation.drawing.numbers import decimals, signed
    from simulation.experiments.futures import FUTURES
    from simulation.experiments.pictures.futures import places, title_of
    from simulation.report.futures import PAGE
    from simulation.scenario.calendar import told_week

    spec, rows = made.result.spec, []
    for metric in ACHIEVED:
        before, after, digits = made.before[metric], made.result.summary[metric], places(metric)
        rows.append(
            {
                say("cli.branch.metric", lang): capital(say(f"metric.{metric}", lang)),
                say("cli.branch.unchanged", lang): decimals(before, digits),
                say("cli.branch.this", lang): decimals(after, digits),
                say("cli.branch.difference", lang): signed(after - before, digits),
            }
        )
    words = {"title": title_of(made.futures, lang), "seed": made.result.seed, "name": name}
    tell(say("cli.branch.title", lang, **words, week=told_week(spec, week, lang)))
    print_records(rows, "")
    tell(say("cli.branch.shared", lang))
    tell(say("cli.written", lang, folder=folder / name))
    if (folder / name / REPORT).is_file():
        tell(say("cli.report", lang, file=folder / name / REPORT))
    tree = folder / PAGE if (folder / PAGE).is_file() else folder / FUTURES
    tell(say("cli.branch.tree", lang, number=len(made.futures.futures), file=tree))
