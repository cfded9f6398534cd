"""The command `wushi init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import LANG, LangOption, chosen_language
from simulation.command.telling import tell
from simulation.text import say

ORDER = 60


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("cli.arg.dir", LANG))],
    lang: LangOption = None,
) -> None:
    """Make a starter folder."""
    from simulation.command.starter import make_starter

    tongue = chosen_language(lang)
    scenario = make_starter(folder, tongue)
    tell(say("cli.made", tongue, folder=folder, scenario=scenario))
