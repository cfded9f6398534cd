"""Actions on the page may be refused or fail: the page then says so, and lives on."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from simulation.app.events import Event
from simulation.scenario import InputError
from simulation.text import say

#: Does an action with the values given, and says an error instead of raising it: `Faults.do`, as parts receive it.
Do = Callable[..., Awaitable[None]]


class Faults:
    """Messages of one tab about errors.

    Parameters
    ----------
    shell : ui.element
        Element that lives as long as the tab.
    lang : str
        Language of the messages, ``en`` or ``zh``; may be changed.

    Attributes
    ----------
    said : Event
        An error was said; told with the error.
    """

    def __init__(self, shell: ui.element, lang: str) -> None:
        self.shell = shell
        self.lang = lang
        self.said = Event()

    async def do(self, action: Callable[..., Any], *given: Any) -> None:
        """Do an action with the values given; an error is said instead of raised."""
        try:
            with self.shell:  # the pressed element may be gone when its action ends
                result = action(*given)
                if isinstance(result, Awaitable):
                    await result
        except Exception as error:
            self.say(error)

    def say(self, error: Exception) -> None:
        """Say that an action was refused (`InputError`) or went wrong (any other error), and tell `said`."""
        with self.shell:
            if isinstance(error, InputError):
                text = f"{self._text('refused', reason=error.message)} {self._text('refused.back')}"
                ui.notify(text, type="warning", multi_line=True, timeout=9000, close_button=self._text("close"))
            else:
                traceback.print_exception(error)
                reason = f"{type(error).__name__}: {error}"[:300]
                self.problem(f"{self._text('failed', reason=reason)} {self._text('failed.next')}")
            self.said(error)

    def problem(self, text: str) -> None:
        """Show a message that stays until it is closed."""
        with self.shell:
            ui.notify(text, type="negative", multi_line=True, timeout=0, close_button=self._text("close"))

    def _text(self, key: str, **values: object) -> str:
        return say(f"app.{key}", self.lang, **values)
