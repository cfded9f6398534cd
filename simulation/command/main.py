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
from simulation.command.options import LANG
from simulation.files.errors import InputError
from simulation.text import catalogue, say

INTERRUPTED = 130

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

    A command is a module of this folder with a number ``ORDER`` and a function of the module's own name.
    """
    names = [entry.name for entry in pkgutil.iter_modules(simulation.command.__path__)]
    modules = {name: importlib.import_module(f"simulation.command.{name}") for name in names}
    found = {name: module for name, module in modules.items() if hasattr(module, "ORDER")}
    return dict(sorted(found.items(), key=lambda entry: (entry[1].ORDER, entry[0])))


def _register() -> None:
    for name, module in commands().items():
        # Without a label typer takes the function's docstring: an added command needs no translation to be listed.
        words = catalogue().get(f"cli.{name}.help", {})
        app.command(name, help=words.get(LANG))(getattr(module, name))


_register()


def main() -> None:
    """Run the command; 0 done, 2 wrong input, 1 anything else, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console without Chinese shows '?' instead of failing
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else 0)
    except InputError as problem:
        typer.echo(say("cli.error", LANG, message=problem.message), err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo(say("cli.interrupted", LANG), err=True)
        sys.exit(INTERRUPTED)
    except typer.Abort:
        sys.exit(INTERRUPTED)
    except Exception as problem:
        _exit_for(problem)


def _exit_for(problem: Exception) -> None:
    """Let usage errors of the command line speak for themselves (exit 2); anything else is a fault (exit 1)."""
    show = getattr(problem, "show", None)
    code = getattr(problem, "exit_code", None)
    if show is None or code is None:
        raise problem
    show()
    sys.exit(code)
