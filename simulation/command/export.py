"""The command `wushi export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import PlainLangOption, chosen_language, kept, said
from simulation.text import say

ORDER = 110


@kept()
def export(
    store: Annotated[Path, typer.Argument(help=said("option.store"))],
    out: Annotated[Path, typer.Option(help=said("option.file"))],
    format: Annotated[str | None, typer.Option(help=said("option.format"))] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help=said("option.weekly"))] = False,
    lang: PlainLangOption = None,
) -> None:
    """Write a store's runs, joined with their points, as one table."""
    from simulation.experiments import read_store
    from simulation.files.tables import save_table

    tongue = chosen_language(lang)
    experiment = read_store(store)
    path = save_table(experiment.weekly if weekly else experiment.runs, out, format)
    typer.echo(say("experiments.written", tongue, path=path))
