"""The command `wushi schema`."""

from __future__ import annotations

import json

import typer

ORDER = 50


def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from simulation.scenario import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
