"""The page of one browser tab: what stands where, and what happens when something is pressed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from nicegui import ui

from simulation.app import frame, share
from simulation.app.cards import Cards
from simulation.app.control_panel import ControlPanel
from simulation.app.dialogs import Dialogs
from simulation.app.elements import Keys, Picture
from simulation.app.inspector import explain
from simulation.app.library import Library
from simulation.app.predict_panel import PredictPanel
from simulation.app.session import Choice, Session
from simulation.app.transport import Transport
from simulation.app.views import Scene
from simulation.scenario import InputError
from simulation.text import say

FRAME = 0.125
HTML_LANG = {"en": "en", "zh": "zh-CN"}


def publish(library: Library, lang: str, ready: threading.Event) -> None:
    """Make the page available at ``/``, a new session for every tab that opens it.

    ``ready`` is set once the model is compiled and a page can be built at once.
    """

    @ui.page("/", title="wushi 五势", response_timeout=30)
    def index(request: Request) -> None:
        problem = ""
        try:
            choice = share.read(request.url.query, library, lang)
        except InputError as error:
            problem = error.message
            choice = Choice(scenario=library.names[0], lang=lang)
        Page(library, choice, problem, ready)


class Page:
    """One tab.

    Parameters
    ----------
    library : Library
        The scenarios to choose from.
    choice : Choice
        What to show first.
    problem : str
        What was wrong with the link, to be said; empty when nothing was.
    ready : Event
        Set once the model is compiled.
    """

    def __init__(self, library: Library, choice: Choice, problem: str, ready: threading.Event) -> None:
        self.library = library
        self.choice = choice
        self.problem = problem
        self.session: Session
        self.scenario: ui.select
        self.second: ui.select
        self.inspector: ui.element
        self.explanation: Picture
        self.off: dict[str, float] | None = None
        self.speed = 4
        self.due = 0.0
        self.predicting = False
        self._busy = False
        ui.on_exception(self.failed)
        self.shell = ui.element("div").classes("shell")
        with self.shell, ui.element("div").classes("loading").props('role="status"'):
            ui.spinner(size="3rem")
            ui.label(say("app.loading", choice.lang))
        ui.colors(primary="#0a5a92")
        self.ready = ready
        if ready.is_set():
            self.session = Session(library, choice)
            self.session.finish()
            self.fill()
        else:
            ui.timer(0.01, self.begin, once=True)
        if problem:
            ui.timer(0.3, self.say_link_refused, once=True)
        self.timer = ui.timer(FRAME, self.tick)

    async def begin(self) -> None:
        """Build the first model once it is compiled; until then the page says so."""
        while not self.ready.is_set():
            await asyncio.sleep(0.1)
        if not self.shell.client.is_deleted:
            self.session = Session(self.library, self.choice)
            self.session.finish()
            self.fill()

    def say_link_refused(self) -> None:
        """Say what was wrong with the link."""
        with self.shell:
            self.say_problem(say("app.link.refused", self.choice.lang, reason=self.problem))

    @property
    def lang(self) -> str:
        """The page's language."""
        return self.session.lang

    def text(self, key: str, **values: object) -> str:
        """Return a label in the page's language."""
        return say(f"app.{key}", self.lang, **values)

    def fill(self) -> None:
        """Build everything in the session's language; the run goes on where it is."""
        self.shell.clear()
        self.shell.classes(replace="shell" + (" predicting" if self.predicting else ""))
        with self.shell:
            ui.run_javascript(f"document.documentElement.lang = '{HTML_LANG[self.lang]}'")
            self.dialogs = Dialogs(self)
            ui.link(self.text("skip"), "#pictures").classes("skip")
            with ui.element("header").classes("bar"):
                frame.head(self)
            self.transport = Transport(self)
            with ui.element("div").classes("body"):
                self.controls = ControlPanel(self)
                with ui.element("main").props("id=pictures tabindex=-1"):
                    self.predict = PredictPanel(self)
                    self.cards = Cards(self)
            frame.inspector(self)
            Keys(self.key, self.narrow)
        self.show()

    # What the page does ------------------------------------------------------------------------------------------

    async def do(self, action: Callable[..., Any], *given: Any) -> None:
        """Do what was asked; what is refused or goes wrong is said, and the page lives on."""
        try:
            with self.shell:  # what was pressed may be gone by the end of what it did
                result = action(*given)
                if isinstance(result, Awaitable):
                    await result
        except Exception as error:
            self.failed(error)

    def failed(self, error: Exception) -> None:
        """Say what was refused or went wrong, and put the controls back to what holds."""
        with self.shell:
            if isinstance(error, InputError):
                text = f"{self.text('refused', reason=error.message)} {self.text('refused.back')}"
                ui.notify(text, type="warning", multi_line=True, timeout=9000, close_button=self.text("close"))
            else:
                traceback.print_exception(error)
                self._session_stops()
                lang = self.choice.lang if not hasattr(self, "session") else self.lang
                said = say("app.failed", lang, reason=f"{type(error).__name__}: {error}"[:300])
                self.say_problem(f"{said} {say('app.failed.next', lang)}")
            if hasattr(self, "controls"):
                self.controls.restore()
                self.transport.restore()
                self.scenario.set_value(self.session.choice.scenario)
                self.second.set_value(self.session.choice.compare)

    def _session_stops(self) -> None:
        if hasattr(self, "session"):
            self.session.playing = False

    def say_problem(self, text: str) -> None:
        """Show a message that stays until it is closed."""
        lang = self.choice.lang if not hasattr(self, "session") else self.lang
        ui.notify(text, type="negative", multi_line=True, timeout=0, close_button=say("app.close", lang))

    async def tick(self) -> None:
        """Advance what is playing or on its way, and show it; called eight times a second."""
        if self._busy or not hasattr(self, "cards"):
            return
        session = self.session
        if session.playing and not session.behind:
            self.due += self.speed * FRAME
            if self.due >= 1:
                session.ask(session.week + int(self.due))
                self.due %= 1
        if session.behind:
            self._busy = True
            try:
                while session.behind:
                    session.advance()
                    await asyncio.sleep(0)
            except Exception as error:
                session.playing = False
                self.failed(error)
            finally:
                self._busy = False
            self.show()
        if session.playing and session.ended:
            self.pause()

    def scene(self) -> Scene:
        """Return what the views draw."""
        s = self.session
        return Scene(s.a, s.b, ("A", "B"), s.lang, s.city, s.picked, s.narrow, self.off)

    def show(self) -> None:
        """Bring everything up to the session's week."""
        self.transport.show()
        if not self.predicting:
            self.cards.show(self.scene())
        shown = explain(self.scene()) if self.session.picked and not self.predicting else ""
        self.explanation.show(shown)
        self.inspector.classes(add="open" if shown else "", remove="" if shown else "open")

    def changed(self, *, rebuilt: bool = False) -> None:
        """Take up a changed choice: numbers of old runs go, the address bar follows."""
        self.off = None
        if rebuilt:
            self.cards.build()
        self.show()
        self.remember()

    def remember(self) -> None:
        """Keep the link in the address bar, so that loading the page again shows the same."""
        path = share.link(self.session.choice)
        ui.run_javascript(f"history.replaceState(null, '', {path!r})")

    async def catch_up(self) -> None:
        """Run to the week asked for, letting other tabs in between."""
        while self.session.behind:
            self.session.advance()
            await asyncio.sleep(0)

    async def choose(self, name: str) -> None:
        """Take another scenario, from the first week, without the changes made to the last one."""
        if name == self.session.choice.scenario:
            return
        self.session.apply(scenario=name, changes={}, week=0)
        self.controls.build()
        self.changed(rebuilt=True)

    async def compare(self, name: str) -> None:
        """Put a second scenario beside the first, under the same seed."""
        if name == self.session.choice.compare:
            return
        self.session.apply(compare=name)
        await self.catch_up()
        self.changed(rebuilt=True)

    async def set_value(self, key: str, value: Any) -> None:
        """Change one parameter for the whole run."""
        self.session.set_value(key, value)
        await self.catch_up()
        self.controls.restore()
        self.changed()

    async def reset_changes(self) -> None:
        """Take back all changes."""
        self.session.apply(changes={})
        await self.catch_up()
        self.controls.restore()
        self.changed()

    async def set_seed(self, seed: int) -> None:
        """Run under another seed."""
        self.session.apply(seed=seed)
        await self.catch_up()
        self.changed()

    async def go(self, week: int) -> None:
        """Show a week."""
        self.session.ask(week)
        await self.catch_up()
        self.off = None
        self.show()
        self.remember()

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
        self.show()

    def pause(self) -> None:
        """Pause."""
        self.session.playing = False
        self.session.choice.week = self.session.week
        self.show()
        self.remember()

    def switch_language(self) -> None:
        """Show everything in the other language; the run goes on."""
        self.session.choice.lang = "zh" if self.lang == "en" else "en"
        self.fill()
        self.remember()

    def pick(self, what: str) -> None:
        """Explain a unit or community; an empty text closes the explanation."""
        if what:
            self.session.pick(what)
        else:
            self.session.picked = ""
        self.show()

    def narrow(self, narrow: bool) -> None:
        """Draw for a phone, or for a wide screen."""
        if narrow != self.session.narrow:
            self.session.narrow = narrow
            self.controls.box.props("open" if not narrow else "", remove="open" if narrow else "")
            self.show()

    async def start_predicting(self) -> None:
        """Cover the pictures and ask what will happen."""
        self.predicting = not self.predicting
        self.session.playing = False
        self.session.picked = ""
        self.fill()

    async def key(self, key: str, shift: bool) -> None:
        """Follow a shortcut."""
        with contextlib.suppress(KeyError):
            action = {
                " ": self.play,
                "ArrowRight": lambda: self.go(self.session.week + (13 if shift else 1)),
                "Home": self.restart,
                "End": lambda: self.go(self.session.weeks),
                "l": self.switch_language,
                "p": self.start_predicting,
                "Escape": self.escape,
            }[key]
            if not self.predicting or key in ("l", "p", "Escape"):
                await self.do(action)

    def escape(self) -> None:
        """Close the explanation, or the enlarged picture."""
        if self.session.picked:
            self.pick("")
        else:
            self.cards.enlarge("")
