"""The one error that means: the user's input is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class InputError(ValueError):
    """Something the user gave cannot be used; the command line turns it into exit code 2.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence without a final full stop.
    file : str or Path, optional
        The file that holds the wrong value.
    key : str, optional
        Dotted key (``plan.kind``), or column and line of a table.
    given : object, optional
        The value that was found.
    allowed : str, optional
        What would be accepted, in words.
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
        """One line: file, key, problem, what was given, what is allowed, the nearest valid name."""
        where = ": ".join(part for part in (self.file, self.key) if part)
        text = f"{where}: {self.problem}" if where else self.problem
        if self.given is not None:
            shown = repr(self.given)
            text += f" (given: {shown if len(shown) <= 80 else shown[:77] + '...'})"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.suggestion:
            text += f"; did you mean '{self.suggestion}'?"
        return text

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


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name closest to ``name``, or None when nothing is near."""
    match = difflib.get_close_matches(str(name), list(valid), n=1, cutoff=0.5)
    return match[0] if match else None
