"""The command `wushi`: finds the commands, each a file of this folder, and says how a run of the program ends."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from types import ModuleType
from typing import Annotated

import typer

import simulation.command
from simulation._version import __version__
from simulation.command.ending import (
    DONE,
    FAULT,
    INTERRUPTED,
    check_surroundings,
    code_of,
    flush,
    prepare_streams,
    silence,
)
from simulation.command.options import LANG
from simulation.text import catalogue, say

app = typer.Typer(
    name="wushi",
    help=say("cli.help", LANG),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _front(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help=say("cli.version.help", LANG))] = False,
) -> None:
    if version:
        typer.echo(f"wushi {__version__}")
        raise typer.Exit


def commands() -> dict[str, ModuleType]:
    """Return the commands, name to module, in the order of ``wushi --help``.

    A command is a module of this folder with a number ``ORDER`` and a function of the module's own name, or a group of
    commands, ``GROUP``.
    """
    names = [entry.name for entry in pkgutil.iter_modules(simulation.command.__path__)]
    modules = {name: importlib.import_module(f"simulation.command.{name}") for name in names}
    found = {name: module for name, module in modules.items() if hasattr(module, "ORDER")}
    return dict(sorted(found.items(), key=lambda entry: (entry[1].ORDER, entry[0])))


def _register() -> None:
    for name, module in commands().items():
        # Without a label typer takes the function's docstring: an added command needs no translation to be listed.
        words = catalogue().get(f"cli.{name}.help", {})
        if hasattr(module, "GROUP"):
            app.add_typer(module.GROUP, name=name, help=words.get(LANG))
        else:
            app.command(name, help=words.get(LANG))(getattr(module, name))


_register()


def main() -> None:
    """Run the command; 0 done, 2 wrong input, 1 anything else, 130 interrupted."""
    prepare_streams()
    sys.exit(_run())


def _run() -> int:
    try:
        check_surroundings()
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        flush()
        return code if isinstance(code, int) else DONE
    except (Exception, KeyboardInterrupt) as problem:
        try:
            return code_of(problem)
        except OSError:  # not even the message could be printed
            return FAULT
    finally:
        silence()
