"""The command `wushi worlds`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import JsonOption, LangOption, chosen_language, said
from simulation.command.printing import print_lines, print_table
from simulation.text import say

ORDER = 165


def worlds(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help=said("arg.worlds"))] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the plausible worlds: how they were found, which findings they meet, what is pinned down."""
    from simulation.evidence.worlds import summary
    from simulation.evidence.worlds import worlds as read

    tongue = chosen_language(lang)
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
