"""The one error for wrong input of the user."""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: Longest message, in characters.
LONGEST_MESSAGE = 4000
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class InputError(ValueError):
    """Something the user gave cannot be used; the command line turns it into exit code 2.

    Parameters
    ----------
    problem : str
        The mistake, in one sentence without a final full stop.
    file : str or Path, optional
        The file that holds the wrong value.
    key : str, optional
        Dotted key (``plan.kind``), or column and line of a table.
    given : object, optional
        The value that was found.
    allowed : str, optional
        The accepted values, in words.
    suggestion : str, optional
        The nearest valid name.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        key: str | None = None,
        given: object = None,
        allowed: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.key = key
        self.given = given
        self.allowed = allowed
        self.suggestion = suggestion
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The error in one line: file, key, problem, the given value, the allowed values, the nearest valid name."""
        key = self.key and _cut(self.key, 300)
        where = ": ".join(part for part in (self.file, key) if part)
        text = f"{where}: {self.problem}" if where else self.problem
        if self.given is not None:
            text += f" (given: {_shown(self.given)})"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.suggestion:
            text += f"; did you mean '{self.suggestion}'?"
        return _one_line(_cut(text, LONGEST_MESSAGE))

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
    suggestion: str | None,
) -> InputError:
    return InputError(problem, file=file, key=key, given=given, allowed=allowed, suggestion=suggestion)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _shown(given: object) -> str:
    try:
        return _cut(repr(given), 80)
    except (ValueError, RecursionError):
        # Python refuses to write out a whole number of thousands of digits.
        return f"a value of type {type(given).__name__} that is too long to show"


def _one_line(text: str) -> str:
    """Escape characters that would break the line or control the terminal, and surrogates, which have no encoding."""
    if text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in _UNSEEN else sign for sign in text
    )


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name closest to ``name``, or None when nothing is near among the first few thousand."""
    match = difflib.get_close_matches(str(name)[:200], itertools.islice(valid, 5000), n=1, cutoff=0.5)
    return match[0] if match else None
