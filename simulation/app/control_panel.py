"""The controls: by stage, each with its explanation, its source and its way back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nicegui import ui

from simulation.app.controls import GROUPS, STAGES, SWITCHES, Control, is_on, marks, switched
from simulation.text import say

if TYPE_CHECKING:
    from simulation.app.page import Page


class ControlPanel:
    """All controls, on the left; on a phone behind a button.

    Parameters
    ----------
    page : Page
        The page that they steer.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        with ui.element("details").classes("controls").props("open" if not page.session.narrow else "") as self.box:
            with ui.element("summary"):
                ui.label(page.text("controls"))
                self.count = ui.label().classes("count")
            self.inside = ui.element("div").classes("groups")
        self.build()

    def build(self) -> None:
        """Build the controls for the scenario that is chosen."""
        page = self.page
        self.inside.clear()
        self.rows: list[_Row] = []
        self.switches: dict[str, ui.switch] = {}
        with self.inside:
            ui.label(page.text("controls.note")).classes("caption")
            self.undo = ui.button(
                page.text("controls.reset"), icon="undo", on_click=lambda: page.do(page.reset_changes)
            ).props("outline no-caps dense data-test=reset")
            for name, controls in GROUPS.items():
                self._group(name, controls)
        self.restore()

    def _group(self, name: str, controls: tuple[Control, ...]) -> None:
        page = self.page
        with ui.element("details").classes("group").props(f"data-test=group-{name}"):
            with ui.element("summary"):
                ui.label(page.text(f"group.{name}"))
            ui.label(page.text(f"explain.{name}")).classes("caption")
            if name in STAGES:
                label = page.text("switch.label", stage=page.text(f"group.{name}"))
                switch = ui.switch(page.text("switch"), value=True)
                switch.props(f'dense data-test=switch-{name} aria-label="{label}"')
                switch.on_value_change(lambda event: page.do(self._switch, name, event.value))
                self.switches[name] = switch
            self.rows += [_Row(self, control) for control in controls]

    async def _switch(self, stage: str, on: bool) -> None:
        session = self.page.session
        if on != is_on(session.a.model.spec, stage):
            await self.page.set_value(SWITCHES[stage], switched(session.original, stage, on))

    def restore(self) -> None:
        """Show what holds now."""
        session = self.page.session
        spec = session.a.model.spec
        for stage, switch in self.switches.items():
            switch.set_value(is_on(spec, stage))
        for row in self.rows:
            row.restore()
        changed = len(session.choice.changes)
        self.count.set_text(self.page.text("controls.changed", n=changed) if changed else "")
        self.undo.set_visibility(changed > 0)


class _Row:
    """One control: its name, the slider and the number that say the same, explanation and source."""

    def __init__(self, panel: ControlPanel, control: Control) -> None:
        self.page = panel.page
        self.control = control
        text, lang = self.page.text, self.page.lang
        name = text(f"control.{control.key}")
        info = control.info
        self.number: Any = None
        with ui.element("div").classes("control").props(f'data-test="control-{control.key}"') as self.box:
            with ui.element("div").classes("control-head"):
                ui.label(name).classes("control-name")
                self.back = ui.button(icon="undo", on_click=lambda: self.page.do(self._undo))
                self.back.props("flat dense round size=xs")
            if control.words:
                self._words(name)
            else:
                self._slider(name)
            unit = say(f"scenario.unit.{info.unit}", lang) if info.unit else ""
            meaning = info.description[lang] + (f" ({unit})" if unit else "")
            ui.label(meaning).classes("explain")
            source = text("source", marks=" · ".join(text(f"source.{mark}") for mark in marks(info.source)))
            ui.label(source).classes("source").props(f'title="{info.source}"')

    def _words(self, name: str) -> None:
        control, lang = self.control, self.page.lang
        spec = self.page.session.original
        words = [word for word in control.words if word != "table" or spec.plan.table]
        options = {word: say(f"scenario.choice.{control.key}.{word}", lang) for word in words}
        self.slider: Any = ui.select(options, value=control.shown(spec)).props(
            f'outlined dense options-dense aria-label="{name}"'
        )
        self.slider.on_value_change(lambda event: self.page.do(self._enter, event.value))

    def _slider(self, name: str) -> None:
        control = self.control
        high = control.high
        if control.key in ("plan.domains", "plan.per_county"):
            high = len(self.page.session.original.domains)
        self.high = high
        with ui.element("div").classes("dial"):
            self.slider = ui.slider(min=control.low, max=high, step=control.step, value=control.low)
            self.slider.props(f'aria-label="{name}"')
            self.slider.on("change", lambda event: self.page.do(self._slid, float(event.args)))
            self.number = ui.input().props(
                f'outlined dense inputmode=decimal aria-label="{self.page.text("control.value", name=name)}"'
            )
            self.number.on("keydown.enter", lambda: self.page.do(self._typed))
            self.number.on("blur", lambda: self.page.do(self._typed))

    def _spec_value(self) -> Any:
        return self.control.shown(self.page.session.a.model.spec)

    async def _undo(self) -> None:
        original = self.page.session.original.values[self.control.key]
        await self.page.set_value(self.control.key, original)

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
            await self.page.set_value(self.control.key, value)

    def _refuse(self) -> None:
        low, high = self.control.bounds()
        kind = "whole" if self.control.whole else "above" if self.control.info.above else "range"
        if math.isinf(high):
            kind = "low"
        self._say(self.page.text(f"refused.{kind}", low=f"{low:g}", high=f"{high:g}"))

    def _say(self, problem: str) -> None:
        if self.number is not None:
            self.number.error = problem or None

    @staticmethod
    def _text(value: Any) -> str:
        return "∞" if isinstance(value, float) and math.isinf(value) else f"{value:g}"

    def restore(self) -> None:
        """Show the value that holds, and whether it is changed."""
        value = self._spec_value()
        session = self.page.session
        changed = self.control.key in session.choice.changes
        self.box.classes(add="changed" if changed else "", remove="" if changed else "changed")
        self.back.set_visibility(changed)
        if changed:
            shown = self.control.shown(session.original)
            if self.control.words:
                shown = say(f"scenario.choice.{self.control.key}.{shown}", self.page.lang)
            else:
                shown = self._text(shown)
            label = self.page.text("control.undo", value=shown)
            self.back.props(f'aria-label="{label}" title="{label}"')
        if self.number is None:
            self.slider.set_value(value)
            return
        self._say("")
        self.number.set_value(self._text(value))
        self.slider.set_value(min(max(value, self.control.low), self.high))
