"""The command `wushi compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.failures import end_with_runs
from simulation.command.options import (
    PrecisionOption,
    kept,
    paired,
    paired_arguments,
    said,
    tell_cost,
    with_options,
)
from simulation.command.printing import print_lines, print_records, save_found
from simulation.drawing.lettering import capital
from simulation.drawing.numbers import UNDEFINED, count, decimals, interval, measured, percent, plain, significant
from simulation.files.errors import InputError, told
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments import Comparison

ORDER = 70
_COLUMNS = ("difference", "interval", "effect", "share_pairs", "above", "needed")
_OVER_WORLDS = ("share_of_worlds", "spread")


@kept()
@with_options(paired)
def compare(
    context: typer.Context,
    scenarios: Annotated[list[str], typer.Argument(help=said("option.scenarios"))],
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=said("option.changed"))
    ] = None,
    seeds: Annotated[str | None, typer.Option("--seeds", metavar="SEEDS", help=said("option.seeds"))] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="WIDTH", help=said("option.until"))] = None,
    most: Annotated[int, typer.Option("--most", help=said("option.most"), min=2)] = 400,
    precision: PrecisionOption = None,
    options: Any = None,
) -> None:
    """Compare scenarios on common random numbers: difference, interval, effect size."""
    from simulation.experiments import compare as run
    from simulation.experiments.arms import combined, parse_half_width, parse_seeds
    from simulation.scenario import parse_assignments

    arguments, out, tongue = paired_arguments(options)
    changes = combined([pair for one in assignments or [] for pair in parse_assignments([one]).items()])
    width = None if until is None else parse_half_width(until)
    if seeds is not None:
        source = context.get_parameter_source("replicates")
        if source is not None and source.name == "COMMANDLINE":
            raise InputError(told("error.compare.number_twice"), key="--seeds", given=seeds)
        arguments["seeds"], arguments["replicates"] = parse_seeds(seeds, 0 if width is None else most)
    arms = len(scenarios) * (1 + len(changes))
    tell_cost(arms * arguments["replicates"], arms, arguments["worlds"], arguments["world_replicates"], tongue)
    found = run(
        scenarios,
        changes=changes,
        until=width,
        most=most,
        precision=precision,
        **arguments,
    )
    for name in found.table["metric"].unique():
        _print(found, name, tongue)
    wished = precision if precision is not None else found.until
    print_lines(say("experiments.titles", tongue), _titles(found, tongue))
    print_lines(say("experiments.columns", tongue), _columns(found, wished, tongue))
    print_lines(say("experiments.result", tongue), [*found.sentences(tongue), *_stopped(found, tongue)], bold=True)
    save_found(found, out, tongue)
    end_with_runs(found.runs, ["arm"], options, tongue)
    if found.worlds is not None:
        end_with_runs(found.worlds.runs, ["arm", "world"], options, tongue)


def _print(found: Comparison, metric: str, lang: str) -> None:
    """Print two tables on one metric: the mean of each scenario, and the differences from the first."""
    from simulation.experiments import labels

    label = capital(labels.metric(metric, lang))
    arms = found.arms[found.arms["metric"] == metric].to_dict("records")
    rows = found.table[found.table["metric"] == metric]
    between = say("experiments.interval", lang, level=_level(found))
    print_records(
        [
            {
                say("experiments.arm", lang): row["arm"],
                say("experiments.mean", lang): measured(row["mean"]),
                between: interval(row["low"], row["high"], measured),
                say("experiments.seeds", lang): str(row["n"]),
            }
            for row in arms
        ],
        say("experiments.means_title", lang, metric=label),
    )
    print_records(
        [_shown(row, between, lang) for row in rows.to_dict("records")],
        say("experiments.compare_title", lang, metric=label, baseline=found.baseline, n=int(rows["n"].min())),
    )
    if found.worlds is not None:
        number = len(found.worlds.worlds)
        print_records(
            [_in_worlds(row, lang) for row in rows.to_dict("records")],
            say("worlds.compare_title", lang, metric=label, baseline=found.baseline, n=number),
        )


def _shown(row: dict[str, Any], between: str, lang: str) -> dict[str, str]:
    return {
        say("experiments.arm", lang): row["arm"],
        say("experiments.difference_short", lang): measured(row["mean"]),
        between: interval(row["low"], row["high"], measured),
        say("experiments.effect", lang): decimals(row["d"], 2),
        say("experiments.share_pairs", lang): percent(row["share"]),
        say("experiments.above", lang): _above(row),
        say("experiments.needed", lang): count(row["replicates"]) if row["replicates"] else UNDEFINED,
    }


def _above(row: dict[str, Any]) -> str:
    ends = [decimals(100 * row[f"share_above_{end}"], 0) for end in ("low", "high")]
    return f"{percent(row['share_above'])} [{ends[0]}–{ends[1]}]"


def _in_worlds(row: dict[str, Any], lang: str) -> dict[str, str]:
    return {
        say("experiments.arm", lang): row["arm"],
        say("worlds.share", lang): percent(row["share_of_worlds"]),
        say("worlds.spread", lang): interval(row["q05"], row["q95"], measured),
    }


def _level(found: Comparison) -> str:
    return plain(100 * found.level)


def _titles(found: Comparison, lang: str) -> list[str]:
    """Return what each scenario is called, where its name does not say so itself."""
    shown = [(name, found.label(name, lang)) for name in found.arms["arm"].unique()]
    return [say("experiments.change", lang, name=name, value=title) for name, title in shown if title != name]


def _columns(found: Comparison, wished: float | None, lang: str) -> list[str]:
    """Return what each column of the table of differences means."""
    methods = [say(f"experiments.method.{name}", lang) for name in found.table["method"].unique()]
    tenth = say("experiments.tenth", lang)
    width = tenth if wished is None else f"± {plain(wished)}"
    words = {"level": _level(found), "method": " / ".join(methods), "width": width}
    own = [say(f"experiments.column.{key}", lang, **words) for key in _COLUMNS]
    return own if found.worlds is None else [*own, *(say(f"worlds.column.{key}", lang) for key in _OVER_WORLDS)]


def _stopped(found: Comparison, lang: str) -> list[str]:
    """Return whether replicates were added until the intervals were narrow."""
    if found.until is None:
        return []
    words = {"width": plain(found.until), "widest": significant(found.widest, 2), "n": int(found.arms["n"].max())}
    if found.widest == float("inf"):
        return [say("experiments.until.undefined", lang, **words)]
    return [say(f"experiments.until.{'reached' if found.reached else 'missed'}", lang, **words)]
