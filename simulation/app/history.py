"""The way back: what each action of a tab changed, several steps deep, to be undone and done again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulation.app.choice import Choice

#: Fields of a choice that actions change; time has its own way back, and so has the language.
FIELDS = ("scenario", "changes", "seed", "compare", "later", "futures")
#: Steps that can be undone.
MOST = 50


@dataclass(frozen=True)
class Step:
    """One action.

    Attributes
    ----------
    before, after : dict
        The fields of the choice that it changed, as they were and as they became. Another scenario begins in its first
        week: then ``week`` is among them.
    """

    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def kind(self) -> str:
        """The field of the choice that was changed, under which the catalogue names the step (``app.undo.…``)."""
        return next(
            name for name in ("scenario", "seed", "later", "changes", "compare", "futures") if name in self.after
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Dotted keys of the parameters whose values it changed."""
        first = (self.before.get("changes", {}), self.after.get("changes", {}))
        found = [key for key in {**first[0], **first[1]} if first[0].get(key) != first[1].get(key)]
        before, after = self.before.get("later", {}), self.after.get("later", {})
        for week in {**before, **after}:
            one, two = before.get(week, {}), after.get(week, {})
            found += [key for key in {**one, **two} if one.get(key) != two.get(key)]
        return tuple(dict.fromkeys(found))


class History:
    """The steps of one tab.

    Attributes
    ----------
    done, undone : list of Step
        Steps that can be undone, and that can be done again; the next one is last.
    """

    def __init__(self) -> None:
        self.done: list[Step] = []
        self.undone: list[Step] = []

    def note(self, before: Choice, after: Choice) -> bool:
        """Take note of an action by the choices before and after it, and return whether it changed anything."""
        names = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
        if not names:
            return False
        if "scenario" in names:
            names.append("week")
        step = Step({name: getattr(before, name) for name in names}, {name: getattr(after, name) for name in names})
        self.done = [*self.done, step][-MOST:]
        self.undone = []
        return True

    def went_back(self) -> None:
        """Take note that the last step was undone."""
        self.undone.append(self.done.pop())

    def went_on(self) -> None:
        """Take note that the step undone last was done again."""
        self.done.append(self.undone.pop())
