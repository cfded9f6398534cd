"""The changes of a run as a reader is told of them: when each held, for how long, where, and from which value to which.

Made from the scenario's list and the run's table of changes, so that a loaded run tells the same as a fresh one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulation.drawing.lettering import capital
from simulation.drawing.numbers import UNDEFINED
from simulation.figures.names import Names
from simulation.scenario.calendar import told_week
from simulation.scenario.conditions import Condition
from simulation.scenario.variation import written
from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult
    from simulation.scenario import Scenario
    from simulation.scenario.changes import Change

_MOST_WEEKS = 4
"""Times of a repeated change that are named; of more it is said how many."""


@dataclass(frozen=True)
class Held:
    """One time during which a change held.

    Parameters
    ----------
    change : int
        The change's place in the scenario's list, from 0.
    first : int
        First week in which it held.
    end : int or None
        First week in which it no longer held; None where it held to the run's end.
    """

    change: int
    first: int
    end: int | None


@dataclass(frozen=True)
class ToldChange:
    """One change in words.

    Attributes
    ----------
    title : str
        Its title; empty where it has none.
    label : str
        Its title, else the values that it sets.
    held : tuple of Held
        Every time that it held; empty where it never began.
    when, length, where : str
        From when or why not, for how long, and in which places.
    settings : tuple of (str, str, str)
        Parameter, value before, and value while it held.
    """

    title: str
    label: str
    held: tuple[Held, ...]
    when: str
    length: str
    where: str
    settings: tuple[tuple[str, str, str], ...]

    def sentence(self, lang: str) -> str:
        """Return all of it in one line."""
        arrows = [
            say("change.from_to", lang, key=key, before=before, after=after) for key, before, after in self.settings
        ]
        words = {"when": self.when, "length": self.length, "where": self.where}
        words["settings"] = say("change.joint", lang).join(arrows)
        text = say("change.line" if self.held else "change.line_never", lang, **words)
        return say("change.titled", lang, title=self.title, text=text) if self.title else capital(text)


def held_times(result: RunResult) -> list[Held]:
    """Return every time that a change held in a run, in the order in which they began; nothing without changes."""
    if not result.has("changes"):
        return []
    rows = result.changes.dropna(subset=["week"]).drop_duplicates(["change", "week"])
    ends = [
        None if missing else int(last) + 1
        for last, missing in zip(rows["last_week"], rows["last_week"].isna(), strict=True)
    ]
    return [
        Held(int(number) - 1, int(first), end)
        for number, first, end in zip(rows["change"], rows["week"], ends, strict=True)
    ]


def told_changes(result: RunResult, lang: str) -> list[ToldChange]:
    """Return the changes of a run, as its scenario lists them; nothing without changes."""
    times, spec = held_times(result), result.spec
    names = Names(result, lang)
    found = []
    for number, change in enumerate(spec.changes):
        held = tuple(time for time in times if time.change == number)
        settings = tuple(
            (key, _value(_before(spec, times, number, key)), _value(value)) for key, value in change.set.items()
        )
        found.append(
            ToldChange(
                title=change.title.label(lang),
                label=label_of(change, lang),
                held=held,
                when=_when(result, change, held, lang),
                length=_length(change, lang),
                where=_where(change, names),
                settings=settings,
            )
        )
    return found


def label_of(change: Change, lang: str) -> str:
    """Return a change's title, else the values that it sets: "oversight = 0.2"."""
    title = change.title.label(lang)
    return title or say("change.joint", lang).join(
        f"{key.rpartition('.')[2]} = {_value(value)}" for key, value in change.set.items()
    )


def _when(result: RunResult, change: Change, held: Sequence[Held], lang: str) -> str:
    """Return when a change began, or why it never did."""
    spec = result.spec
    if not held:
        if change.when is None:
            return say("change.too_late", lang, week=told_week(spec, change.week or 0, lang))
        late = Condition.parse(change.when).holds({name: float(v) for name, v in result.weekly.iloc[-1].items()})
        return say("change.never_in_time" if late else "change.never", lang, condition=change.when)
    weeks = [told_week(spec, time.first, lang) for time in held[:_MOST_WEEKS]]
    text = say("change.joint", lang).join(weeks)
    if len(held) > _MOST_WEEKS:
        text = say("change.more_times", lang, weeks=text, n=len(held) - _MOST_WEEKS)
    return text if change.when is None else say("change.as", lang, weeks=text, condition=change.when)


def _length(change: Change, lang: str) -> str:
    return say("change.for_good", lang) if change.length is None else say("change.weeks", lang, n=change.length)


def _where(change: Change, names: Names) -> str:
    places = [names.place(name) for name in (*change.cities, *change.units)]
    return say("change.joint", names.lang).join(places) if places else say("change.everywhere", names.lang)


def _before(spec: Scenario, times: Sequence[Held], number: int, key: str) -> Any:
    """Return a parameter's value, there, in the week before a change first held: that of an earlier change, if any."""
    value = spec.values[key]
    began = next((time.first for time in times if time.change == number), None)
    if began is None:
        return value
    mine = spec.changes[number]
    for time in times:
        other = spec.changes[time.change]
        covers = other.everywhere or (other.cities, other.units) == (mine.cities, mine.units)
        if time.first < began <= (began if time.end is None else time.end) and covers and key in other.set:
            value = other.set[key]
    return value


def _value(value: Any) -> str:
    return UNDEFINED if value is None else written(value)
