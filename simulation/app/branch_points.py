"""Branch points of a run (分支点): the weeks in which something changes, and what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulation.app.track import Track
from simulation.app.words import values_text
from simulation.scenario.calendar import told_week
from simulation.scenario.changes import Change
from simulation.text import say


@dataclass(frozen=True)
class BranchPoint:
    """A week in which at least one change begins or ends.

    Attributes
    ----------
    week : int
        First week in which it is so.
    titles : tuple of str
        One per change.
    """

    week: int
    titles: tuple[str, ...]


def branch_points(track: Track, lang: str) -> tuple[BranchPoint, ...]:
    """Return the branch points of a run before its end, in order.

    A change with a condition is among them once its condition has held.
    """
    schedule, found = track.model.schedule, dict[int, list[str]]()
    for spell in schedule.spells:
        title = title_of(track, schedule.changes[spell.change], lang)
        for key, week in (("app.points.begins", spell.first), ("app.points.ends", spell.end)):
            if week < track.weeks:
                when = told_week(track.model.spec, week, lang)
                found.setdefault(week, []).append(say(key, lang, when=when, title=title))
    return tuple(BranchPoint(week, tuple(found[week])) for week in sorted(found))


def title_of(track: Track, change: Change, lang: str) -> str:
    """Return the title of a change: its own, else the values that it sets."""
    title = change.title.label(lang) or values_text(change.set, lang)
    if change.everywhere:
        return title
    places = ", ".join(_labels(track, (*change.cities, *change.units), lang))
    return say("app.points.places", lang, title=title, places=places)


def _labels(track: Track, names: Iterable[str], lang: str) -> list[str]:
    return [track.model.hierarchy.label(name, lang) for name in names]
