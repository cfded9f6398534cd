"""Futures that a tab keeps: up to a few, each with a number and perhaps a name, to be shown or compared again."""

from __future__ import annotations

import dataclasses
import unicodedata

from simulation.app.choice import Choice, Future
from simulation.files.errors import told
from simulation.scenario import InputError

#: Most futures that a tab keeps.
MOST = 6
#: Longest name of a future, in characters.
LONGEST = 24


def kept(choice: Choice) -> tuple[Future, ...]:
    """Return the futures of a choice with the present one among them, under the lowest free number.

    The seed is no part of a future: two of them are compared under one seed, so that they share their luck.

    Raises
    ------
    InputError
        When `MOST` are kept already.
    """
    taken = {future.number for future in choice.futures}
    number = next((number for number in range(1, MOST + 1) if number not in taken), 0)
    if not number:
        raise InputError(told("error.page.many_futures"), allowed=told("error.limit.number", most=MOST))
    made = Future(number, "", choice.scenario, choice.changes, choice.later)
    return tuple(sorted((*choice.futures, made), key=lambda future: future.number))


def without(futures: tuple[Future, ...], number: int) -> tuple[Future, ...]:
    """Return the futures without one."""
    return tuple(future for future in futures if future.number != number)


def renamed(futures: tuple[Future, ...], number: int, name: str) -> tuple[Future, ...]:
    """Return the futures with one under another name."""
    return tuple(
        dataclasses.replace(future, name=clean(name)) if future.number == number else future for future in futures
    )


def clean(name: str) -> str:
    """Return a name as it can be shown: one line without signs that steer a text, and not longer than `LONGEST`."""
    shown = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in name[: 20 * LONGEST])
    return " ".join(shown.split())[:LONGEST].rstrip()


def is_shown(choice: Choice, future: Future) -> bool:
    """Tell whether a future is the present one."""
    return (choice.scenario, choice.changes, choice.later) == (future.scenario, future.changes, future.later)
