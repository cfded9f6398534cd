"""The choice and the runs of one browser tab. Nothing here is shared between tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.app.choice import LARGEST_SEED, UNCHANGED, Choice
from simulation.app.library import Library
from simulation.app.onward import first_difference, holds_without, with_value, without
from simulation.app.track import Track
from simulation.files.errors import told
from simulation.model import MomentumModel
from simulation.scenario import InputError, Scenario

#: Weeks that are run at a time.
QUARTER = 13


@dataclass(frozen=True)
class Prepared:
    """Runs of a choice, at its week, before a tab shows them.

    Attributes
    ----------
    choice : Choice
        The choice.
    a, b : Track, Track or None
        The run, and the one beside it.
    target : int
        The week that was asked for; the run may end before it.
    """

    choice: Choice
    a: Track
    b: Track | None
    target: int


def unhurried() -> None:
    """Never end the work: the limit of one that may take as long as it takes."""


def name_of(model: MomentumModel, picked: str) -> str:
    """Return the name of what is picked, by which it is known again in another run; empty where there is none."""
    kind, _, index = picked.partition(":")
    hierarchy = model.hierarchy
    names: dict[str, Sequence[str]] = {
        "group": hierarchy.cities,
        "department": model.department_names,
        "unit": hierarchy.units,
        "town": model.executors,
        "community": [hierarchy.communities[row] for row in model.sample.communities] if kind == "community" else (),
    }
    found = names.get(kind, ())
    return found[int(index)] if int(index or 0) < len(found) else ""


class Session:
    """One tab: its choice, its run, and the second run beside it.

    A change from the first week holds for the whole run: the run starts again under the same seed and is played to the
    same week. A change from a later week leaves the past as it is. So the share link gives exactly what is shown.

    Parameters
    ----------
    library : Library
        The scenarios that may be chosen.
    choice : Choice
        Where to begin.

    Attributes
    ----------
    a, b : Track, Track or None
        The run, and the one beside it.
    city : int
        Index of the city that is drawn; at first one that received the instruction.
    picked : str
        ``unit:3``, ``community:7``, ``town:2``, ``department:1``, ``group:0`` (a leading group) or empty.
    narrow : bool
        True if pictures are drawn for a phone.
    """

    def __init__(self, library: Library, choice: Choice) -> None:
        self.library = library
        self.choice = choice
        self.picked = ""
        self.narrow = False
        self.playing = False
        self._target = choice.week
        self.a, self.b = self._build(choice)
        self.city = self.a.cities()[0]

    @property
    def lang(self) -> str:
        """The page's language."""
        return self.choice.lang

    @property
    def week(self) -> int:
        """Number of weeks that have been run."""
        return self.a.week

    @property
    def weeks(self) -> int:
        """Number of weeks in the scenario."""
        return self.a.weeks

    @property
    def ended(self) -> bool:
        """True once the last week has been run."""
        return self.week >= self.weeks

    @property
    def behind(self) -> bool:
        """True until the run has reached the week that was asked for."""
        return self.week < min(self._target, self.weeks)

    @property
    def original(self) -> Scenario:
        """The scenario without the changes made on the page."""
        return self.library.load(self.choice.scenario)

    def _build(self, choice: Choice) -> tuple[Track, Track | None]:
        if not 0 <= choice.seed <= LARGEST_SEED:
            raise InputError(
                told("error.not_a_seed"),
                key="seed",
                given=choice.seed,
                allowed=told("error.seed.range", most=LARGEST_SEED),
            )
        spec = self.library.load(choice.scenario, choice.changes, choice.later)
        second, case = self._second(choice, spec), self.library.case(choice.scenario)
        if second is None:
            return Track(spec, choice.seed, case), None
        return Track(spec, choice.seed, case), Track(second, choice.seed, self.library.case(_beside_of(choice)))

    def _second(self, choice: Choice, spec: Scenario) -> Scenario | None:
        """Return the scenario to compare with; with as many citizens and weeks, so that the pair differs in no more."""
        if not choice.compare:
            return None
        same = {"structure.citizens": spec.structure.citizens, "weeks": spec.weeks}
        future = choice.compared
        if future is not None:
            return self.library.load(future.scenario, {**future.changes, **same}, future.later)
        return self.library.load(choice.scenario if choice.compare == UNCHANGED else choice.compare, same)

    def apply(self, **changed: Any) -> None:
        """Change fields of the choice, start again and run to the same week.

        Raises
        ------
        InputError
            When the new choice cannot be run; everything is then as it was.
        """
        self.take(self.prepared(**changed))

    def prepared(self, check: Callable[[], None] = unhurried, **changed: Any) -> Prepared:
        """Return the runs after a change of the choice; the session itself stays as it is until `take`.

        Parameters
        ----------
        check : callable
            Called between weeks; may raise to end the work.
        changed
            Fields of the choice; the week is the present one where it is not among them.

        Raises
        ------
        InputError
            When the new choice cannot be run.
        """
        choice = Choice(**{**vars(self.choice), "week": self.week, **changed})
        target = max(self._target, self.week) if "week" not in changed else choice.week
        a, b = self._build(choice)
        _run((a, b), min(target, a.weeks), check)
        return Prepared(choice, a, b, target)

    def continued(self, **changed: Any) -> Prepared | None:
        """Return the present runs after a change that leaves their past as it is; None where one must be run again.

        No week is run: where later changes differ from this week on, the run goes on in a branch of itself.

        Raises
        ------
        InputError
            When the new choice cannot be run.
        """
        choice = Choice(**{**vars(self.choice), "week": self.week, **changed})
        old = self.choice
        stays = (choice.scenario, choice.changes, choice.seed) == (old.scenario, old.changes, old.seed)
        if not stays or "week" in changed:
            return None
        a, b = self.a, self.b
        if _beside(choice) != _beside(old):
            if choice.compare:
                return None
            b = None
        first = first_difference(choice.later, old.later)
        if first is not None and first < self.week:
            return None
        if first is not None:
            a = a.branch(self.library.load(choice.scenario, choice.changes, choice.later))
        return Prepared(choice, a, b, max(self._target, self.week))

    def take(self, made: Prepared) -> None:
        """Put prepared runs in the place of the present ones."""
        name = name_of(self.a.model, self.picked)
        self.a, self.b = made.a, made.b
        if name_of(self.a.model, self.picked) != name:
            self.picked = ""
        if made.choice.scenario != self.choice.scenario:
            self.city = self.a.cities()[0]
        self.choice = made.choice
        self._target = made.target

    def changes_with(self, key: str, value: Any) -> dict[str, Any]:
        """Return the changes with one more or another one; a value equal to the scenario's own is no change."""
        changes = {name: old for name, old in self.choice.changes.items() if name != key}
        if self.original.values[key] != value:
            changes[key] = value
        return changes

    def later_with(self, key: str, value: Any) -> dict[str, Any]:
        """Return the fields of the choice that change when a parameter changes from this week on.

        A value that holds anyway is no change.

        Raises
        ------
        InputError
            When the run has ended, or there are too many changes.
        """
        if self.ended:
            raise InputError(told("error.page.ended"), key=key, allowed=told("error.page.ended.allowed"))
        later = self.choice.later
        if holds_without(self.a, later, key) == value:
            return {"later": without(later, self.week, key)}
        return {"later": with_value(later, self.week, key, value)}

    def set_value(self, key: str, value: Any) -> None:
        """Change one parameter from the first week; a value equal to the scenario's own is no change."""
        self.apply(changes=self.changes_with(key, value))

    def pick(self, what: str) -> None:
        """Choose a city to draw, or somebody to explain; a place that does not exist is ignored."""
        kind, _, index = what.partition(":")
        if not index.isdecimal():
            return
        if kind == "city":
            if int(index) < len(self.a.model.hierarchy.cities):
                self.city = int(index)
        elif name_of(self.a.model, what):
            self.picked = what

    def ask(self, week: int) -> None:
        """Ask for a week; going back starts again, since a model only runs forward. `advance` then gets there."""
        week = max(0, min(week, self.weeks))
        if week < self.week:
            self.apply(week=week)
        self._target = week
        self.choice.week = week

    def advance(self, most: int = QUARTER) -> None:
        """Run towards the week asked for, at most ``most`` weeks, so that other tabs get their turn."""
        goal = min(self._target, self.weeks, self.week + most)
        for track in (self.a, self.b):
            if track is not None:
                track.step(goal - track.week)

    def finish(self, check: Callable[[], None] = unhurried) -> None:
        """Run to the week asked for; ``check`` is called between weeks, and may raise to end the work."""
        _run((self.a, self.b), min(self._target, self.weeks), check)


def _run(tracks: Sequence[Track | None], week: int, check: Callable[[], None]) -> None:
    for track in tracks:
        while track is not None and track.week < min(week, track.weeks):
            check()
            track.step(min(QUARTER, week - track.week))


def _beside_of(choice: Choice) -> str:
    """Return the name in the library of the scenario that is compared."""
    if choice.compared is not None:
        return choice.compared.scenario
    return choice.scenario if choice.compare == UNCHANGED else choice.compare


def _beside(choice: Choice) -> tuple[Any, ...]:
    """Return what decides about the run beside the first one, where the first one stays."""
    future = choice.compared
    made = () if future is None else (future.scenario, future.changes, future.later)
    return (choice.compare, *made)
