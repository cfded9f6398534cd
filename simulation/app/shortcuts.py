"""Keys of the page, and the actions that they start."""

from __future__ import annotations

from collections.abc import Callable

from simulation.app.faults import Do
from simulation.app.tab import Tab
from simulation.app.tour import Tour, keys

#: Keys that work while the pictures are covered, too.
ALWAYS = ("l", "p", "Escape")


class Shortcuts:
    """Starts the action of a key.

    Parameters
    ----------
    tab : Tab
        The tab that the keys steer.
    tour : Tour
        The guided tour.
    shrink : callable
        Shows all cards again when one is enlarged.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, tour: Tour, shrink: Callable[[], None], do: Do) -> None:
        self.tab = tab
        self.tour = tour
        self.shrink = shrink
        self.do = do

    async def press(self, key: str, shift: bool) -> None:
        """Start the action of a key (named as browsers do, or undo and redo); one without an action does nothing."""
        tab = self.tab
        actions: dict[str, Callable[[], object]] = {
            " ": tab.play,
            "ArrowRight": lambda: tab.go(tab.session.week + (13 if shift else 1)),
            "Home": tab.restart,
            "End": lambda: tab.go(tab.session.weeks),
            "l": tab.switch_language,
            "p": tab.predict,
            "undo": tab.undo,
            "redo": tab.redo,
            "Escape": self._escape,
            **keys(self.tour),
        }
        if key in actions and (key in ALWAYS or not tab.predicting):
            await self.do(actions[key])

    def _escape(self) -> None:
        """Close the explanation, the tour, or the enlarged picture."""
        if self.tab.session.picked:
            self.tab.pick("")
        elif self.tour.open:
            self.tour.leave()
        else:
            self.shrink()
