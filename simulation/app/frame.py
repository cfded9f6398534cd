"""What frames the pictures: the bar at the top, and the panel in which a place explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from simulation.app.elements import Picture
from simulation.app.session import UNCHANGED

if TYPE_CHECKING:
    from simulation.app.page import Page


def head(page: Page) -> None:
    """Build the bar at the top: name, scenarios, tools, language."""
    with ui.element("div").classes("brand"):
        ui.html('<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M3 7h6v6h6v6h6v6h8"/></svg>', sanitize=False)
        with ui.element("div"):
            ui.label(page.text("title")).classes("name").props('role="heading" aria-level="1"')
            ui.label(page.text("subtitle")).classes("sub")
    titles = page.library.titles(page.lang)
    choice = page.session.choice
    page.scenario = ui.select(titles, value=choice.scenario, label=page.text("scenario"))
    page.scenario.props("outlined dense options-dense data-test=scenario").classes("choose")
    page.scenario.on_value_change(lambda event: page.do(page.choose, event.value))
    others = {"": page.text("compare.none"), UNCHANGED: page.text("compare.unchanged"), **titles}
    page.second = ui.select(others, value=choice.compare, label=page.text("compare"))
    page.second.props("outlined dense options-dense data-test=compare").classes("choose")
    page.second.on_value_change(lambda event: page.do(page.compare, event.value))
    with ui.element("nav").classes("tools"):
        for name, icon, action in (
            ("predict", "psychology", page.start_predicting),
            ("share", "link", lambda: page.dialogs.share()),
            ("download", "download", lambda: page.dialogs.download()),
            ("help", "help_outline", lambda: page.dialogs.help()),
        ):
            button = ui.button(page.text(name), icon=icon, color=None)
            button.on_click(lambda action=action: page.do(action))
            button.props(f"flat no-caps dense data-test={name}")
        label = page.text("language.label")
        switch = ui.button(page.text("language"), icon="translate", color=None)
        switch.on_click(lambda: page.do(page.switch_language))
        switch.props(f'outline no-caps dense data-test=language aria-label="{label}"')


def inspector(page: Page) -> None:
    """Build the panel that explains a county or community; it opens when one is picked."""
    with ui.element("aside").classes("inspector") as page.inspector:
        page.inspector.props(f'role="dialog" aria-label="{page.text("inspect.title")}"')
        with ui.element("div").classes("inspector-head"):
            ui.label(page.text("inspect.title"))
            ui.button(icon="close", on_click=lambda: page.pick("")).props(
                f'flat dense round aria-label="{page.text("close")}" data-test=close-inspector'
            )
        page.explanation = Picture()
