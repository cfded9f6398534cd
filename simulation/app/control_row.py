"""One control: a slider and a number that say the same, a list or a switch; explanation, source and way back."""

from __future__ import annotations

import math
from typing import Any

from nicegui import ui

from simulation.app.controls import Control, marks
from simulation.app.faults import Do
from simulation.app.onward import reason
from simulation.app.tab import Tab
from simulation.text import say


class ControlRow:
    """Name, slider and number (or list, or switch), explanation, source and way back of one parameter.

    Parameters
    ----------
    tab : Tab
        The tab whose parameter is shown and changed.
    control : Control
        The parameter, and the range of its slider.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, control: Control, do: Do) -> None:
        self.tab = tab
        self.control = control
        self.do = do
        text, lang = tab.text, tab.lang
        name = text(f"control.{control.key}")
        info = control.info
        self.number: Any = None
        with ui.element("div").classes("control").props(f'data-test="control-{control.key}"') as self.box:
            with ui.element("div").classes("control-head"):
                ui.label(name).classes("control-name")
                self.back = ui.button(icon="undo", on_click=lambda: self.do(self._undo))
                self.back.props("flat dense round size=xs")
            if control.flag:
                self._flag(name)
            elif control.words:
                self._words(name)
            else:
                self._slider(name)
            unit = say(f"scenario.unit.{info.unit}", lang) if info.unit else ""
            meaning = info.description[lang] + (f" ({unit})" if unit else "")
            self.why = ui.label().classes("reason").props("role=note")
            self.why.set_visibility(False)
            ui.label(meaning).classes("explain")
            source = text("source", marks=" · ".join(text(f"source.{mark}") for mark in marks(info.source)))
            ui.label(source).classes("source").props(f'title="{info.source}"')

    def _words(self, name: str) -> None:
        session, control = self.tab.session, self.control
        options = {option: self._text(option) for option in control.options(session.original)}
        self.slider: Any = ui.select(options, value=control.shown(session.original)).props(
            f'outlined dense options-dense aria-label="{name}"'
        )
        self.slider.on_value_change(lambda event: self.do(self._enter, event.value))

    def _flag(self, name: str) -> None:
        value = self.control.shown(self.tab.session.original)
        self.slider = ui.switch(self._text(value), value=value).props(f'dense aria-label="{name}"')
        self.slider.on_value_change(lambda event: self.do(self._enter, event.value))

    def _slider(self, name: str) -> None:
        control = self.control
        high = control.high
        if control.key == "plan.per_county":
            high = len(self.tab.session.original.domains)
        self.high = high
        with ui.element("div").classes("dial"):
            self.slider = ui.slider(min=control.low, max=high, step=control.step, value=control.low)
            self.slider.props(f'aria-label="{name}"')
            self.slider.on("change", lambda event: self.do(self._slid, float(event.args)))
            self.number = ui.input().props(
                f'outlined dense inputmode=decimal aria-label="{self.tab.text("control.value", name=name)}"'
            )
            self.number.on("keydown.enter", lambda: self.do(self._typed))
            self.number.on("blur", lambda: self.do(self._typed))

    def _spec_value(self) -> Any:
        return self.control.shown(self.tab.values)

    def _changed_in(self) -> int | None:
        """Return the week in which the page last changed the value that is shown; -1 for the first, None for never."""
        choice, key = self.tab.session.choice, self.control.key
        weeks = [week for week, values in choice.later.items() if key in values and week <= self.tab.session.week]
        if self.tab.onward and weeks:
            return max(weeks)
        return -1 if key in choice.changes else None

    async def _undo(self) -> None:
        week = self._changed_in()
        await self.tab.take_back(self.control.key, None if week == -1 else week)

    async def _slid(self, value: float) -> None:
        if self.control.endless and value >= self.high:
            value = math.inf
        await self._enter(value)

    async def _typed(self) -> None:
        text = str(self.number.value or "").strip().replace("，", ".").replace(",", ".")
        if text == self._text(self._spec_value()):
            self._say("")
            return
        if text in ("∞", "inf"):
            await self._enter(math.inf)
            return
        try:
            await self._enter(float(text))
        except ValueError:
            self._refuse()

    async def _enter(self, given: Any) -> None:
        value = self.control.parsed(given)
        if value is None:
            self._refuse()
            return
        self._say("")
        if value != self._spec_value():
            await self.tab.set_value(self.control.key, value)

    def _refuse(self) -> None:
        low, high = self.control.bounds()
        above = self.control.info.above
        kind = "whole" if self.control.whole else "above" if above else "range"
        if math.isinf(high):
            kind = "low_above" if above else "low"
        self._say(self.tab.text(f"refused.{kind}", low=f"{low:g}", high=f"{high:g}"))

    def _say(self, problem: str) -> None:
        if self.number is not None:
            self.number.error = problem or None

    def _text(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.tab.text("on" if value else "off")
        if isinstance(value, str):
            return say(f"scenario.choice.{self.control.key}.{value}", self.tab.lang)
        return "∞" if isinstance(value, float) and math.isinf(value) else f"{value:g}"

    def _way_back(self, week: int) -> str:
        """Return what the button would do that takes back the change of a week, -1 for that from the first."""
        text, control = self.tab.text, self.control
        if week == -1:
            return text("control.undo", value=self._text(control.shown(self.tab.session.original)))
        return text("changes.back", week=text("changes.week", week=week), name=text(f"control.{control.key}"))

    def lock(self, locked: bool, *, fixed: bool = False) -> None:
        """Disable the control while it would do nothing, or enable it again.

        Parameters
        ----------
        locked : bool
            True while it would do nothing.
        fixed : bool
            True while a change holds from this week on; what cannot change during a run is then locked and says why.
        """
        why = reason(self.control.key) if fixed else ""
        self.why.set_text(self.tab.text(f"fixed.{why}") if why else "")
        self.why.set_visibility(bool(why))
        locked = locked or bool(why)
        self.box.classes(add="idle" if locked else "", remove="" if locked else "idle")
        for part in (self.slider, self.number):
            if part is not None:
                part.set_enabled(not locked)

    def restore(self) -> None:
        """Show the value that holds, and whether it is changed."""
        value = self._spec_value()
        week = self._changed_in()
        changed = week is not None
        self.box.classes(add="changed" if changed else "", remove="" if changed else "changed")
        self.back.set_visibility(changed)
        if changed:
            self.back.props["aria-label"] = self.back.props["title"] = self._way_back(week or 0)
        if self.number is None:
            self.slider.set_value(value)
            if self.control.flag:
                self.slider.set_text(self._text(value))
            return
        self._say("")
        self.number.set_value(self._text(value))
        self.slider.set_value(min(max(value, self.control.low), self.high))
