"""The command `wushi sensitivity`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.command.failures import end_with
from simulation.command.options import MetricOption, OutOption, PlainLangOption, chosen_language, kept, said
from simulation.command.printing import print_lines, print_records, with_span
from simulation.command.telling import tell
from simulation.drawing.lettering import capital
from simulation.drawing.numbers import measured, percent
from simulation.text import say
from simulation.text.told import in_language

if TYPE_CHECKING:
    import pandas as pd

ORDER = 100
INDICES = {"sobol": ("S1", "ST"), "morris": ("mu", "mu_star", "sigma")}
"""The columns of the tables of indices."""


@kept()
def sensitivity(
    store: Annotated[Path, typer.Argument(help=said("option.analysed"))],
    metric: MetricOption = None,
    out: OutOption = None,
    lang: PlainLangOption = None,
) -> None:
    """Show Sobol or Morris indices with intervals, and pictures."""
    from simulation.drawing.fonts import announce
    from simulation.experiments import labels, read_store
    from simulation.experiments import sensitivity as analyse
    from simulation.experiments.failures import failures

    tongue = chosen_language(lang)
    experiment = read_store(store)
    announce(tongue)
    for name in metric or [experiment.check_metric(None)]:
        found = analyse(experiment, name)
        title = say(f"experiments.{found.method}_title", tongue, metric=capital(labels.metric(name, tongue)))
        print_records(index_rows(found.table, say("experiments.factor", tongue)), title)
        if found.pairs is not None:
            print_records(index_rows(found.pairs, None), say("experiments.second", tongue))
        record = found.noise.record()
        columns = [say(f"experiments.index.{key}", tongue) for key in INDICES[found.method]]
        print_lines(say("experiments.columns", tongue), columns)
        shares = {key: percent(record[f"{key}.share"]) for key in ("parameters", "seeds", "chance")}
        tell(say("experiments.noise", tongue, **shares))
        for warning in found.warnings:
            tell(say("experiments.warning", tongue, text=in_language(warning, tongue)), err=True)
        folder = (out or store.with_suffix("")) / name
        found.save(folder)
        for kind in ("indices", "tornado", "scatter"):
            found.plot(kind, tongue).save(folder / kind)
        tell(say("experiments.written", tongue, path=folder))
    end_with(failures(experiment.failed, experiment.design.names), experiment.counts["total"], tongue, "sweep")


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
