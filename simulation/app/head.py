"""The bar at the top: name, scenarios, tools, language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nicegui import ui

from simulation.app.choice import UNCHANGED
from simulation.app.faults import Do
from simulation.app.futures_panel import name_of
from simulation.app.tab import Tab

ICONS = {"predict": "psychology", "join": "qr_code_2", "share": "link", "download": "download", "help": "help_outline"}


class Head:
    """Name and tools of the page, and the choice of scenarios.

    Parameters
    ----------
    tab : Tab
        The tab whose scenarios are chosen.
    tools : mapping of str to callable
        The action of each tool of `ICONS`.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, tools: Mapping[str, Callable[[], object]], do: Do) -> None:
        self.tab = tab
        self.do = do
        with ui.element("header").classes("bar"):
            self._brand()
            self._scenarios()
            self._tools(tools)

    def _brand(self) -> None:
        text = self.tab.text
        with ui.element("div").classes("brand"):
            ui.html('<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M3 7h6v6h6v6h6v6h8"/></svg>', sanitize=False)
            with ui.element("div"):
                ui.label(text("title")).classes("name").props('role="heading" aria-level="1"')
                ui.label(text("subtitle")).classes("sub")

    def _scenarios(self) -> None:
        tab, text, do = self.tab, self.tab.text, self.do
        titles = tab.session.library.titles(tab.lang)
        choice = tab.session.choice
        self.scenario = ui.select(titles, value=choice.scenario, label=text("scenario"))
        self.scenario.props("outlined dense options-dense data-test=scenario").classes("choose")
        self.scenario.on_value_change(lambda event: do(tab.choose, event.value))
        self.second = ui.select(self._others(), value=choice.compare, label=text("compare"))
        self.second.props("outlined dense options-dense data-test=compare").classes("choose")
        self.second.on_value_change(lambda event: do(tab.compare, event.value))

    def _others(self) -> dict[str, str]:
        """Return what can be compared, by its name in the choice."""
        tab, text = self.tab, self.tab.text
        kept = {future.id: name_of(future, tab) for future in tab.session.choice.futures}
        titles = tab.session.library.titles(tab.lang)
        return {"": text("compare.none"), UNCHANGED: text("compare.unchanged"), **kept, **titles}

    def _tools(self, tools: Mapping[str, Callable[[], object]]) -> None:
        tab, text, do = self.tab, self.tab.text, self.do
        with ui.element("nav").classes("tools"):
            for name, icon in ICONS.items():
                button = ui.button(text(name), icon=icon, color=None)
                button.on_click(lambda action=tools[name]: do(action))
                button.props(f"flat no-caps dense data-test={name}")
            label = text("language.label")
            switch = ui.button(text("language"), icon="translate", color=None)
            switch.on_click(lambda: do(tab.switch_language))
            switch.props(f'outline no-caps dense data-test=language aria-label="{label}"')

    def restore(self) -> None:
        """Show the scenarios that hold, and the futures that can be compared now."""
        choice = self.tab.session.choice
        self.scenario.set_value(choice.scenario)
        self.second.set_options(self._others(), value=choice.compare)
