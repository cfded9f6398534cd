"""Options that say in which formats a run's tables and pictures are written."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.command.options import LANG
from simulation.files.errors import InputError, listed, nearest, told
from simulation.report.run_pictures import FORMATS, RESOLUTIONS
from simulation.text import say

TablesOption = Annotated[str, typer.Option("--format", metavar="csv|parquet", help=say("cli.opt.format", LANG))]
FiguresOption = Annotated[str, typer.Option("--figures", metavar="png,svg,pdf", help=say("cli.opt.figures", LANG))]
NoFiguresOption = Annotated[bool, typer.Option("--no-figures", help=say("cli.opt.no_figures", LANG))]


def picture_formats(given: str, dpi: int | None = None) -> tuple[str, ...]:
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
        allowed = told("error.from_to", least=lowest, most=highest)
        raise InputError(told("cli.not_a_resolution"), key="--dpi", given=dpi, allowed=allowed)
    return kinds
