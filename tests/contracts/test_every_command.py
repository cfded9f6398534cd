"""Contracts that every command keeps: it explains itself and knows its languages; found, not listed."""

from __future__ import annotations

from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from simulation import InputError
from simulation.command.main import app


def every(group: Any, words: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return all commands and groups by their words, those inside groups too: ``case fit``."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        found[" ".join((*words, name))] = command
        if hasattr(command, "commands"):
            found |= every(command, (*words, name))
    return found


COMMANDS: dict[str, Any] = every(typer.main.get_command(app))


def speaks(command: Any) -> bool:
    return any("--lang" in one.opts for one in command.params)


def least(command: Any) -> list[str]:
    """Return the words that a command cannot do without."""
    words: list[str] = []
    for one in command.params:
        if one.required and one.param_type_name == "option":
            words += [one.opts[0], "1" if one.metavar == "WEEK" else "made.csv"]
        elif one.required:
            words += ["classroom"] * (2 if one.nargs == -1 else 1)
    return words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_is_explained(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert [one.name for one in command.params if one.param_type_name == "option" and not one.help] == []
    shown = CliRunner().invoke(app, [*name.split(), "--help"])
    assert shown.exit_code == 0
    assert name in shown.output.replace("\n", " ")


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if speaks(command)])
def test_a_language_that_there_is_not_is_refused_by_every_command(name: str) -> None:
    error = CliRunner().invoke(app, [*name.split(), *least(COMMANDS[name]), "--lang", "fr"]).exception
    assert isinstance(error, InputError)
    assert error.key == "--lang"
