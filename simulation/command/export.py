"""The command `wushi export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.options import PlainLangOption, chosen_language, kept, said
from simulation.command.telling import tell
from simulation.files.errors import InputError, listed, nearest, told
from simulation.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

ORDER = 110


@kept()
def export(
    store: Annotated[Path, typer.Argument(help=said("option.exported"))],
    out: Annotated[Path, typer.Option(help=said("option.file"))],
    format: Annotated[str | None, typer.Option(help=said("option.format"))] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help=said("option.weekly"))] = False,
    table: Annotated[str | None, typer.Option(help=said("option.table"))] = None,
    lang: PlainLangOption = None,
) -> None:
    """Write a store's runs, joined with their points, or a table of one run, for other programs."""
    from simulation.experiments.exporting import meanings
    from simulation.files.tables import checked_format, save_table

    tongue = chosen_language(lang)
    kind = checked_format(out, format)
    found = _table(store, "weekly" if weekly and table is None else table)
    detailed = store.is_dir() and table not in (None, "weekly")
    path = save_table(found, out, kind, meanings(map(str, found.columns), tongue, detailed=detailed))
    tell(say("experiments.written", tongue, path=path))


def _table(source: Path, wanted: str | None) -> pd.DataFrame:
    """Return a table of a store or, where the source is a folder, of the run that is saved there."""
    if source.is_dir():
        from simulation.results import TABLES, RunResult

        result = RunResult.load(source)
        name = _known(wanted or "weekly", [one for one in TABLES if result.has(one)], source)
        found: pd.DataFrame = getattr(result, name)
        return found
    from simulation.experiments import read_store

    experiment = read_store(source)
    return experiment.weekly if _known(wanted or "runs", ("runs", "weekly"), source) == "weekly" else experiment.runs


def _known(name: str, names: Sequence[str], source: Path) -> str:
    if name not in names:
        raise InputError(
            told("error.export.table"),
            file=source,
            key="--table",
            given=name,
            allowed=listed(names),
            suggestion=nearest(name, names),
        )
    return name
