"""The two buttons that undo the last action, and do it again."""

from __future__ import annotations

from nicegui import ui

from simulation.app.faults import Do
from simulation.app.history import Step
from simulation.app.tab import Tab
from simulation.app.words import key_name


class WayBack:
    """Undo and redo, each with the name of the action that it is about.

    Parameters
    ----------
    tab : Tab
        The tab whose actions are undone.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        self.buttons = {
            "undo": ui.button(icon="undo", color=None, on_click=lambda: do(tab.undo)),
            "redo": ui.button(icon="redo", color=None, on_click=lambda: do(tab.redo)),
        }
        for name, button in self.buttons.items():
            button.props(f"flat no-caps dense data-test={name}")
        self.show()

    def show(self) -> None:
        """Show whether there is a way, and what it leads past."""
        history = self.tab.history
        for name, steps in (("undo", history.done), ("redo", history.undone)):
            button, possible = self.buttons[name], bool(steps) and not self.tab.predicting
            button.set_enabled(possible)
            text = self.tab.text
            label = text(f"{name}.this", what=self._what(steps[-1])) if steps else text(f"{name}.none")
            button.props["aria-label"] = button.props["title"] = label

    def _what(self, step: Step) -> str:
        keys = step.keys
        if step.kind in ("later", "changes") and len(keys) == 1:
            return key_name(keys[0], self.tab.lang)
        return self.tab.text(f"undo.{step.kind}")
