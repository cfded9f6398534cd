"""The futures that are kept: a list with their branch points, to show or compare any two."""

from __future__ import annotations

from nicegui import ui

from simulation.app.choice import Future
from simulation.app.faults import Do
from simulation.app.futures import LONGEST, MOST, is_shown
from simulation.app.tab import Tab
from simulation.app.words import values_text
from simulation.scenario.calendar import told_week

#: Weeks with a change that are told of each future.
LINES = 3


def name_of(future: Future, tab: Tab) -> str:
    """Return the name of a future: its own, or its number."""
    return future.name or tab.text("futures.default", number=future.number)


class FuturesPanel:
    """Under the changes, above the controls.

    Parameters
    ----------
    tab : Tab
        The tab whose futures are listed.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        self.do = do
        text = tab.text
        with ui.element("details").classes("group futures").props("data-test=futures") as self.group:
            with ui.element("summary"):
                ui.label(text("futures")).props('role="heading" aria-level="3"')
            ui.label(text("futures.note")).classes("caption")
            self.box = ui.element("div").classes("kept")
            self.keep = ui.button(text("futures.keep"), icon="bookmark_add", on_click=lambda: do(tab.keep))
            self.keep.props("outline no-caps dense data-test=keep")
            self.full = ui.label(text("futures.full", most=MOST)).classes("caption")
        self.futures: tuple[Future, ...] = ()
        self.sides: dict[tuple[str, int], ui.button] = {}
        self.restore()

    def restore(self) -> None:
        """List the futures that are kept now, and say which of them are shown."""
        choice = self.tab.session.choice
        if choice.futures != self.futures:  # else the rows stay, and with them the focus of the keyboard
            self.futures = choice.futures
            self.group.props("open" if choice.futures else "")
            self.box.clear()
            self.sides.clear()
            with self.box:
                for future in choice.futures:
                    self._row(future)
        for future in choice.futures:
            self._press("show", future, is_shown(choice, future))
            self._press("compare", future, choice.compare == future.id)
        full = len(choice.futures) >= MOST
        self.keep.set_enabled(not full and not any(is_shown(choice, future) for future in choice.futures))
        self.full.set_visibility(full)

    def _row(self, future: Future) -> None:
        tab, text, do = self.tab, self.tab.text, self.do
        name = name_of(future, tab)
        with ui.element("div").classes("future").props(f"data-test=future-{future.number}"):
            field = ui.input(value=name).props(f"dense borderless maxlength={LONGEST} data-test=future-name")
            field.props["aria-label"] = text("futures.rename", name=name)
            field.on("keydown.enter", lambda: do(self._rename, future, str(field.value or "")))
            field.on("blur", lambda: do(self._rename, future, str(field.value or "")))
            forget = ui.button(icon="delete_outline", on_click=lambda: do(tab.forget, future.number))
            forget.props("flat dense round size=sm data-test=forget")
            forget.props["aria-label"] = forget.props["title"] = text("futures.forget", name=name)
            for line in self._told(future):
                ui.label(line).classes("caption")
            with ui.element("div").classes("sides"):
                self._side("show", future).on_click(lambda: do(tab.watch, future.number))
                self._side("compare", future).on_click(lambda: do(self._compare, future))

    def _side(self, name: str, future: Future) -> ui.button:
        text = self.tab.text
        button = ui.button(text(f"futures.{name}"), color=None).classes(f"side-{name}")
        button.props(f"no-caps dense outline data-test={name}-future")
        label = text(f"futures.{name}_this", name=name_of(future, self.tab))
        button.props["aria-label"] = button.props["title"] = label
        self.sides[name, future.number] = button
        return button

    def _press(self, name: str, future: Future, pressed: bool) -> None:
        button = self.sides[name, future.number]
        button.props(f"aria-pressed={'true' if pressed else 'false'}")
        button.classes(add="pressed" if pressed else "", remove="" if pressed else "pressed")

    async def _compare(self, future: Future) -> None:
        """Compare with a future; no more when it is compared already."""
        await self.tab.compare("" if self.tab.session.choice.compare == future.id else future.id)

    def _told(self, future: Future) -> list[str]:
        """Return the scenario of a future, and a line for each of the first weeks in which it branches off."""
        tab, text = self.tab, self.tab.text
        titles = tab.session.library.titles(tab.lang)
        state = text("futures.from_first") if future.changes else "" if future.later else text("futures.as_scenario")
        lines = [" · ".join(part for part in (titles.get(future.scenario, future.scenario), state) if part)]
        for week, values in list(future.later.items())[:LINES]:
            lines.append(
                text(
                    "points.begins",
                    when=told_week(tab.session.original, week, tab.lang),
                    title=values_text(values, tab.lang),
                )
            )
        more = len(future.later) - LINES
        return [*lines, text("futures.more", n=more)] if more > 0 else lines

    async def _rename(self, future: Future, name: str) -> None:
        if name.strip() != name_of(future, self.tab):
            await self.tab.rename(future.number, name)
