"""The command `wushi ablate`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.command.failures import end_with_runs
from simulation.command.options import kept, paired, paired_arguments, said, tell_cost, with_options
from simulation.command.printing import print_lines, print_records, save_found, with_span
from simulation.command.telling import tell
from simulation.drawing.numbers import interval, measured, percent, plain
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
    from simulation.experiments.ablation import OFF

    arguments, out, tongue = paired_arguments(options)
    points = 2 ** len(OFF)
    tell_cost(points * arguments["replicates"], points, arguments["worlds"], arguments["world_replicates"], tongue)
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
        if found.worlds is not None:
            number = len(found.worlds.worlds)
            print_records(
                [_in_worlds(row, tongue) for row in rows.to_dict("records")],
                say("worlds.ablate_title", tongue, metric=label, n=number),
            )
        numbers = {key: measured(total[key]) for key in ("sum", "all", "none")}
        tell(say("experiments.sum", tongue, **numbers))
    words = {"level": plain(100 * found.level)}
    columns = [say(f"experiments.ablation.{key}", tongue, **words) for key in _COLUMNS]
    if found.worlds is not None:
        columns += [say(f"worlds.column.{key}", tongue) for key in ("contribution", "spread")]
    print_lines(say("experiments.columns", tongue), columns)
    print_lines(say("experiments.result", tongue), found.sentences(tongue), bold=True)
    save_found(found, out, tongue)
    names = list(found.table["mechanism"].unique())
    end_with_runs(found.runs, names, options, tongue)
    if found.worlds is not None:
        end_with_runs(found.worlds.runs, [*names, "world"], options, tongue)


def _in_worlds(row: dict[str, Any], lang: str) -> dict[str, str]:
    return {
        say("experiments.stage", lang): say(f"experiments.stage.{row['mechanism']}", lang),
        say("worlds.share", lang): percent(row["share_of_worlds"]),
        say("worlds.spread", lang): interval(row["shapley.q05"], row["shapley.q95"], measured),
    }
