"""The page of one browser tab: its parts, composed around the state of the tab and wired to the state's events."""

from __future__ import annotations

import threading

from fastapi import Request
from nicegui import ui

from simulation.app import share
from simulation.app.cards import Cards
from simulation.app.clock import FRAME, Clock
from simulation.app.control_panel import ControlPanel
from simulation.app.dialogs import Dialogs
from simulation.app.elements import Keys
from simulation.app.faults import Faults
from simulation.app.head import Head
from simulation.app.inspector_panel import InspectorPanel
from simulation.app.library import Library
from simulation.app.opening import Opening
from simulation.app.predict_panel import PredictPanel
from simulation.app.session import Choice
from simulation.app.shortcuts import Shortcuts
from simulation.app.tab import Tab
from simulation.app.transport import Transport
from simulation.scenario import InputError
from simulation.text import say

HTML_LANG = {"en": "en", "zh": "zh-CN"}


def publish(library: Library, lang: str, ready: threading.Event) -> None:
    """Make the page available at ``/``, with a new session for every tab that opens it.

    Parameters
    ----------
    library : Library
        The scenarios to choose from.
    lang : str
        Language of a tab whose link names none: ``en`` or ``zh``.
    ready : Event
        Set once the model is compiled and a page can be built at once.
    """

    @ui.page("/", title="wushi 五势", response_timeout=30)
    def index(request: Request) -> None:
        problem = ""
        try:
            choice = share.read(request.url.query, library, lang)
        except InputError as error:
            problem = say("app.link.refused", lang, reason=error.message)
            choice = Choice(scenario=library.names[0], lang=lang)
        shell = ui.element("div").classes("shell")
        faults = Faults(shell, choice.lang)
        ui.on_exception(faults.say)
        ui.colors(primary="#0a5a92")
        Opening(shell, library, choice, ready, lambda session: Page(Tab(session), shell, faults)).begin()
        if problem:
            ui.timer(0.3, lambda: faults.problem(problem), once=True)


class Page:
    """The elements of one tab.

    Parameters
    ----------
    tab : Tab
        The state that is shown.
    shell : ui.element
        Element that the page fills.
    faults : Faults
        Does the actions, and says their errors.
    """

    def __init__(self, tab: Tab, shell: ui.element, faults: Faults) -> None:
        self.tab = tab
        self.shell = shell
        self.faults = faults
        self.fill()
        tab.moved.subscribe(self.show)
        tab.rebuilt.subscribe(lambda: self.cards.build())
        tab.taken.subscribe(lambda: self.controls.build())
        tab.adjusted.subscribe(lambda: self.controls.restore())
        tab.turned.subscribe(self.fill)
        tab.narrowed.subscribe(lambda narrow: self.controls.fold(narrow))
        tab.linked.subscribe(self.remember)
        faults.said.subscribe(self.restore)
        ui.timer(FRAME, Clock(tab, faults.say).tick)

    def fill(self) -> None:
        """Build everything in the tab's language; the run goes on where it is."""
        tab, do = self.tab, self.faults.do
        self.faults.lang = tab.lang
        self.shell.clear()
        with self.shell:
            ui.run_javascript(f"document.documentElement.lang = '{HTML_LANG[tab.lang]}'")
            dialogs = Dialogs(tab, do)
            ui.link(tab.text("skip"), "#pictures").classes("skip")
            tools = {"share": dialogs.share, "download": dialogs.download, "help": dialogs.help}
            self.head = Head(tab, {"predict": tab.predict, **tools}, do)
            self.transport = Transport(tab, do)
            with ui.element("div").classes("body"):
                self.controls = ControlPanel(tab, do)
                with ui.element("main").props("id=pictures tabindex=-1"):
                    PredictPanel(tab, do)
                    self.cards = Cards(tab, do)
            self.inspector = InspectorPanel(tab)
            Keys(Shortcuts(tab, self.cards.shrink, do).press, tab.narrow)
        self.show()

    def show(self) -> None:
        """Bring everything up to the session's week."""
        covered = self.tab.predicting
        self.shell.classes(add="predicting" if covered else "", remove="" if covered else "predicting")
        self.transport.show()
        if not covered:
            self.cards.show()
        self.inspector.show()

    def remember(self) -> None:
        """Keep the link in the address bar, so that loading the page again shows the same."""
        path = share.link(self.tab.session.choice)
        ui.run_javascript(f"history.replaceState(null, '', {path!r})")

    def restore(self, error: Exception) -> None:
        """Put the controls back to what holds, after an error; anything but a refusal stops the play."""
        if not isinstance(error, InputError):
            self.tab.session.playing = False
        self.controls.restore()
        self.transport.restore()
        self.head.restore()
