"""The command `wushi compare`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.command.options import kept, paired, paired_arguments, said, with_options
from simulation.command.printing import print_records, save_found
from simulation.drawing.numbers import UNDEFINED, decimals, interval, measured, percent, significant
from simulation.text import say

ORDER = 70


@kept()
@with_options(paired)
def compare(
    scenarios: Annotated[list[str], typer.Argument(help=said("option.scenarios"))],
    precision: Annotated[float | None, typer.Option(help=said("option.precision"))] = None,
    options: Any = None,
) -> None:
    """Compare scenarios on common random numbers: difference, interval, effect size."""
    from simulation.experiments import compare as run

    arguments, out, tongue = paired_arguments(options)
    found = run(scenarios, precision=precision, **arguments)
    for name, rows in found.table.groupby("metric", sort=False):
        how = {"level": percent(found.level), "method": "/".join(rows["method"].unique())}
        between = say("experiments.interval", tongue, **how)
        title = say("experiments.compare_title", tongue, metric=name, baseline=found.baseline, n=int(rows["n"].min()))
        print_records([_shown(row, between, tongue) for row in rows.to_dict("records")], title)
    save_found(found, out, tongue)


def _shown(row: dict[str, Any], between: str, lang: str) -> dict[str, str]:
    needed = f"{row['replicates']} (±{significant(row['precision'], 1)})" if row["replicates"] else UNDEFINED
    return {
        say("experiments.arm", lang): row["arm"],
        say("experiments.difference_short", lang): measured(row["mean"]),
        between: interval(row["low"], row["high"], measured),
        say("experiments.effect", lang): decimals(row["d"], 2),
        say("experiments.share_pairs", lang): percent(row["share"]),
        say("experiments.needed", lang): needed,
    }
