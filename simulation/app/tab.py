"""One browser tab without its elements: the runs that are watched, and every action that changes them.

The parts of the page read this state and call its actions. The state knows none of them: it tells its events.
"""

from __future__ import annotations

import asyncio
from typing import Any

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
    busy : bool
        Whether weeks that the clock has asked for are being run.
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
        self.busy = False
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

    async def _catch_up(self) -> None:
        """Run to the requested week, with pauses for other tabs."""
        while self.session.behind:
            self.session.advance()
            await asyncio.sleep(0)

    # Scenario, parameters, seed ----------------------------------------------------------------------------------

    async def choose(self, name: str) -> None:
        """Take another scenario, from the first week, without the changes made to the last one."""
        if name == self.session.choice.scenario:
            return
        self.session.apply(scenario=name, changes={}, week=0)
        self.taken()
        self._changed(rebuilt=True)

    async def compare(self, name: str) -> None:
        """Put a second scenario beside the first, under the same seed."""
        if name == self.session.choice.compare:
            return
        self.session.apply(compare=name)
        await self._catch_up()
        self._changed(rebuilt=True)

    async def set_value(self, key: str, value: Any) -> None:
        """Change one parameter for the whole run."""
        self.session.set_value(key, value)
        await self._catch_up()
        self.adjusted()
        self._changed()

    async def reset_changes(self) -> None:
        """Take back all changes."""
        self.session.apply(changes={})
        await self._catch_up()
        self.adjusted()
        self._changed()

    async def set_seed(self, seed: int) -> None:
        """Run under another seed."""
        self.session.apply(seed=seed)
        await self._catch_up()
        self._changed()

    # Time --------------------------------------------------------------------------------------------------------

    async def go(self, week: int) -> None:
        """Show a week."""
        self.session.ask(week)
        await self._catch_up()
        self._changed()

    async def restart(self) -> None:
        """Begin again at week 0."""
        self.session.playing = False
        await self.go(0)

    def play(self) -> None:
        """Play, from the beginning when the run has ended; or pause."""
        if self.predicting:
            return
        if self.session.playing:
            self.pause()
            return
        if self.session.ended:
            self.session.ask(0)
        self.off = None
        self.session.playing = True
        self.moved()

    def pause(self) -> None:
        """Pause."""
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
        self.session.ask(self.session.weeks)
        await self._catch_up()
        self.predicting = False
        self._changed(rebuilt=True)
