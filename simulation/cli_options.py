"""What several commands share: the language of the command line, common options, how a scenario is given."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from simulation.scenario.errors import InputError
from simulation.text import LANGUAGES, language, say


def _language_of(words: list[str]) -> str:
    """Return the language that the command line asks for, before anything is parsed, so that help speaks it too."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--lang" and following in LANGUAGES:
            return following
        if word.startswith("--lang=") and word[7:] in LANGUAGES:
            return word[7:]
    return language()


LANG = _language_of(sys.argv[1:])


def said(key: str) -> str:
    """Return the label ``cli.<key>`` in the language of the command line."""
    return say(f"cli.{key}", LANG)


ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help=say("cli.arg.scenario", LANG))]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=say("cli.opt.set", LANG))]
SharedOption = Annotated[bool, typer.Option("--shared", help=say("cli.opt.shared", LANG))]
LangOption = Annotated[str | None, typer.Option("--lang", metavar="en|zh", help=say("cli.opt.lang", LANG))]


def chosen_language(asked: str | None) -> str:
    """Return the language asked for; raises InputError for one that there is not."""
    if asked is not None and asked not in LANGUAGES:
        raise InputError("unknown language", key="--lang", given=asked, allowed=" or ".join(LANGUAGES))
    return language(asked)


def resolved(scenario: str, assignments: list[str] | None = None, shared: bool = False, **values: Any) -> Any:
    """Return the scenario with ``--set`` and other options applied; see ``load_scenario`` for ``shared``."""
    from simulation.scenario import load_scenario, parse_assignments

    changes = {**parse_assignments(assignments or []), **{k: v for k, v in values.items() if v is not None}}
    spec = load_scenario(scenario, shared=shared)
    return spec.with_values(changes) if changes else spec
