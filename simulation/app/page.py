"""The page of one browser tab: its parts, composed around the state of the tab and wired to the state's events."""

from __future__ import annotations

import threading

from fastapi import Request
from nicegui import ui

from simulation.app import share
from simulation.app.cards import Cards
from simulation.app.choice import Choice
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
from simulation.app.session import Session
from simulation.app.shortcuts import Shortcuts
from simulation.app.tab import Tab
from simulation.app.terms import Bubble
from simulation.app.tour import Tour
from simulation.app.tour_panel import TourPanel
from simulation.app.transport import Transport
from simulation.app.welcome import Welcome
from simulation.scenario import InputError
from simulation.text import say

HTML_LANG = {"en": "en", "zh": "zh-CN"}


def publish(library: Library, lang: str, ready: threading.Event, address: str = "") -> None:
    """Make the page available at ``/``, with a new session for every tab that opens it.

    Parameters
    ----------
    library : Library
        The scenarios to choose from.
    lang : str
        Language of a tab whose link names none: ``en`` or ``zh``.
    ready : Event
        Set once the model is compiled and a page can be built at once.
    address : str
        Address that others on the network can open; empty where only this machine can.
    """

    @ui.page("/", title="wushi 五势", response_timeout=30)
    def index(request: Request) -> None:
        problems: list[str] = []
        tongue = share.language_of(request.url.query, lang)

        def refused(error: InputError) -> None:
            problems.append(say("app.link.refused", tongue, reason=error.message))

        try:
            choice, limited = share.read(request.url.query, library, lang)
            problems += [say("app.link.limited", choice.lang, reason=reason) for reason in limited]
        except InputError as error:
            refused(error)
            choice = Choice(scenario=library.names[0], lang=tongue)
        shell = ui.element("div").classes("shell")
        faults = Faults(shell, choice.lang)

        def opened(session: Session) -> None:
            Page(Tab(session), shell, faults, address)
            for problem in problems:
                faults.problem(problem)

        ui.on_exception(faults.say)
        ui.colors(primary="#0a5a92")
        Opening(shell, library, choice, ready, opened, refused).begin()


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
    address : str
        Address that others on the network can open; empty where only this machine can.
    """

    def __init__(self, tab: Tab, shell: ui.element, faults: Faults, address: str = "") -> None:
        self.tab = tab
        self.shell = shell
        self.faults = faults
        self.address = address
        self.tour = Tour(tab)
        self.fill()
        tab.moved.subscribe(self.show)
        tab.rebuilt.subscribe(lambda: self.cards.build())
        tab.taken.subscribe(self.tour.forget)
        self.tour.turned.subscribe(self.guide)
        tab.taken.subscribe(lambda: self.controls.build())
        tab.adjusted.subscribe(lambda: self.controls.restore())
        tab.turned.subscribe(self.fill)
        tab.narrowed.subscribe(lambda narrow: self.controls.fold(narrow))
        tab.linked.subscribe(self.remember)
        tab.revised.subscribe(self.revise)
        tab.fans.moved.subscribe(lambda: self.cards.fan.show())
        tab.fans.found.subscribe(self.show)
        tab.fans.gone = lambda: shell.client.is_deleted
        faults.said.subscribe(self.restore)
        ui.timer(FRAME, Clock(tab, faults.say).tick)

    def fill(self) -> None:
        """Build everything in the tab's language; the run goes on where it is."""
        tab, do = self.tab, self.faults.do
        self.faults.lang = tab.lang
        self.shell.clear()
        with self.shell:
            ui.run_javascript(f"document.documentElement.lang = '{HTML_LANG[tab.lang]}'")
            Bubble()
            dialogs = Dialogs(tab, self.address, do)
            ui.link(tab.text("skip"), "#pictures").classes("skip")
            tools = {name: getattr(dialogs, name) for name in ("join", "share", "download", "help")}
            self.head = Head(tab, {"predict": tab.predict, **tools}, do)
            self.transport = Transport(tab, self.tour, do)
            with ui.element("div").classes("body"):
                self.controls = ControlPanel(tab, do)
                with ui.element("div").classes("main").props("id=pictures tabindex=-1"):
                    PredictPanel(tab, do)
                    self.welcome = Welcome(tab, self.tour, do)
                    self.cards = Cards(tab, do)
            self.inspector = InspectorPanel(tab)
            self.guide_panel = TourPanel(tab, self.tour, self.cards.point, do)
            Keys(Shortcuts(tab, self.tour, self.cards.shrink, do).press, tab.narrow)
        self.show()

    def show(self) -> None:
        """Bring everything up to the session's week."""
        covered = self.tab.predicting
        self.shell.classes(add="predicting" if covered else "", remove="" if covered else "predicting")
        self.transport.show()
        self.controls.show()
        self.welcome.show()
        if not covered:
            self.cards.show()
        self.inspector.show()

    def guide(self) -> None:
        """Show the tour at its stop."""
        self.guide_panel.show()
        self.show()

    def remember(self) -> None:
        """Keep the link in the address bar, so that loading the page again shows the same."""
        path = share.link(self.tab.session.choice, self.tab.session.library)
        ui.run_javascript(f"history.replaceState(null, '', {path!r})")

    def revise(self) -> None:
        """Show what holds and what can be undone, after an action that is not that of an element alone."""
        self.controls.futures.restore()
        self.transport.restore()
        self.head.restore()

    def restore(self, error: Exception) -> None:
        """Put the controls back to what holds, after an error; anything but a refusal stops the play."""
        if not isinstance(error, InputError):
            self.tab.session.playing = False
        self.controls.restore()
        self.transport.restore()
        self.head.restore()
