"""Under the ledger: the button that runs once without each mechanism, and the progress of it."""

from __future__ import annotations

import asyncio

from nicegui import ui

from simulation.app import switchoffs
from simulation.app.faults import Do
from simulation.app.tab import Tab


class SwitchOffsPanel:
    """Asks for the worth of each mechanism.

    Parameters
    ----------
    tab : Tab
        The tab whose run is repeated.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        with ui.element("div").classes("ask"):
            button = ui.button(tab.text("ledger.ask"), icon="science", on_click=lambda: do(self.switch_off))
            button.props("outline no-caps dense data-test=switch-off")
            self.asked = ui.label().classes("caption")

    async def switch_off(self) -> None:
        """Run once without each mechanism, to show its worth beside the ledger's shares."""
        tab, session = self.tab, self.tab.session
        if session.week == 0:
            ui.notify(tab.text("download.empty"), type="info")
            return
        track, week = session.a, session.week
        spec, seed, now = track.model.spec, track.model.seed, track.now("effectiveness")
        names = switchoffs.mechanisms(spec)
        found: dict[str, float] = {}
        for done, name in enumerate(names):
            self.asked.set_text(tab.text("ledger.asking", done=done + 1, all=len(names)))
            found[name] = await asyncio.to_thread(switchoffs.change, spec, seed, week, name, now)
        if session.a is track and session.week == week:
            tab.show_switched_off(switchoffs.by_account(found))
        self.asked.set_text(tab.text("ledger.asked", week=week))

    def show(self) -> None:
        """Say nothing any more once the numbers belong to a run or week that is gone."""
        tab = self.tab
        if tab.off is None and tab.session.week and not tab.busy:
            self.asked.set_text("")
