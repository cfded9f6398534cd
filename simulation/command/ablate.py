"""The command `wushi ablate`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.command.failures import end_with_runs
from simulation.command.options import kept, paired, paired_arguments, said, with_options
from simulation.command.printing import print_lines, print_records, save_found, with_span
from simulation.command.telling import tell
from simulation.drawing.numbers import measured, percent, plain
from simulation.text import say

ORDER = 80
_COLUMNS = ("shapley", "share", "removed", "alone", "interval")


@kept()
@with_options(paired)
def ablate(
    scenario: Annotated[str, typer.Argument(help=said("option.ablated"))],
    options: Any = None,
) -> None:
    """Switch the stages off in all 32 combinations, and show what each stage contributes."""
    from simulation.experiments import ablate as run
    from simulation.experiments import labels

    arguments, out, tongue = paired_arguments(options)
    found = run(scenario, **arguments)
    for total in found.total.to_dict("records"):
        rows = found.table[found.table["metric"] == total["metric"]]
        shown = [
            {
                say("experiments.stage", tongue): say(f"experiments.stage.{row['mechanism']}", tongue),
                say("experiments.shapley_short", tongue): with_span(row, "shapley", "\n"),
                say("experiments.share", tongue): percent(row["share"], 1),
                say("experiments.removed", tongue): with_span(row, "removed", "\n"),
                say("experiments.alone", tongue): with_span(row, "alone", "\n"),
            }
            for row in rows.to_dict("records")
        ]
        label = labels.metric(total["metric"], tongue)
        print_records(shown, say("experiments.shapley", tongue, metric=label))
        numbers = {key: measured(total[key]) for key in ("sum", "all", "none")}
        tell(say("experiments.sum", tongue, **numbers))
    words = {"level": plain(100 * found.level)}
    columns = [say(f"experiments.ablation.{key}", tongue, **words) for key in _COLUMNS]
    print_lines(say("experiments.columns", tongue), columns)
    save_found(found, out, tongue)
    end_with_runs(found.runs, list(found.table["mechanism"].unique()), options, tongue)
