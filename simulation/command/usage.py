"""Errors in the words of a command line, said in the reader's language like all other errors."""

from __future__ import annotations

import functools
import re

from simulation.files.errors import InputError, nearest, told

_NAMED = re.compile(r"'([^']*)'")
#: What the parser calls a type, and what it takes.
_TYPES = {
    "integer": functools.partial(told, "error.noun.whole"),
    "float": functools.partial(told, "error.noun.number"),
    "number": functools.partial(told, "error.noun.number"),
    "boolean": functools.partial(told, "error.kind.flag"),
}

#: What the parser says of a number beyond an option's bounds, and the bound in words.
_BOUNDS = {"greater": ("error.number.from", "low"), "less": ("error.number.to", "high")}
_BOUND = re.compile(r"(greater|less) than or equal to (-?[\d.]+)")


def refusal(problem: object) -> InputError | None:
    """Return a usage error of the command line as the one error of wrong input; None for anything else.

    The parser's errors are known by the name of their class: it is a private part of typer.

    Parameters
    ----------
    problem : object
        What the parser raised.
    """
    kinds = [one.__name__ for one in type(problem).__mro__]
    kind = next((name for name in kinds if name in _REFUSALS), None)
    return None if kind is None or "NoArgsIsHelpError" in kinds else _REFUSALS[kind](problem)


def advice(problem: object) -> str | None:
    """Return the command that prints the help which the user needs, or None."""
    context = getattr(problem, "ctx", None)
    return f"{context.command_path} {context.help_option_names[0]}" if context is not None else None


def _no_option(problem: object) -> InputError:
    name = str(getattr(problem, "option_name", ""))
    command = getattr(getattr(problem, "ctx", None), "command", None)
    known = [opt for param in getattr(command, "params", ()) for opt in param.opts if opt.startswith("--")]
    return InputError(told("error.usage.option"), given=name, suggestion=nearest(name, known))


def _missing(problem: object) -> InputError:
    what = "argument" if getattr(getattr(problem, "param", None), "param_type_name", "") == "argument" else "option"
    return InputError(told(f"error.usage.missing.{what}"), key=_hint(problem))


def _bad(problem: object) -> InputError:
    message = str(getattr(problem, "message", ""))
    taken = next((taken for word, taken in _TYPES.items() if f"valid {word}" in message), None)
    if taken:
        return InputError(told("error.cannot_be_used"), key=_hint(problem), allowed=taken())
    bound = _BOUND.search(message)
    if bound:
        words, end = _BOUNDS[bound[1]]
        noun = told("error.noun.number" if "." in bound[2] else "error.noun.whole")
        allowed = told(words, noun=noun, **{end: bound[2]})
        return InputError(told("error.out_of_range"), key=_hint(problem), allowed=allowed)
    return InputError(told("error.usage.value", reason=message), key=_hint(problem))


def _no_value(problem: object) -> InputError:
    return InputError(told("error.usage.no_value"), key=str(getattr(problem, "option_name", "")) or None)


def _other(problem: object) -> InputError:
    message = str(getattr(problem, "message", problem))
    context = getattr(problem, "ctx", None)
    commands = getattr(getattr(context, "command", None), "commands", {})
    named = _NAMED.search(message)
    if commands and named:
        return InputError(told("error.usage.command"), given=named[1], suggestion=nearest(named[1], commands))
    extra = re.search(r"unexpected extra argument\S* \((.*)\)", message)
    if extra:
        return InputError(told("error.usage.extra"), given=extra[1])
    return InputError(told("error.usage.value", reason=message))


def _hint(problem: object) -> str | None:
    param = getattr(problem, "param", None)
    if param is None:
        return None
    long = [name for name in param.opts if name.startswith("--")]
    return str(long[0] if long else param.metavar or param.name)


_REFUSALS = {
    "NoSuchOption": _no_option,
    "MissingParameter": _missing,
    "BadParameter": _bad,
    "BadOptionUsage": _no_value,
    "UsageError": _other,
}
