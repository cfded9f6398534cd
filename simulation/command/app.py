"""The command that opens the classroom page."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the program, its help in the language of the command line."""
    from simulation.command.options import LANG, chosen_language
    from simulation.text import say

    files_help, port_help, host_help, lang_help, browser_help = (
        say(f"app.help.{name}", LANG) for name in ("files", "port", "host", "lang", "no_browser")
    )

    @app.command("app", help=say("app.help.command", LANG))
    def open_app(
        files: list[Path] = typer.Argument(default_factory=list, metavar="[FILE]...", help=files_help),  # noqa: B008
        port: int = typer.Option(8521, help=port_help),
        host: str = typer.Option("127.0.0.1", help=host_help),
        lang: str | None = typer.Option(None, metavar="en|zh", help=lang_help),
        no_browser: bool = typer.Option(False, "--no-browser", help=browser_help),
    ) -> None:
        from simulation.files.errors import InputError

        if importlib.util.find_spec("nicegui") is None:
            raise InputError("the page needs NiceGUI", key="app", allowed="after pip install 'wushi[app]'")
        from simulation.app.server import serve

        serve(host, port, lang=chosen_language(lang), browser=not no_browser, files=files)
