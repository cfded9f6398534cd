"""The command `wushi report`: the page on a sweep, made again from its store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import MetricOption, PlainLangOption, chosen_language, kept, said
from simulation.command.telling import tell
from simulation.files.errors import InputError, told
from simulation.text import say

ORDER = 95


@kept()
def report(
    store: Annotated[Path, typer.Argument(help=said("option.store"))],
    out: Annotated[Path | None, typer.Option(help=said("option.report_out"))] = None,
    metric: MetricOption = None,
    lang: PlainLangOption = None,
) -> None:
    """Write the report of a sweep from its store, finished or not, as one HTML page."""
    from simulation.drawing.fonts import announce
    from simulation.experiments import read_store
    from simulation.report.sweep import write_sweep_report

    tongue = chosen_language(lang)
    if store.is_dir():
        raise InputError(
            told("error.report.folder"), file=store, key="STORE", allowed=told("error.report.folder.allowed")
        )
    experiment = read_store(store)
    announce(tongue)
    path = write_sweep_report(experiment, out, tongue, metric or ())
    tell(say("cli.report", tongue, file=path))
