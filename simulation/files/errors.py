"""The one error for wrong input of the user, in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from simulation.files.escaping import visible
from simulation.files.names import nearest
from simulation.text import say
from simulation.text.told import Told, in_language, listed, quoted, told

__all__ = ["LONGEST_MESSAGE", "InputError", "Told", "in_language", "in_words", "listed", "nearest", "quoted", "told"]

#: Longest message, in characters.
LONGEST_MESSAGE = 4000
_ENTRY = re.compile(r"(?P<list>[^\[\]]+)\[(?P<number>\d+)\](?:\.(?P<rest>.+)|(?P<more>[,:，：].*))?")


class InputError(ValueError):
    """Something the user gave cannot be used; the command line turns it into exit code 2.

    Parameters
    ----------
    problem : str
        The mistake, in one sentence without a final full stop. Made by `told`, it is said in the reader's language; so
        are ``key`` and ``allowed``.
    file : str or Path, optional
        The file that holds the wrong value.
    key : str, optional
        Dotted key (``plan.kind``), or column and line of a table.
    given : object, optional
        The value that was found.
    allowed : str, optional
        The accepted values, in words.
    suggestion : str or tuple of str, optional
        The nearest valid name; several, where each could be meant.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        key: str | None = None,
        given: object = None,
        allowed: str | None = None,
        suggestion: str | tuple[str, ...] | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.key = key
        self.given = given
        self.allowed = allowed
        self.suggestion = suggestion
        super().__init__(self.message)

    @property
    def message(self) -> Told:
        """The error in one line: file, key, problem, the given value, the allowed values, the nearest valid name."""
        return Told(en=self.in_language("en"), zh=self.in_language("zh"))

    def in_language(self, lang: str) -> str:
        """Return the message in ``lang``: 'en' or 'zh'."""

        def part(name: str, /, **values: object) -> str:
            return say(f"error.part.{name}", lang, **values)

        key = self.key and _place(_cut(in_language(self.key, lang), 300), lang)
        parts = [*(place for place in (self.file, key) if place), in_language(self.problem, lang)]
        text = part("colon").join(parts)
        if self.given is not None:
            text += part("given", given=in_language(_shown(self.given), lang))
        if self.allowed:
            text += part("allowed", allowed=in_language(self.allowed, lang))
        if self.suggestion:
            meant = (self.suggestion,) if isinstance(self.suggestion, str) else self.suggestion
            text += part("suggestion", names=quoted(meant, "or"))
        return visible(_cut(text, LONGEST_MESSAGE))

    def replaced(self, **changes: Any) -> InputError:
        """Return the error with some of its fields changed, to say where in the user's file it comes from."""
        fields = ("problem", "file", "key", "given", "allowed", "suggestion")
        return InputError(**({name: getattr(self, name) for name in fields} | changes))

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error travel between processes with its fields."""
        return (_rebuild, (self.problem, self.file, self.key, self.given, self.allowed, self.suggestion))


def _rebuild(
    problem: str,
    file: str | None,
    key: str | None,
    given: object,
    allowed: str | None,
    suggestion: str | tuple[str, ...] | None,
) -> InputError:
    return InputError(problem, file=file, key=key, given=given, allowed=allowed, suggestion=suggestion)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _shown(given: object) -> str:
    try:
        return _cut(repr(given), 80)
    except (ValueError, RecursionError):
        # Python refuses to write out a whole number of thousands of digits.
        return told("error.too_long_to_show", kind=type(given).__name__)


def in_words(key: str) -> Told:
    """Return a key for readers, in all languages: an entry of a list counted from 1, in words."""
    return Told(en=_place(in_language(key, "en"), "en"), zh=_place(in_language(key, "zh"), "zh"))


def _place(key: str, lang: str) -> str:
    """Return a key for readers: ``signals[2].week``, an entry of a list counted from 1, in words."""
    found = _ENTRY.fullmatch(key)
    if found is None:
        return key
    place = say("error.part.entry", lang, list=found["list"], number=found["number"])
    if found["rest"]:
        return say("error.part.colon", lang).join([place, _place(found["rest"], lang)])
    return place + (found["more"] or "")
