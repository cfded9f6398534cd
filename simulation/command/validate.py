"""The command `wushi validate`."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.command.options import LANG, LangOption, SharedOption, chosen_language
from simulation.command.telling import tell
from simulation.text import say

ORDER = 40


def validate(
    file: Annotated[str, typer.Argument(metavar="FILE", help=say("cli.arg.file", LANG))],
    lang: LangOption = None,
    shared: SharedOption = False,
) -> None:
    """Check a scenario file, its structure and the files that it names, without running it."""
    from simulation.places.hierarchy import load_hierarchy, sample
    from simulation.scenario import load_scenario

    tongue = chosen_language(lang)
    spec = load_scenario(file, shared=shared)
    hierarchy = load_hierarchy(spec)
    sample(hierarchy, spec.structure.citizens, spec.structure.communities)
    text = say(
        "cli.valid",
        tongue,
        file=file,
        title=spec.title.label(tongue),
        units=len(hierarchy.units),
        cities=len(hierarchy.cities),
        communities=len(hierarchy.communities),
        domains=len(spec.domains),
    )
    tell(say("cli.valid.changes", tongue, text=text, n=len(spec.changes)) if spec.changes else text)
