"""The command `wushi export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import PlainLangOption, chosen_language, kept, said
from simulation.command.telling import tell
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
    from simulation.experiments.exporting import meanings
    from simulation.files.tables import checked_format, save_table

    tongue = chosen_language(lang)
    kind = checked_format(out, format)
    experiment = read_store(store)
    table = experiment.weekly if weekly else experiment.runs
    path = save_table(table, out, kind, meanings(map(str, table.columns), tongue))
    tell(say("experiments.written", tongue, path=path))
