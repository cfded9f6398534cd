"""How the commands show numbers: tables on the terminal, figures as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG and SVG, equal figures as equal files."""
    from matplotlib import rc_context

    path.parent.mkdir(parents=True, exist_ok=True)
    with rc_context({"svg.hashsalt": "wushi"}):
        figure.savefig(path.with_suffix(".png"), dpi=150)
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})


def index_rows(table: pd.DataFrame, first: str | None) -> list[dict[str, str]]:
    """Return a table of indices as rows of texts, intervals beside their estimates."""
    rows = []
    for record in table.to_dict("records"):
        row = {}
        for key, value in record.items():
            if key.endswith((".low", ".high")):
                continue
            if isinstance(value, str):
                row[first if key == "factor" and first else key] = value
            else:
                row[key] = with_span(record, key) if f"{key}.low" in record else number(value)
        rows.append(row)
    return rows


def print_table(rows: list[dict[str, str]], title: str) -> None:
    """Print rows with the same keys as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for number, name in enumerate(rows[0]):
        table.add_column(name, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*row.values())
    Console().print(table)


def with_span(row: dict[str, Any], key: str) -> str:
    """Return an estimate with its interval."""
    return f"{number(row[key])} {span(row[f'{key}.low'], row[f'{key}.high'])}"


def number(value: float) -> str:
    """Return a number with four decimals, or four digits when large."""
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.4g}"


def share(value: float) -> str:
    """Return a share in per cent."""
    return "–" if value != value else f"{value:.0%}"


def span(low: float, high: float) -> str:
    """Return an interval."""
    return f"[{number(low)}, {number(high)}]"
