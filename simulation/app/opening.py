"""The first moments of a tab: it says that the model is being compiled, then begins the first run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from nicegui import ui

from simulation.app.library import Library
from simulation.app.session import Choice, Session
from simulation.text import say


class Opening:
    """Begins the first run of one tab once the model is compiled.

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
    """

    def __init__(
        self,
        shell: ui.element,
        library: Library,
        choice: Choice,
        ready: threading.Event,
        opened: Callable[[Session], object],
    ) -> None:
        self.shell = shell
        self.library = library
        self.choice = choice
        self.ready = ready
        self.opened = opened

    def begin(self) -> None:
        """Begin the run, at once or after a wait that the page shows."""
        if self.ready.is_set():
            self._open()
            return
        with self.shell, ui.element("div").classes("loading").props('role="status"'):
            ui.spinner(size="3rem")
            ui.label(say("app.loading", self.choice.lang))
        ui.timer(0.01, self.wait, once=True)

    async def wait(self) -> None:
        """Begin the run once the model is compiled, unless the tab has been closed by then."""
        while not self.ready.is_set():
            await asyncio.sleep(0.1)
        if not self.shell.client.is_deleted:
            self._open()

    def _open(self) -> None:
        session = Session(self.library, self.choice)
        session.finish()
        self.opened(session)
