"""The command `wushi show`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import typer

from simulation.command.options import (
    JsonOption,
    LangOption,
    ScenarioArgument,
    SetOption,
    SharedOption,
    chosen_language,
    resolved,
)
from simulation.drawing.numbers import UNDEFINED, plain
from simulation.text import catalogue, say

if TYPE_CHECKING:
    from simulation.scenario import ParameterInfo

ORDER = 30
COLUMNS = ("key", "value", "unit", "range", "source", "origin", "meaning")


def show(
    scenario: ScenarioArgument,
    assignments: SetOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    shared: SharedOption = False,
) -> None:
    """Print every parameter of a scenario: value, unit, range, source, and where it was set."""
    from simulation.scenario import parameters

    tongue = chosen_language(lang)
    spec = resolved(scenario, assignments, shared)
    values, origins = spec.values, spec.origins
    rows = [
        {
            "key": info.key,
            "value": values[info.key],
            "unit": _unit(info.unit, tongue),
            "range": _interval(info),
            "source": info.source,
            "origin": origins.get(info.key, "default"),
            "meaning": info.description[tongue],
        }
        for info in parameters()
        if info.key in values
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 220, highlight=False)
    console.print(f"{spec.name}: {spec.title.label(tongue)}", style="bold")
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True)
    for column in COLUMNS:
        table.add_column(say(f"cli.show.{column}", tongue), no_wrap=column == "key", overflow="fold")
    for row in rows:
        if row["key"] not in {"title", "question"}:
            table.add_row(*(_short(row[column]) for column in COLUMNS))
    console.print(table)
    console.print(say("cli.show.legend", tongue))


def _interval(info: ParameterInfo) -> str:
    """Return the allowed values of a parameter, in signs that need no translation."""
    words = " | ".join(info.choices)
    if info.low is None and info.high is None:
        return words
    left = "(" if info.above or info.low is None else "["
    low, high = ("…" if bound is None else plain(bound) for bound in (info.low, info.high))
    numbers = f"{left}{low}, {high}]"
    return f"{numbers} | {words}" if words else numbers


def _unit(unit: str, lang: str) -> str:
    key = f"scenario.unit.{unit}"
    return say(key, lang) if key in catalogue() else unit


def _short(value: object) -> str:
    """Return a value as one short line; long tables only say how long they are."""
    if value is None:
        return UNDEFINED
    if isinstance(value, (list, tuple, dict)) and len(str(value)) > 40:
        return f"{{… {len(value)}}}"
    return str(value)
