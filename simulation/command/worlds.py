"""The command `wushi worlds`."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import (
    JsonOption,
    LangOption,
    SearchProgressOption,
    SearchWorkersOption,
    chosen_language,
    kept,
    said,
)
from simulation.command.printing import print_lines, print_table
from simulation.command.telling import tell
from simulation.files.errors import InputError, told
from simulation.text import say

ORDER = 165


def worlds(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help=said("arg.worlds"))] = None,
    remake: Annotated[Path | None, typer.Option("--remake", metavar="DIR", help=said("worlds.remake"))] = None,
    quick: Annotated[bool, typer.Option("--quick", help=said("worlds.quick"))] = False,
    workers: SearchWorkersOption = None,
    progress: SearchProgressOption = "auto",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the plausible worlds: how they were found, which findings they meet, what is pinned down."""
    from simulation.evidence.worlds import summary
    from simulation.evidence.worlds import worlds as read

    tongue = chosen_language(lang)
    if remake is not None:
        if file is not None:
            allowed = told("error.worlds.remake.allowed")
            raise InputError(told("error.worlds.remake"), key="--remake", given=str(file), allowed=allowed)
        file = _remade(remake, quick, workers, progress, tongue)
    elif quick:
        raise InputError(told("error.worlds.quick"), key="--quick", allowed=told("error.worlds.quick.allowed"))
    found = read(file=file)
    if as_json:
        typer.echo(json.dumps(summary.as_data(found), indent=1, ensure_ascii=False, allow_nan=False))
        return
    print_lines(say("worlds.summary.title", tongue), summary.origin(found, tongue))
    for key, (head, rows) in (
        ("findings", summary.finding_rows(found, tongue)),
        ("values" if found.about is None else "parameters", summary.parameter_rows(found, tongue)),
    ):
        if rows:
            print_table(head, rows, say(f"worlds.summary.{key}", tongue), numbers=True)
    print_lines(say("worlds.summary.products", tongue), summary.products(found, tongue))


def _remade(folder: Path, quick: bool, workers: int | None, progress: str, lang: str) -> Path:
    """Search for the set anew, write it into a folder, and return its table."""
    from simulation.drawing.numbers import count, percent
    from simulation.evidence.worlds.budget import QUICK, Budget
    from simulation.evidence.worlds.making import make
    from simulation.evidence.worlds.writing import VECTORS, write
    from simulation.files.output import check_target

    if not any(folder.glob("screen-*.sqlite*")):
        try:
            check_target(folder)
        except InputError as error:
            raise error.replaced(key="--remake") from None
    budget = QUICK if quick else Budget()

    def report(step: str, **values: float) -> None:
        shown = {name: percent(value) if isinstance(value, float) else count(value) for name, value in values.items()}
        tell(say(f"worlds.step.{step}", lang, **shown), err=True)

    command = f"wushi worlds --remake DIR{' --quick' if quick else ''}"
    with kept(say("cli.worlds.interrupted", lang, folder=folder)):
        made = make(folder, budget=budget, report=report, workers=workers, progress=progress, lang=lang)
        write(made, folder, command=command, date=datetime.date.today().isoformat(), cities=budget.many[0])
    tell(say("cli.written", lang, folder=folder), err=True)
    return folder / VECTORS
