"""Sessions at a given week, and a page without a browser that notes what it would show."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from simulation.app.choice import Choice
from simulation.app.library import Library
from simulation.app.page import Page
from simulation.app.session import Session

LIBRARY = Library()


def finish(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end in a thread of its own: a browser's test may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(asyncio.run, work).result()


def at(week: int, scenario: str = "classroom", **fields: Any) -> Session:
    """Return a session that has run to a week."""
    session = Session(LIBRARY, Choice(scenario, week=week, **fields))
    session.finish()
    return session


class Shown(Page):
    """A page that records its messages instead of showing them."""

    def __init__(self, session: Session) -> None:
        self.session, self.choice, self.library = session, session.choice, LIBRARY
        self.log: list[str] = []
        self.predicting = self._busy = False
        self.due, self.speed, self.off = 0.0, 4, None

    def show(self) -> None:
        self.log.append("show")

    def remember(self) -> None:
        self.log.append("remember")

    def fill(self) -> None:
        self.log.append("fill")
