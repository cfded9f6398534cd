"""Results as commands show them: tables on the terminal, pictures as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from simulation.drawing.numbers import interval, measured
from simulation.text import say


def save_found(found: Any, out: Path | None, lang: str) -> None:
    """Write the tables and one picture per metric of a comparison or an ablation, where a folder is named."""
    if out is not None:
        from simulation.drawing.fonts import announce

        announce(lang)
        found.save(out)
        for name in found.table["metric"].unique():
            found.plot(name, lang).save(out / f"{name}")
        typer.echo(say("experiments.written", lang, path=out))


def print_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], title: str, *, numbers: bool = False, fold: bool = False
) -> None:
    """Print a table with a title; ``numbers`` aligns all columns but the first right, ``fold`` breaks long words."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for place, name in enumerate(head):
        table.add_column(
            name, justify="right" if numbers and place else "left", overflow="fold" if fold else "ellipsis"
        )
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def print_records(records: list[dict[str, str]], title: str) -> None:
    """Print records with the same keys as a table of numbers."""
    print_table(list(records[0]), [list(record.values()) for record in records], title, numbers=True)


def print_plain(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns, without head and frame."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def with_span(row: dict[str, Any], key: str) -> str:
    """Return an estimate with its interval."""
    return f"{measured(row[key])} {interval(row[f'{key}.low'], row[f'{key}.high'], measured)}"
