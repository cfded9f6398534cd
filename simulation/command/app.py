"""The command `wushi app`, which opens the classroom page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.command.options import LANG, chosen_language, said
from simulation.files.extras import require_extra
from simulation.text import say
from simulation.text.told import told

ORDER = 130


def app(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help=say("app.help.files", LANG))] = None,
    port: Annotated[int, typer.Option(help=say("app.help.port", LANG))] = 8521,
    host: Annotated[str, typer.Option(help=say("app.help.host", LANG))] = "127.0.0.1",
    lang: Annotated[str | None, typer.Option(metavar="en|zh", help=said("option.lang"))] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help=say("app.help.no_browser", LANG))] = False,
) -> None:
    """Open the classroom page in the browser."""
    require_extra("app", told("error.purpose.page"), key="app")
    from simulation.app.server import serve

    serve(host, port, lang=chosen_language(lang), browser=not no_browser, files=files or [])
