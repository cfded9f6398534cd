"""Tabs without a browser, for tests: one in a given week, and the events that it tells."""

from __future__ import annotations

from typing import Any

from simulation.app.choice import Choice
from simulation.app.library import Library
from simulation.app.session import Session
from simulation.app.tab import Tab

LIBRARY = Library()


def at(week: int, **fields: Any) -> Session:
    session = Session(LIBRARY, Choice("classroom", week=week, **fields))
    session.finish()
    return session


def watched(session: Session) -> tuple[Tab, list[str]]:
    """Return a tab, and the list of events that it tells."""
    tab = Tab(session)
    log: list[str] = []
    for name in ("moved", "rebuilt", "taken", "adjusted", "turned", "narrowed", "linked"):
        getattr(tab, name).subscribe(lambda *_, name=name: log.append(name))
    return tab, log


def unheard(error: Exception) -> None:
    raise error
