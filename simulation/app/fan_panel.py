"""Under the effectiveness picture: the switch for other seeds, the progress of their runs, and who beats whom."""

from __future__ import annotations

from nicegui import ui

from simulation.app.faults import Do
from simulation.app.spread import METRICS, Spread
from simulation.app.tab import Tab
from simulation.drawing.numbers import percent
from simulation.scenario import InputError


class FanPanel:
    """Asks for the fan of what is shown.

    Parameters
    ----------
    tab : Tab
        The tab whose runs are repeated under other seeds.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        with ui.element("div").classes("ask"):
            self.switch = ui.switch(tab.text("fan"), value=tab.fans.on)
            self.switch.props("dense data-test=fan")
            self.switch.on_value_change(lambda event: do(tab.fans.switch, bool(event.value)))
            self.bar = ui.linear_progress(0, show_value=False).props("data-test=fan-bar instant-feedback")
            self.bar.props["aria-label"] = tab.text("fan")
            self.said = ui.label().classes("caption").props("role=status data-test=fan-said")
        self.show()

    def show(self) -> None:
        """Show how far the work is, or what the fan says."""
        fans = self.tab.fans
        working = fans.total > 0
        self.bar.set_visibility(working)
        if working:
            self.bar.set_value(fans.done / fans.total)
        self.said.set_text(self._text())

    def _text(self) -> str:
        tab, fans = self.tab, self.tab.fans
        if fans.total > 0:
            return tab.text("fan.working", done=fans.done, all=fans.total)
        if isinstance(fans.problem, InputError):
            return tab.text("refused", reason=fans.problem.message)
        if fans.problem is not None:
            return tab.text("failed", reason=f"{type(fans.problem).__name__}: {fans.problem}"[:300])
        a, b = fans.pair()
        if a is None:
            return ""
        note = tab.text("fan.note", seeds=len(a.seeds), first=min(a.seeds), last=max(a.seeds))
        return note if b is None else f"{self._beats(a, b)} {note}"

    def _beats(self, a: Spread, b: Spread) -> str:
        from simulation.experiments.beating import beats

        text = self.tab.text
        found = beats(a.ends[METRICS[0]], b.ends[METRICS[0]])
        return text(
            "fan.beats",
            week=self.tab.session.weeks - 1,
            share=percent(found.share),
            n=found.n,
            low=percent(found.low),
            high=percent(found.high),
            ties=text("fan.ties", ties=found.ties) if found.ties else "",
        )
