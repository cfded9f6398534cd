"""The command `wushi compare`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.command.options import kept, paired, paired_arguments, said, with_options
from simulation.command.printing import number, print_records, save_found, span
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
        level, method = f"{found.level:.0%}", "/".join(rows["method"].unique())
        shown = [
            _shown(row, say("experiments.interval", tongue, level=level, method=method), tongue)
            for row in rows.to_dict("records")
        ]
        pairs = int(rows["n"].min())
        title = say("experiments.compare_title", tongue, metric=name, baseline=found.baseline, n=pairs)
        print_records(shown, title)
    save_found(found, out, tongue)


def _shown(row: dict[str, Any], interval: str, lang: str) -> dict[str, str]:
    return {
        say("experiments.arm", lang): row["arm"],
        say("experiments.difference_short", lang): number(row["mean"]),
        interval: span(row["low"], row["high"]),
        say("experiments.effect", lang): f"{row['d']:.2f}",
        say("experiments.share_pairs", lang): f"{row['share']:.0%}",
        say("experiments.needed", lang): f"{row['replicates']} (±{row['precision']:.1g})" if row["replicates"] else "–",
    }
