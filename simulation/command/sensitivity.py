"""The command `wushi sensitivity`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.options import MetricOption, OutOption, PlainLangOption, chosen_language, kept, said
from simulation.command.printing import print_records, with_span
from simulation.drawing.numbers import measured, percent
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd

ORDER = 100


@kept()
def sensitivity(
    store: Annotated[Path, typer.Argument(help=said("option.analysed"))],
    metric: MetricOption = None,
    out: OutOption = None,
    lang: PlainLangOption = None,
) -> None:
    """Show Sobol or Morris indices with intervals, and pictures."""
    from simulation.drawing.fonts import announce
    from simulation.experiments import read_store
    from simulation.experiments import sensitivity as analyse

    tongue = chosen_language(lang)
    experiment = read_store(store)
    announce(tongue)
    for name in metric or [experiment.check_metric(None)]:
        found = analyse(experiment, name)
        print_records(index_rows(found.table, say("experiments.factor", tongue)), name)
        if found.pairs is not None:
            print_records(index_rows(found.pairs, None), say("experiments.second", tongue))
        record = found.noise.record()
        shares = {key: percent(record[f"{key}.share"]) for key in ("parameters", "seeds", "chance")}
        typer.echo(say("experiments.noise", tongue, **shares))
        for warning in found.warnings:
            typer.echo(say("experiments.warning", tongue, text=warning), err=True)
        folder = (out or store.with_suffix("")) / name
        found.save(folder)
        for kind in ("indices", "tornado", "scatter", *(("surface", "phase") if len(found.table) > 1 else ())):
            found.plot(kind, tongue).save(folder / kind)
        typer.echo(say("experiments.written", tongue, path=folder))


def index_rows(table: pd.DataFrame, first: str | None) -> list[dict[str, str]]:
    """Return a table of indices as rows of texts, intervals beside their estimates."""
    rows = []
    for record in table.to_dict("records"):
        row = {}
        for key, value in record.items():
            if key.endswith((".low", ".high")):
                continue
            if isinstance(value, str):
                row[first if key == "factor" and first else key] = value
            else:
                row[key] = with_span(record, key) if f"{key}.low" in record else measured(value)
        rows.append(row)
    return rows
