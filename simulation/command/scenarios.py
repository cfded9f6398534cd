"""The command `wushi scenarios`."""

from __future__ import annotations

import json

import typer

from simulation.command.options import JsonOption, LangOption, chosen_language
from simulation.command.printing import print_plain

ORDER = 20


def scenarios(lang: LangOption = None, as_json: JsonOption = False) -> None:
    """List the shipped scenarios with the question that each asks."""
    from simulation.scenario import load_scenario, shipped

    tongue = chosen_language(lang)
    specs = {name: load_scenario(name) for name in shipped()}
    if as_json:
        content = [
            {"name": name, "title": spec.title.label(tongue), "question": spec.question.label(tongue)}
            for name, spec in specs.items()
        ]
        typer.echo(json.dumps(content, ensure_ascii=False))
    else:
        print_plain([[name, spec.question.label(tongue)] for name, spec in specs.items()])
