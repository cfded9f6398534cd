"""The clock of a tab: advances a run that plays, eight times per second."""

from __future__ import annotations

from collections.abc import Callable

from simulation.app.tab import Tab

#: Seconds between two ticks.
FRAME = 0.125


class Clock:
    """Advances one tab.

    Parameters
    ----------
    tab : Tab
        The tab whose run plays.
    failed : callable
        Told of an error while weeks are run; the play has then stopped.
    """

    def __init__(self, tab: Tab, failed: Callable[[Exception], None]) -> None:
        self.tab = tab
        self._failed = failed
        self._due = 0.0

    async def tick(self) -> None:
        """Run the weeks that are due or asked for, and pause after the last one; called once per `FRAME`."""
        tab, session = self.tab, self.tab.session
        if tab.busy:
            return
        if session.playing and not session.behind:
            self._due += tab.pace * FRAME
            if self._due >= 1:
                session.ask(min(session.week + int(self._due), tab.goal))
                self._due %= 1
        if session.behind:
            try:
                await tab.catch_up()
            except Exception as error:
                session.playing = False
                self._failed(error)
            tab.moved()
        if session.playing and session.week >= tab.goal:
            tab.pause()
