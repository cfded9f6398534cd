"""The command `wushi animate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import (
    LANG,
    LangOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    chosen_language,
    resolved,
)
from simulation.command.telling import tell
from simulation.text import say

ORDER = 170


def animate(
    scenario: ScenarioArgument,
    seed: SeedOption = 0,
    assignments: SetOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("cli.animate.out", LANG))] = None,
    fps: Annotated[int, typer.Option("--fps", help=say("cli.animate.fps", LANG))] = 6,
    lang: LangOption = None,
) -> None:
    """Make a film of a scenario: the surface spreading, momentum flowing."""
    from simulation.drawing.progress import bar
    from simulation.figures.animation import animate as film
    from simulation.figures.animation import film_suffix
    from simulation.results import run
    from simulation.scenario.variation import folder_name

    tongue = chosen_language(lang)
    spec = resolved(scenario, assignments)
    name = folder_name(spec.name, spec.overrides, seed)
    file = out if out is not None else Path("out") / f"{name}{film_suffix()}"
    title = spec.title.label(tongue)
    with bar(say("cli.running", tongue, title=title)) as update:
        result = run(spec, seed, progress=update)
    with bar(say("cli.animate.title", tongue, title=title)) as update:
        film(result, file, tongue, frames_per_second=fps, progress=update)
    tell(say("cli.written", tongue, folder=file))
