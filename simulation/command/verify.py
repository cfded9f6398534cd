"""The command `wushi verify`: it checks that the model that runs is the model that is described."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.command.options import LANG, JsonOption, LangOption, chosen_language
from simulation.drawing.numbers import plain
from simulation.files.errors import InputError, listed, nearest, told
from simulation.text import say

if TYPE_CHECKING:
    from simulation.verification import Row

ORDER = 140


def verify(
    only: Annotated[list[str] | None, typer.Option("--only", metavar="FILE", help=say("cli.verify.only", LANG))] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the running model against closed forms, conservation and invariances."""
    tongue = chosen_language(lang)
    rows = _checked(only or [], tongue)
    if as_json:
        typer.echo(json.dumps([_record(row) for row in rows], indent=1, ensure_ascii=False))
    else:
        _print(rows, tongue)
    if not all(row.passed for row in rows):
        raise typer.Exit(1)


def _checked(only: list[str], tongue: str) -> list[Row]:
    from simulation.drawing.progress import each
    from simulation.verification import checks

    by_file: dict[str, list[Any]] = {}
    for check in checks():
        by_file.setdefault(check.__module__.rpartition(".")[2], []).append(check)
    for name in only:
        if name not in by_file:
            raise InputError(
                told("error.verify.none"),
                key="--only",
                given=name,
                allowed=listed(by_file),
                suggestion=nearest(name, by_file),
            )
    chosen = [check for name, group in by_file.items() if not only or name in only for check in group]
    return [row for check in each(chosen, say("verify.progress", tongue)) for row in check()]


def _record(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "claim": row.claim("en"),
        "expected": row.expected,
        "got": row.got if row.got == row.got else None,
        "tolerance": row.tolerance,
        "pass": row.passed,
    }


def _print(rows: list[Row], tongue: str) -> None:
    from rich.table import Table

    from simulation.drawing.terminal import screen

    table = Table(box=None, pad_edge=False)
    table.add_column(say("verify.column.claim", tongue), overflow="fold")
    for name in ("expected", "got", "tolerance"):
        table.add_column(say(f"verify.column.{name}", tongue), justify="right", no_wrap=True)
    table.add_column(say("verify.column.pass", tongue), no_wrap=True)
    for row in rows:
        verdict = say("verify.yes" if row.passed else "verify.no", tongue)
        numbers = (plain(value) for value in (row.expected, row.got, row.tolerance))
        table.add_row(row.claim(tongue), *numbers, verdict, style="" if row.passed else "bold red")
    console = screen()
    console.print(table)
    failed = sum(not row.passed for row in rows)
    words = {"count": len(rows), "failed": failed}
    console.print(say("verify.failed" if failed else "verify.all", tongue, **words))
