"""The command `wushi schema`."""

from __future__ import annotations

import json

import typer

from simulation.command.options import LangOption, chosen_language

ORDER = 50


def schema(lang: LangOption = None) -> None:
    """Print the JSON Schema of scenario files."""
    from simulation.scenario import json_schema

    typer.echo(json.dumps(json_schema(chosen_language(lang)), indent=2, ensure_ascii=False))
