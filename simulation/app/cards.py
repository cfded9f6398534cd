"""The pictures in their cards, under the strip of key figures."""

from __future__ import annotations

import dataclasses

from nicegui import ui

from simulation.app.elements import Picture
from simulation.app.faults import Do
from simulation.app.key_figures import strip
from simulation.app.switchoffs_panel import SwitchOffsPanel
from simulation.app.tab import Tab
from simulation.app.views import Scene, View, views


class Cards:
    """All views.

    Parameters
    ----------
    tab : Tab
        The tab whose runs are drawn.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, do: Do) -> None:
        self.tab = tab
        self.do = do
        self.large = ""
        self.strip = Picture()
        self.strip.classes("strip")
        self.grid = ui.element("div").classes("grid")
        self.build()

    def build(self) -> None:
        """Lay out the cards, with two pictures per card where two runs are compared."""
        self.grid.clear()
        self.pictures: dict[str, list[Picture]] = {}
        self.cards: dict[str, ui.element] = {}
        pair = self.tab.session.b is not None
        with self.grid:
            for view in views():
                if view.name == "difference" and not pair:
                    continue
                self._card(view, pair and view.paired)

    def _card(self, view: View, pair: bool) -> None:
        text = self.tab.text
        name = text(f"view.{view.name}.title")
        with (
            ui.element("article")
            .classes("card" + (" pair" if pair else ""))
            .props(f"data-test=view-{view.name}") as card
        ):
            with ui.element("div").classes("card-head"):
                with ui.element("div"):
                    ui.label(name).classes("card-title").props('role="heading" aria-level="2"')
                    ui.label(text(f"view.{view.name}.caption")).classes("caption")
                button = ui.button(icon="open_in_full", on_click=lambda: self.enlarge(view.name))
                button.props(f'flat dense round size=sm aria-label="{text("enlarge", name=name)}"')
            with ui.element("div").classes("pictures"):
                shown = []
                for side in ("A", "B") if pair else ("",):
                    with ui.element("div").classes("side"):
                        if side:
                            ui.label(f"{side} · {self._run_name(side)}").classes(f"run run-{side.lower()}")
                        pick = self.tab.pick if side in ("", "A") else None
                        shown.append(Picture(pick))
                self.pictures[view.name] = shown
            if view.name == "ledger":
                self.switchoffs = SwitchOffsPanel(self.tab, self.do)
        self.cards[view.name] = card

    def _run_name(self, side: str) -> str:
        session = self.tab.session
        track = session.a if side == "A" else session.b
        assert track is not None
        spec = track.model.spec
        changes = len(session.choice.changes) if side == "A" else 0
        extra = f" ({self.tab.text('controls.changed', n=changes)})" if changes else ""
        return (spec.title.label(session.lang) or spec.name) + extra

    def show(self) -> None:
        """Draw everything for the present week."""
        scene = self.tab.scene()
        self.strip.show(strip(scene))
        self.switchoffs.show()
        other = None
        if scene.other is not None:
            other = Scene(scene.other, None, scene.names, scene.lang, scene.city, "", scene.narrow)
            alone = dataclasses.replace(scene, other=None)
        for view in views():
            pictures = self.pictures.get(view.name, [])
            if len(pictures) == 2 and other is not None:
                pictures[0].show(view.draw(alone))
                pictures[1].show(view.draw(other))
            elif pictures:
                pictures[0].show(view.draw(scene))

    def enlarge(self, name: str) -> None:
        """Show one card over the whole window, or all of them again when it is the one enlarged."""
        self.large = "" if name == self.large else name
        for other, card in self.cards.items():
            card.classes(add="large" if other == self.large else "", remove="" if other == self.large else "large")

    def shrink(self) -> None:
        """Show all cards again."""
        self.enlarge("")
