"""Every problem of a case's tables at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulation.files.errors import InputError
from simulation.text import say
from simulation.text.told import Told, in_language

SHOWN = 20
"""Problems that a message lists."""


class ProblemsError(InputError):
    """Several things that the user gave cannot be used.

    Parameters
    ----------
    problems : sequence of InputError
        At least one; each names file, place, value, what is allowed, and the nearest valid name.

    Attributes
    ----------
    problems : tuple of InputError
        All of them, in the order of files and rows.
    """

    def __init__(self, problems: Sequence[InputError]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(
            first.problem,
            file=first.file,
            key=first.key,
            given=first.given,
            allowed=first.allowed,
            suggestion=first.suggestion,
        )

    @property
    def message(self) -> Told:
        """The number of problems, then the first of them, one per line."""
        return Told(en=self.in_language("en"), zh=self.in_language("zh"))

    def in_language(self, lang: str) -> str:
        """Return the message in ``lang``: 'en' or 'zh'."""
        if len(self.problems) == 1:
            return self.problems[0].in_language(lang)
        lines = [say("error.problems", lang, number=len(self.problems))]
        lines += [f"  {one.in_language(lang)}" for one in self.problems[:SHOWN]]
        more = len(self.problems) - SHOWN
        if more > 0:
            lines.append("  " + say("error.problems.more", lang, number=more))
        return "\n".join(lines)

    def fields(self, lang: str) -> list[dict[str, Any]]:
        """Return the fields of each problem, in words: ``file, key, problem, given, allowed, suggestion``."""

        def words(part: object) -> str | None:
            return None if part is None else in_language(str(part) if not isinstance(part, str) else part, lang)

        return [
            {
                "file": one.file,
                "key": words(one.key),
                "problem": words(one.problem),
                "given": words(one.given),
                "allowed": words(one.allowed),
                "suggestion": one.suggestion,
            }
            for one in self.problems
        ]

    def __str__(self) -> str:
        return str(self.message)

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error travel between processes."""
        return (ProblemsError, (self.problems,))
