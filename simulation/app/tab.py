"""One browser tab without its elements: the runs that are watched, and every action that changes them.

The parts of the page read this state and call its actions. The state knows none of them: it tells its events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from simulation.app.apart import apart
from simulation.app.events import Event
from simulation.app.session import Session
from simulation.app.views import Scene
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
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.predicting = False
        self.off: dict[str, float] | None = None
        self.speed = 4
        self.until: int | None = None
        self._hurried = 0.0
        self.turn = asyncio.Lock()
        self.moved = Event()
        self.rebuilt = Event()
        self.taken = Event()
        self.adjusted = Event()
        self.turned = Event()
        self.narrowed = Event()
        self.linked = Event()

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

    def scene(self) -> Scene:
        """Return the runs as the views draw them."""
        s = self.session
        return Scene(s.a, s.b, ("A", "B"), s.lang, s.city, s.picked, s.narrow, self.off)

    def _changed(self, *, rebuilt: bool = False) -> None:
        self.off = None  # numbers of runs that are gone
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
            fields = {**changed(), **more}
            self.session.take(await apart(lambda check: self.session.prepared(check, **fields)))

    # Scenario, parameters, seed ----------------------------------------------------------------------------------

    async def choose(self, name: str) -> None:
        """Take another scenario, from the first week, without the changes made to the last one."""
        if name == self.session.choice.scenario:
            return
        await self._apply(scenario=name, changes={}, week=0)
        self.taken()
        self._changed(rebuilt=True)

    async def compare(self, name: str) -> None:
        """Put a second scenario beside the first, under the same seed."""
        if name == self.session.choice.compare:
            return
        await self._apply(compare=name)
        self._changed(rebuilt=True)

    async def set_value(self, key: str, value: Any) -> None:
        """Change one parameter for the whole run."""
        await self._apply(lambda: {"changes": self.session.changes_with(key, value)})
        self.adjusted()
        self._changed()

    async def reset_changes(self) -> None:
        """Take back all changes."""
        await self._apply(changes={})
        self.adjusted()
        self._changed()

    async def set_seed(self, seed: int) -> None:
        """Run under another seed."""
        await self._apply(seed=seed)
        self._changed()

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
