"""The first moments of a tab: it says that the run is being prepared, and begins once the browser is there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from nicegui import ui

from simulation.app.apart import Check, Watch, apart
from simulation.app.choice import Choice
from simulation.app.library import Library
from simulation.app.session import Session
from simulation.scenario import InputError
from simulation.text import say


class Opening:
    """Begins the first run of one tab, once the model is compiled and the browser has opened its socket.

    The answer to the request itself is made without a model, so that nothing can be asked for by a mere address.

    Parameters
    ----------
    shell : ui.element
        Element that the page will fill.
    library : Library
        The scenarios to choose from.
    choice : Choice
        The run to begin with, and its week.
    ready : Event
        Set once the model is compiled.
    opened : callable
        Called once, with the session in the week of the choice.
    refused : callable
        Called with the error when the choice cannot be run or takes too long; the page then begins with its default.
    watch : callable
        Makes the limit of one run.
    """

    def __init__(
        self,
        shell: ui.element,
        library: Library,
        choice: Choice,
        ready: threading.Event,
        opened: Callable[[Session], object],
        refused: Callable[[InputError], object],
        watch: Callable[[], Watch] = Watch,
    ) -> None:
        self.shell = shell
        self.library = library
        self.choice = choice
        self.ready = ready
        self.opened = opened
        self.refused = refused
        self.watch = watch

    def begin(self) -> None:
        """Say that the run is being prepared, and begin it when the browser is there."""
        key = "app.preparing" if self.ready.is_set() else "app.loading"
        with self.shell, ui.element("div").classes("loading").props('role="status" data-test=opening'):
            ui.spinner(size="3rem")
            ui.label(say(key, self.choice.lang))
        ui.timer(0.01, self.wait, once=True)  # NiceGUI starts it when the socket connects

    async def wait(self) -> None:
        """Begin the run once the model is compiled, unless the tab has been closed by then."""
        while not self.ready.is_set():
            await asyncio.sleep(0.1)
        try:
            session = await self._run(self.choice)
        except InputError as error:
            self.choice = Choice(scenario=self.library.names[0], lang=self.choice.lang)
            self.refused(error)
            session = await self._run(self.choice)
        if not self.shell.client.is_deleted:
            self.opened(session)

    async def _run(self, choice: Choice) -> Session:
        def work(check: Check) -> Session:
            session = Session(self.library, choice)
            session.finish(check)
            return session

        return await apart(work, self.watch())
