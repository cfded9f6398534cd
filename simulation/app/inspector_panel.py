"""The panel in which leading groups, departments, counties, towns and communities explain themselves."""

from __future__ import annotations

from nicegui import ui

from simulation.app.elements import Picture
from simulation.app.inspector import explain
from simulation.app.tab import Tab


class InspectorPanel:
    """Open while a place is picked.

    Parameters
    ----------
    tab : Tab
        The tab in which places are picked.
    """

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        text = tab.text
        with ui.element("aside").classes("inspector") as self.box:
            self.box.props(f'role="dialog" aria-label="{text("inspect.title")}"')
            with ui.element("div").classes("inspector-head"):
                ui.label(text("inspect.title"))
                ui.button(icon="close", on_click=lambda: tab.pick("")).props(
                    f'flat dense round aria-label="{text("close")}" data-test=close-inspector'
                )
            self.explanation = Picture(tab.pick)

    def show(self) -> None:
        """Explain the place that is picked, or close."""
        tab = self.tab
        shown = explain(tab.scene()) if tab.session.picked and not tab.predicting else ""
        self.explanation.show(shown)
        self.box.classes(add="open" if shown else "", remove="" if shown else "open")
