"""An event: something that happens to a tab, and the functions that are told of it."""

from __future__ import annotations

from collections.abc import Callable


class Event:
    """Called when it happens; tells its subscribers at once, in the order of their subscription.

    An error in a subscriber ends the telling and reaches the caller: an action whose result cannot be shown has failed,
    and the page says so. NiceGUI's own event hands the error to the application instead, and the action goes on.
    """

    def __init__(self) -> None:
        self._subscribers: list[Callable[..., object]] = []

    def subscribe(self, subscriber: Callable[..., object]) -> None:
        """Tell ``subscriber`` from now on; it is called with the event's values."""
        self._subscribers.append(subscriber)

    def __call__(self, *values: object) -> None:
        """Tell every subscriber."""
        for subscriber in self._subscribers:
            subscriber(*values)
