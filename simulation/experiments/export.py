"""Tables to files: a store's runs, joined with their points, as CSV or Parquet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.scenario.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "parquet")


def save_table(table: pd.DataFrame, path: str | Path, kind: str | None = None) -> Path:
    """Write a table; nothing is left half written.

    Parameters
    ----------
    table : DataFrame
        What to write; its index is left out.
    path : str or Path
        Where.
    kind : {'csv', 'parquet'}, optional
        By default what the path's ending says.

    Raises
    ------
    InputError
        When the format is unknown, or Parquet is wanted without pyarrow.
    """
    path = Path(path)
    kind = kind or path.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise InputError("a table is written as CSV or Parquet", key="--format", given=kind, allowed=", ".join(FORMATS))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if kind == "csv":
            table.to_csv(partial, index=False)
        else:
            _write_parquet(table, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    try:
        table.to_parquet(path, index=False, engine="pyarrow")
    except ImportError:
        raise InputError(
            "Parquet needs pyarrow",
            key="--format",
            given="parquet",
            allowed="csv; or pip install 'wushi[parquet]'",
        ) from None
