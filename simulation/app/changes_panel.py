"""From when changes hold, and the list of what was changed and when, each with a way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nicegui import ui

from simulation.app.faults import Do
from simulation.app.onward import value_before
from simulation.app.tab import Tab
from simulation.app.words import key_name, value_text


class ChangesPanel:
    """Above the controls.

    Parameters
    ----------
    tab : Tab
        The tab whose changes are listed.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        self.do = do
        text = tab.text
        with ui.element("fieldset").classes("hold"):
            with ui.element("legend"):
                ui.label(text("hold"))
            options = {False: text("hold.first"), True: text("hold.now")}
            self.switch = ui.radio(options, value=tab.onward).props("dense data-test=hold")
            self.switch.on_value_change(lambda event: do(self._hold, event.value))
            self.note = ui.label().classes("caption").props("data-test=hold-note")
        self.rows: list[tuple[int | None, str, Any, Any]] = []
        self.box = ui.element("div").classes("changes").props("data-test=changes")
        self.box.set_visibility(False)

    def _hold(self, onward: bool) -> None:
        if onward != self.tab.onward:
            self.tab.hold(onward)

    def show(self) -> None:
        """Say from which week a change would hold now."""
        session, text = self.tab.session, self.tab.text
        if not self.tab.onward:
            said = text("controls.note")
        else:
            said = text("hold.ended") if session.ended else text("hold.note", week=session.week)
        self.note.set_text(said)

    def restore(self) -> None:
        """List the changes that the page makes now."""
        self.switch.set_value(self.tab.onward)
        rows = list(self._rows())
        if rows != self.rows:
            self.rows = rows
            self.box.clear()
            self.box.set_visibility(bool(rows))
            with self.box:
                ui.label(self.tab.text("changes")).props('role="heading" aria-level="3"').classes("control-name")
                for row in rows:
                    self._row(*row)
        self.show()

    def _rows(self) -> Iterator[tuple[int | None, str, Any, Any]]:
        """Yield week (None for the first), key, value before and value after of each change."""
        choice, original = self.tab.session.choice, self.tab.session.original.values
        for key, value in choice.changes.items():
            yield None, key, original[key], value
        values = {**original, **choice.changes}
        for week, changed in sorted(choice.later.items()):
            for key, value in changed.items():
                yield week, key, value_before(values, choice.later, week, key), value

    def _row(self, week: int | None, key: str, before: Any, after: Any) -> None:
        text, lang = self.tab.text, self.tab.lang
        when = text("changes.first") if week is None else text("changes.week", week=week)
        name = key_name(key, lang)
        step = text("changes.step", name=name, before=value_text(key, before, lang), after=value_text(key, after, lang))
        with ui.element("div").classes("change").props(f'data-test="change-{key}@{week or 0}"'):
            with ui.element("div"):
                ui.label(when).classes("when")
                ui.label(step)
            back = ui.button(icon="close", on_click=lambda: self.do(self.tab.take_back, key, week))
            back.props("flat dense round size=xs")
            back.props["aria-label"] = back.props["title"] = text("changes.back", week=when, name=name)
