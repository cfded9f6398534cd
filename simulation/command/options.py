"""What several commands share: the language of the command line, common options, how a scenario is given."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_type_hints

import typer

from simulation.files.errors import InputError
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


@contextlib.contextmanager
def kept(interrupted: str = "") -> Iterator[None]:
    """Turn a full disk and a lost cluster into exit 1, an interrupt into exit 130, without a traceback.

    Parameters
    ----------
    interrupted : str
        What to say after an interrupt: where the finished runs are kept.
    """
    from simulation.experiments.running.engines import EngineError
    from simulation.experiments.store.database import StoreError

    try:
        yield
    except (StoreError, EngineError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        if interrupted:
            typer.echo(interrupted, err=True)
        raise typer.Exit(130) from None


def with_options(shared: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of ``shared`` after its own; it gets their values as the mapping ``options``.

    Parameters
    ----------
    shared : callable
        Its parameters, annotated for typer, are the options; it is never called.
    """
    added = inspect.signature(shared).parameters

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = {name: one for name, one in inspect.signature(command).parameters.items() if name != "options"}

        @functools.wraps(command)
        def wrapped(**given: Any) -> None:
            options = {name: given.pop(name) for name in added}
            command(**given, options=options)

        hints = get_type_hints(command, include_extras=True) | get_type_hints(shared, include_extras=True)
        parameters = [one.replace(annotation=hints[name]) for name, one in {**own, **added}.items()]
        wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        wrapped.__annotations__ = {one.name: one.annotation for one in parameters}
        return wrapped

    return decorate
