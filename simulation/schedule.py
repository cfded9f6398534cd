"""Changes as a run goes on: which have begun, which hold now, and which wait for their condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.files.errors import InputError, told
from simulation.scenario.changes import Change
from simulation.scenario.conditions import Condition

#: Later than any week.
FOR_GOOD = 2**62


@dataclass(frozen=True)
class Spell:
    """One time during which a change holds.

    Parameters
    ----------
    change : int
        The change's place in the scenario's list, from 0.
    first : int
        First week in which it holds.
    end : int
        First week in which it no longer holds; `FOR_GOOD` where it stays.
    """

    change: int
    first: int
    end: int

    def holds(self, week: int) -> bool:
        """Tell whether the change holds in a week."""
        return self.first <= week < self.end


class Schedule:
    """The changes of one run.

    Parameters
    ----------
    changes : sequence of Change
        As the scenario lists them.

    Attributes
    ----------
    spells : list of Spell
        Every time that a change holds, in the order in which they begin, those of the same week in the order of the
        list; spells of changes by week are there from the start, those with a condition from the week in which it held.
    """

    def __init__(self, changes: Sequence[Change] = ()) -> None:
        self.changes: tuple[Change, ...] = ()
        self.spells: list[Spell] = []
        self._conditions: dict[int, Condition] = {}
        for change in changes:
            self.add(change)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def add(self, change: Change) -> None:
        """Add one change at the end of the list."""
        number = len(self.changes)
        self.changes = (*self.changes, change)
        if change.when is not None:
            self._conditions[number] = Condition.parse(change.when)
        elif change.week is not None:
            self._begin(number, change.week)

    def _begin(self, number: int, week: int) -> None:
        length = self.changes[number].length
        self.spells.append(Spell(number, week, FOR_GOOD if length is None else week + length))
        self.spells.sort(key=lambda spell: (spell.first, spell.change))

    def turns(self, week: int) -> bool:
        """Tell whether a change begins or ends as a week opens."""
        return any(week in (spell.first, spell.end) for spell in self.spells)

    def next_turn(self, week: int) -> int:
        """Return the first week after ``week`` in which a change is known to begin or end; `FOR_GOOD` without one."""
        known = (turn for spell in self.spells for turn in (spell.first, spell.end) if turn > week)
        return min(known, default=FOR_GOOD)

    def holding(self, week: int) -> tuple[Change, ...]:
        """Return the changes that hold in a week, in the order in which they began: the last word is the latest's."""
        return tuple(self.changes[spell.change] for spell in self.spells if spell.holds(week))

    @property
    def asks(self) -> bool:
        """True while a condition may still let a change begin."""
        return bool(self._conditions) and any(True for _ in self.waiting(FOR_GOOD - 1))

    def waiting(self, week: int) -> list[int]:
        """Return the numbers of the changes that begin in the week after ``week`` if their condition holds then."""
        found = []
        for number in self._conditions:
            spells = [spell for spell in self.spells if spell.change == number]
            if not spells or (self.changes[number].repeat and spells[-1].end <= week + 1):
                found.append(number)
        return found

    def ask(self, week: int, values: Callable[[Change, Condition], Mapping[str, float]]) -> None:
        """At the end of a review week let each change begin next week whose condition holds.

        Parameters
        ----------
        week : int
            The week of the review.
        values : callable
            Returns, for a change and its condition, the metrics at the end of the week.
        """
        for number in self.waiting(week):
            change, condition = self.changes[number], self._conditions[number]
            if condition.holds(values(change, condition)):
                self._begin(number, week + 1)

    def never_began(self, weeks: int) -> list[Change]:
        """Return the changes that have not begun before week ``weeks``: the condition never held, or the end came."""
        begun = {spell.change for spell in self.spells if spell.first < weeks}
        return [change for number, change in enumerate(self.changes) if number not in begun]

    def to_data(self) -> list[list[int]]:
        """Return, as plain numbers, the spells of changes with a condition: all else follows from the scenario."""
        return [[spell.change, spell.first, spell.end] for spell in self.spells if spell.change in self._conditions]

    def restore(self, data: Any, week: int) -> None:
        """Take over the spells that `to_data` returned at the end of ``week`` weeks.

        Raises
        ------
        InputError
            When they cannot be those of this scenario's changes.
        """
        for entry in data:
            if not self._possible(entry, week):
                raise InputError(told("error.changes.saved"), key="changes", given=entry)
            self.spells.append(Spell(*entry))
        self.spells.sort(key=lambda spell: (spell.first, spell.change))

    def _possible(self, entry: Any, week: int) -> bool:
        """Tell whether an entry is a spell of a change with a condition, after those that are there already."""
        whole = isinstance(entry, list | tuple) and len(entry) == 3 and all(type(n) is int for n in entry)
        if not whole or entry[0] not in self._conditions or not 1 < entry[1] <= week:
            return False
        change, (number, first, end) = self.changes[entry[0]], entry
        before = [spell for spell in self.spells if spell.change == number]
        if end != (FOR_GOOD if change.length is None else first + change.length):
            return False
        return not before or (change.repeat and before[-1].end <= first)
