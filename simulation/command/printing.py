"""Results as commands show them: tables on the terminal, pictures as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from simulation.command.telling import tell
from simulation.drawing.numbers import interval, measured
from simulation.text import say

_NAMED = 18
"""Columns that the names of a table of numbers get at least."""


def save_found(found: Any, out: Path | None, lang: str) -> None:
    """Write the tables and one picture per metric of a comparison or an ablation, where a folder is named."""
    if out is not None:
        from simulation.drawing.fonts import announce

        announce(lang)
        found.save(out)
        for name in found.table["metric"].unique():
            found.plot(name, lang).save(out / f"{name}")
        if found.worlds is not None:
            for number, (name, turning) in enumerate(found.worlds.turnings(), 1):
                turning.plot(lang).save(out / f"worlds-{number}-{name}")
        tell(say("experiments.written", lang, path=out))


def print_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], title: str, *, numbers: bool = False, fold: bool = False
) -> None:
    """Print a table with a title; ``numbers`` aligns all columns but the first right, ``fold`` breaks long words."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table

    from simulation.drawing.terminal import screen

    lines = box.SIMPLE if numbers else box.HEAVY_HEAD
    padding = (0, 1, 0, 0) if numbers else (0, 1)
    table = Table(title=title, title_justify="left", box=lines, padding=padding)
    rows = list(rows)
    longest = max((cell_len(row[0]) for row in (head, *rows)), default=0)
    for place, name in enumerate(head):
        figures = numbers and place > 0
        table.add_column(
            name,
            justify="right" if figures else "left",
            overflow="fold" if fold or numbers else "ellipsis",
            min_width=min(_NAMED, longest) if numbers and not place else None,
        )
    for row in rows:
        table.add_row(*row)
    screen().print(table)


def print_records(records: list[dict[str, str]], title: str) -> None:
    """Print records with the same keys as a table of numbers."""
    print_table(list(records[0]), [list(record.values()) for record in records], title, numbers=True)


def print_lines(title: str, lines: Sequence[str], *, bold: bool = False, width: int | None = None) -> None:
    """Print sentences under a title, each with a hanging dash; nothing without any. ``width`` is that of a pipe."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from simulation.drawing.terminal import screen

    if not lines:
        return
    console, table = screen(width), Table.grid(padding=(0, 1, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row("–", Text(line, style="bold" if bold else ""))
    console.print(Text(title, style="bold"))
    console.print(Padding(table, (0, 0, 1, 0)))


def print_plain(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns, without head and frame."""
    from rich.table import Table

    from simulation.drawing.terminal import screen

    rows = list(rows)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for _ in rows[0] if rows else ():
        table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    screen().print(table)


def with_span(row: dict[str, Any], key: str, between: str = " ") -> str:
    """Return an estimate with its interval; ``between`` them a space or, in a table of many columns, a line's end."""
    return f"{measured(row[key])}{between}{interval(row[f'{key}.low'], row[f'{key}.high'], measured)}"
