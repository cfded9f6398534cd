"""The controls, grouped by stage, each with its explanation, its source and a button that undoes the change."""

from __future__ import annotations

from nicegui import ui

from simulation.app.changes_panel import ChangesPanel
from simulation.app.control_row import ControlRow
from simulation.app.controls import GROUPS, LASTING, STAGES, SWITCHES, Control, is_on, switched
from simulation.app.faults import Do
from simulation.app.futures_panel import FuturesPanel
from simulation.app.tab import Tab
from simulation.app.terms import terms


class ControlPanel:
    """All controls, on the left; on a phone behind a button.

    Parameters
    ----------
    tab : Tab
        The tab that they steer.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        self.do = do
        with ui.element("details").classes("controls").props("open" if not tab.session.narrow else "") as self.box:
            with ui.element("summary"):
                ui.label(tab.text("controls")).props('role="heading" aria-level="2"')
                self.count = ui.label().classes("count")
            self.inside = ui.element("div").classes("groups")
        self.build()

    def build(self) -> None:
        """Build the controls for the scenario that is chosen."""
        tab, do = self.tab, self.do
        self.inside.clear()
        self._shown, self._ended = tab.values, False
        self.rows: list[ControlRow] = []
        self.groups: dict[str, list[ControlRow]] = {}
        self.switches: dict[str, ui.switch] = {}
        self.notes: dict[str, ui.label] = {}
        with self.inside:
            self.changes = ChangesPanel(tab, do)
            self.undo = ui.button(
                tab.text("controls.reset"), icon="restart_alt", on_click=lambda: do(tab.reset_changes)
            ).props("outline no-caps dense data-test=reset")
            self.futures = FuturesPanel(tab, do)
            for name, controls in GROUPS.items():
                self._group(name, controls)
        self.restore()

    def _group(self, name: str, controls: tuple[Control, ...]) -> None:
        tab, do = self.tab, self.do
        with ui.element("details").classes("group").props(f"data-test=group-{name}"):
            with ui.element("summary"):
                ui.label(tab.text(f"group.{name}")).props('role="heading" aria-level="3"')
            ui.label(tab.text(f"explain.{name}")).classes("caption")
            ui.html(terms(f"group.{name}", tab.lang), sanitize=False).classes("terms")
            if name in STAGES:
                label = tab.text("switch.label", stage=tab.text(f"group.{name}"))
                switch = ui.switch(tab.text("switch"), value=True)
                switch.props(f'dense data-test=switch-{name} aria-label="{label}"')
                switch.on_value_change(lambda event: do(self._switch, name, event.value))
                self.switches[name] = switch
                self.notes[name] = ui.label(tab.text("switch.off")).classes("locked").props("role=status")
            rows = [ControlRow(tab, control, do) for control in controls]
            self.groups[name] = rows
            self.rows += rows

    async def _switch(self, stage: str, on: bool) -> None:
        session = self.tab.session
        if on != is_on(self.tab.values, stage):
            await self.tab.set_value(SWITCHES[stage], switched(session.original, stage, on))

    def restore(self) -> None:
        """Show the values that hold now."""
        session = self.tab.session
        spec = self._shown = self.tab.values
        ended = self.tab.onward and session.ended
        for row in self.rows:
            row.restore()
            row.lock(ended, fixed=self.tab.onward)
        for stage, switch in self.switches.items():
            on = is_on(spec, stage)
            switch.set_value(on)
            switch.set_enabled(not ended)
            self.notes[stage].set_visibility(not on)
            for row in self.groups[stage]:
                row.lock(ended or (not on and row.control.key not in LASTING), fixed=self.tab.onward)
        self._ended = ended
        self.changes.restore()
        self.futures.restore()
        changed = session.choice.changed
        self.count.set_text(self.tab.text("controls.changed", n=changed) if changed else "")
        self.undo.set_visibility(changed > 0)

    def show(self) -> None:
        """Follow the run: from this week on other values may hold than before."""
        tab = self.tab
        if tab.onward and (tab.values is not self._shown or tab.session.ended != self._ended):
            self.restore()
        self.changes.show()

    def fold(self, narrow: bool) -> None:
        """Fold the controls behind their button on a phone, unfold them on a wide screen."""
        self.box.props("open" if not narrow else "", remove="open" if narrow else "")
