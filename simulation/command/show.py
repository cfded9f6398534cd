"""The command `wushi show`."""

from __future__ import annotations

import difflib
import json
import os
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.options import (
    LANG,
    JsonOption,
    LangOption,
    ScenarioArgument,
    SetOption,
    SharedOption,
    chosen_language,
    resolved,
)
from simulation.command.telling import tell
from simulation.drawing.numbers import UNDEFINED, plain
from simulation.files.errors import InputError
from simulation.text import catalogue, say
from simulation.text.told import listed, told

if TYPE_CHECKING:
    from simulation.scenario import ParameterInfo

ORDER = 30
COLUMNS = ("key", "value", "range", "meaning", "source", "origin")
_VALUE = 14
"""Columns that a value gets at most; a longer one takes several lines."""
_WIDTH = 100
"""Columns of a page that is not a terminal's and for which COLUMNS says nothing."""
_NEAR = 5


def show(
    scenario: ScenarioArgument,
    filters: Annotated[list[str] | None, typer.Argument(metavar="[WORD]...", help=say("cli.arg.filter", LANG))] = None,
    assignments: SetOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
    shared: SharedOption = False,
) -> None:
    """Print every parameter of a scenario: value, unit, range, source, and where it was set."""
    from simulation.scenario import parameters
    from simulation.scenario.sources import source_in

    tongue = chosen_language(lang)
    spec = resolved(scenario, assignments, shared)
    values, origins = spec.values, spec.origins
    chosen = _matching([info for info in parameters() if info.key in values], filters or [])
    rows = [
        {
            "key": info.key,
            "value": values[info.key],
            "unit": _unit(info.unit, tongue),
            "range": _interval(info),
            "source": source_in(info.source, tongue),
            "origin": origins.get(info.key, "default"),
            "meaning": info.description[tongue],
        }
        for info in chosen
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    title = say("experiments.change", tongue, name=spec.name, value=spec.title.label(tongue))
    _print(rows, title, tongue, short=not filters)
    if spec.changes and any(info.key == "changes" for info in chosen):
        from simulation.scenario.changes_text import changes_text

        tell(f"\n# {say('cli.show.changes', tongue)}\n{changes_text(values['changes'])}")  # no width breaks its lines


def _print(rows: list[dict[str, Any]], title: str, lang: str, *, short: bool) -> None:
    """Print each parameter in two lines: key, value and range; then its meaning, its source, and where it was set."""
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from simulation.drawing.terminal import screen

    console = screen(None if os.environ.get("COLUMNS") else _WIDTH)
    rows = [row for row in rows if not (short and row["key"] in {"title", "question"})]
    values = [_short(row["value"]) for row in rows]
    widest = max(map(cell_len, values), default=0)
    widths = (max((len(row["key"]) for row in rows), default=0), min(widest, _VALUE))

    def put(cells: tuple[str, str, str], below: str, style: str) -> None:
        line = Table.grid(padding=(0, 2, 0, 0), expand=True)
        line.add_column(width=widths[0], overflow="fold", style=style)
        line.add_column(width=widths[1], overflow="fold")
        line.add_column(overflow="fold", ratio=1)
        line.add_row(*map(Text, cells))
        console.print(line)
        console.print(Padding(Text(below, style="dim"), (0, 0, 0, 4)))

    console.print(Text(title, style="bold"))
    heads = {name: say(f"cli.show.{name}", lang) for name in COLUMNS}
    put((heads["key"], heads["value"], heads["range"]), _joined(*(heads[name] for name in COLUMNS[3:])), "bold")
    for row, value in zip(rows, values, strict=True):
        limits = " ".join(part for part in (row["range"], row["unit"]) if part)
        origin = {"default": "", "given": say("cli.show.given", lang)}.get(row["origin"], row["origin"])
        put((row["key"], value, limits), _joined(row["meaning"], row["source"], origin), "bold")
    console.print(Text(say("cli.show.legend", lang), style="dim"))
    if short:
        console.print(Text(say("cli.show.filter", lang), style="dim"))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _matching(infos: list[ParameterInfo], words: list[str]) -> list[ParameterInfo]:
    """Return the parameters whose key, meaning in either language, table or words contain each of the given words."""
    texts = {info.key: _searched(info) for info in infos}
    wanted = [word.casefold() for word in words]
    chosen = [info for info in infos if all(word in texts[info.key] for word in wanted)]
    if chosen or not words:
        return chosen
    lost = next((word for word in words if not any(word.casefold() in text for text in texts.values())), None)
    near = _near(lost or words[0], infos)
    raise InputError(
        told("cli.show.nothing"),
        key="WORD",
        given=" ".join(words),
        allowed=told("cli.show.near", names=listed(near)) if near else told("cli.show.part"),
    )


def _near(word: str, infos: list[ParameterInfo]) -> list[str]:
    """Return the keys, parts of keys and words of meanings that come nearest to a word."""
    known: dict[str, None] = {}
    for info in infos:
        known |= dict.fromkeys((*info.key.split("."), info.key))
        known |= dict.fromkeys(re.findall(r"[a-z-]{4,}", info.description["en"].casefold()))
    found = difflib.get_close_matches(word.casefold()[:100], known, n=_NEAR, cutoff=0.6)
    signs = {sign for sign in word if sign > "\u2e80"}
    if not found and signs:
        meanings = [info.description["zh"] for info in infos]
        # A rare sign says more about a word than a frequent one.
        weight = {sign: 1 / (1 + sum(sign in meaning for meaning in meanings)) for sign in signs}
        likeness = {meaning: sum(weight[sign] for sign in signs & set(meaning)) for meaning in meanings}
        # One sign of three is chance.
        alike = [meaning for meaning in likeness if 2 * len(signs & set(meaning)) >= len(signs)]
        found = sorted(alike, key=lambda meaning: -likeness[meaning])[:_NEAR]
    return found


def _searched(info: ParameterInfo) -> str:
    table = catalogue().get(f"scenario.table.{info.key.rpartition('.')[0]}", {})
    return "\n".join((info.key, *info.description.values(), *table.values(), *info.choices)).casefold()


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
