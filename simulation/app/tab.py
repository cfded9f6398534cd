"""One browser tab without its elements: the runs that are watched, and every action that changes them.

The parts of the page read this state and call its actions. The state knows none of them: it tells its events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from simulation.app import futures, onward
from simulation.app.apart import apart
from simulation.app.events import Event
from simulation.app.fans import Fans
from simulation.app.history import History, Step
from simulation.app.session import Session
from simulation.app.views import Scene
from simulation.scenario import Scenario
from simulation.text import say


class Tab:
    """State and actions of one tab.

    Parameters
    ----------
    session : Session
        The choice and its runs.

    Attributes
    ----------
    predicting : bool
        Whether the pictures are covered until a prediction is made.
    off : dict of str to float, or None
        Change of effectiveness, in [-1, 1], when a mechanism is switched off, by ledger account or mechanism; None
        until asked.
    speed : int
        Weeks per second of play, at least 1.
    until : int, or None
        Number of weeks at which the play pauses by itself; None for the end.
    turn : Lock
        Held by whoever changes or advances the runs, so that no two do at a time.
    moved : Event
        The week, the place that is explained, the width or the play has changed: draw again.
    rebuilt : Event
        The tab watches other runs, perhaps two in place of one: lay the pictures out again.
    taken : Event
        Another scenario was taken, with its own values and limits.
    adjusted : Event
        Parameters have changed.
    turned : Event
        The language, or whether the pictures are covered, has changed: build everything again.
    narrowed : Event
        The width has changed; told with True for a phone, False for a wide screen.
    linked : Event
        The share link has changed.
    revised : Event
        What can be undone, the futures, or perhaps all of the choice has changed otherwise than by its own element.
    onward : bool
        Whether a change of a parameter holds from this week on; else from the first week.
    history : History
        The actions that can be undone.
    fans : Fans
        The runs under other seeds.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.predicting = False
        self.off: dict[str, float] | None = None
        self.speed = 4
        self.until: int | None = None
        self._hurried = 0.0
        self._left = 0
        self.turn = asyncio.Lock()
        self.moved = Event()
        self.rebuilt = Event()
        self.taken = Event()
        self.adjusted = Event()
        self.turned = Event()
        self.narrowed = Event()
        self.linked = Event()
        self.revised = Event()
        self.onward = False
        self.history = History()
        self.fans = Fans(session)

    @property
    def lang(self) -> str:
        """Language of the tab, ``en`` or ``zh``."""
        return self.session.lang

    def text(self, key: str, **values: object) -> str:
        """Return a label in the tab's language."""
        return say(f"app.{key}", self.lang, **values)

    @property
    def busy(self) -> bool:
        """True while the runs are changed or advanced."""
        return self.turn.locked()

    @property
    def values(self) -> Scenario:
        """The scenario whose values the controls show: as it holds in the shown week, or from the first week."""
        track = self.session.a
        return track.held if self.onward else track.model.spec

    def scene(self) -> Scene:
        """Return the runs as the views draw them."""
        s = self.session
        return Scene(s.a, s.b, ("A", "B"), s.lang, s.city, s.picked, s.narrow, self.off, self.fans.pair())

    def _changed(self, *, rebuilt: bool = False) -> None:
        self.off = None  # numbers of runs that are gone
        self.fans.follow()
        if rebuilt:
            self.rebuilt()
        self.moved()
        self.linked()

    async def catch_up(self, week: int | None = None) -> None:
        """Run to a week, or to the one that was asked for last, with pauses for other tabs."""
        async with self.turn:
            if week is not None:
                self.session.ask(week)
            while self.session.behind:
                self.session.advance()
                await asyncio.sleep(0)

    async def _apply(self, changed: Callable[[], dict[str, Any]] = dict, **more: Any) -> None:
        """Change fields of the choice: the new runs are made beside the event loop, then take the place of the old.

        ``changed`` is called once this change has its turn, when those before it hold.
        """
        async with self.turn:
            before = self.session.choice
            await self._make({**changed(), **more})
            noted = self.history.note(replace(before, week=self._left), self.session.choice)
        if noted:
            self.revised()

    async def _make(self, fields: dict[str, Any]) -> None:
        session = self.session
        made = session.continued(**fields)
        self._left = session.week
        if made is None:
            made = await apart(lambda check: session.prepared(check, **fields))
        session.take(made)

    # The way back ------------------------------------------------------------------------------------------------

    async def undo(self) -> None:
        """Undo the last action; the week stays, but for an action that went to another one."""
        async with self.turn:
            step = next(reversed(self.history.done), None)
            if step is not None:
                await self._make(step.before)
                self.history.went_back()
        self._went(step)

    async def redo(self) -> None:
        """Do again what was undone last."""
        async with self.turn:
            step = next(reversed(self.history.undone), None)
            if step is not None:
                await self._make(step.after)
                self.history.went_on()
        self._went(step)

    def _went(self, step: Step | None) -> None:
        if step is None:
            return
        if "scenario" in step.after:
            self.taken()
        self.adjusted()
        self.revised()
        self._changed(rebuilt=not {"scenario", "compare", "futures"}.isdisjoint(step.after))

    # Scenario, parameters, seed ----------------------------------------------------------------------------------

    async def choose(self, name: str) -> None:
        """Take another scenario, from the first week, without the changes made to the last one."""
        if name == self.session.choice.scenario:
            return
        await self._apply(scenario=name, changes={}, later={}, week=0)
        self.taken()
        self._changed(rebuilt=True)

    async def compare(self, name: str) -> None:
        """Put a second scenario beside the first, under the same seed."""
        if name == self.session.choice.compare:
            return
        await self._apply(compare=name)
        self._changed(rebuilt=True)

    async def set_value(self, key: str, value: Any) -> None:
        """Change one parameter: for the whole run, or from this week on where `onward` says so."""
        session = self.session
        if self.onward:
            await self._apply(lambda: session.later_with(key, value))
        else:
            await self._apply(lambda: {"changes": session.changes_with(key, value)})
        self.adjusted()
        self._changed()

    async def take_back(self, key: str, week: int | None) -> None:
        """Take back one change: that of a later week, or with None that of the first week."""
        session = self.session
        if week is None:
            await self._apply(lambda: {"changes": session.changes_with(key, session.original.values[key])})
        else:
            await self._apply(lambda: {"later": onward.without(session.choice.later, week, key)})
        self.adjusted()
        self._changed()

    def hold(self, onward: bool) -> None:
        """Let changes hold from this week on, or from the first week; the controls then show what holds there."""
        self.onward = onward
        self.adjusted()

    async def reset_changes(self) -> None:
        """Take back all changes."""
        await self._apply(changes={}, later={})
        self.adjusted()
        self._changed()

    async def set_seed(self, seed: int) -> None:
        """Run under another seed."""
        await self._apply(seed=seed)
        self._changed()

    # Futures -----------------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Keep the present future, to show or compare it later."""
        await self._apply(lambda: {"futures": futures.kept(self.session.choice)})
        self._changed()

    async def rename(self, number: int, name: str) -> None:
        """Give a kept future another name."""
        await self._apply(lambda: {"futures": futures.renamed(self.session.choice.futures, number, name)})
        self._changed(rebuilt=self.session.choice.compared is not None)

    async def forget(self, number: int) -> None:
        """Keep a future no longer; where it is compared, the comparison ends."""

        def fields() -> dict[str, Any]:
            choice = self.session.choice
            gone = {"futures": futures.without(choice.futures, number)}
            shown = choice.compared
            return gone | ({"compare": ""} if shown is not None and shown.number == number else {})

        compared = self.session.choice.compare
        await self._apply(fields)
        self._changed(rebuilt=self.session.choice.compare != compared)

    async def watch(self, number: int) -> None:
        """Make a kept future the present one, in the same week."""
        choice = self.session.choice
        future = next(future for future in choice.futures if future.number == number)
        another = future.scenario != choice.scenario
        await self._apply(scenario=future.scenario, changes=future.changes, later=future.later)
        if another:
            self.taken()
        self.adjusted()
        self._changed(rebuilt=True)

    # Time --------------------------------------------------------------------------------------------------------

    async def go(self, week: int) -> None:
        """Show a week."""
        if week < self.session.week:
            await self._apply(week=max(0, week))
        else:
            await self.catch_up(week)
        self._changed()

    async def restart(self) -> None:
        """Begin again at week 0."""
        self.session.playing = False
        await self.go(0)

    async def play(self) -> None:
        """Play, from the beginning when the run has ended; or pause."""
        if self.predicting:
            return
        if self.session.playing:
            self.pause()
            return
        if self.session.ended:
            await self._apply(week=0)
        self.off = None
        self.session.playing = True
        self.moved()

    def play_until(self, week: int, seconds: float) -> None:
        """Play, and pause when ``week`` weeks have been run; faster than the chosen speed where that takes too long."""
        self.until = week
        self._hurried = (week - self.session.week) / seconds
        self.off = None
        self.session.playing = True
        self.moved()

    @property
    def pace(self) -> float:
        """Weeks per second of the present play."""
        return self.speed if self.until is None else max(float(self.speed), self._hurried)

    @property
    def goal(self) -> int:
        """Number of weeks at which the present play pauses."""
        return self.session.weeks if self.until is None else min(self.until, self.session.weeks)

    def pause(self) -> None:
        """Pause."""
        self.until = None
        self.session.playing = False
        self.session.choice.week = self.session.week
        self.moved()
        self.linked()

    # How the runs are shown --------------------------------------------------------------------------------------

    def pick(self, what: str) -> None:
        """Explain a leading group, department, county, town or community; an empty text closes the explanation."""
        if what:
            self.session.pick(what)
        else:
            self.session.picked = ""
        self.moved()

    def narrow(self, narrow: bool) -> None:
        """Draw for a phone, or for a wide screen."""
        if narrow != self.session.narrow:
            self.session.narrow = narrow
            self.narrowed(narrow)
            self.moved()

    def switch_language(self) -> None:
        """Show everything in the other language; the run goes on."""
        self.session.choice.lang = "zh" if self.lang == "en" else "en"
        self.turned()
        self.linked()

    def show_switched_off(self, changes: dict[str, float]) -> None:
        """Show the change of effectiveness, per account, beside the ledger's shares."""
        self.off = changes
        self.moved()

    # Predict first -----------------------------------------------------------------------------------------------

    def predict(self) -> None:
        """Cover the pictures and ask for a prediction; or uncover them without one."""
        self.predicting = not self.predicting
        self.session.playing = False
        self.session.picked = ""
        self.turned()

    async def reveal(self) -> None:
        """Run to the end and uncover the pictures."""
        await self.catch_up(self.session.weeks)
        self.predicting = False
        self._changed(rebuilt=True)
