"""The two elements that NiceGUI does not have: a picture that changes in place, and the page's keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.element import Element

Handler = Callable[..., Awaitable[None] | None]


class Picture(Element, component="picture.js"):
    """Markup from our own views, which escape all texts; clicks on parts of it are reported.

    Parameters
    ----------
    on_pick : callable, optional
        Called with what was picked: ``unit:3``, ``community:7``, ``town:2``, ``department:1``, ``group:0`` or
        ``city:0``.
    """

    def __init__(self, on_pick: Handler | None = None) -> None:
        super().__init__()
        self._props["markup"] = ""
        if on_pick is not None:
            self.on("pick", lambda event: on_pick(str(event.args)))

    def show(self, markup: str) -> None:
        """Show markup; nothing is sent if the same markup is already shown."""
        if self._props["markup"] != markup:
            self._props["markup"] = markup
            self.update()


class Keys(Element, component="keys.js"):
    """Shortcuts of the page (``on_key``: name of the key, shift) and its width (``on_narrow``: bool)."""

    def __init__(self, on_key: Handler, on_narrow: Handler) -> None:
        super().__init__()

        def pressed(event: Any) -> Any:
            return on_key(str(event.args["key"]), bool(event.args["shift"]))

        self.on("key", pressed)
        self.on("narrow", lambda event: on_narrow(bool(event.args)))
