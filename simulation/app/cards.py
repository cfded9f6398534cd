"""The pictures in their cards, under the strip of key figures."""

from __future__ import annotations

import dataclasses
from html import escape

from nicegui import ui

from simulation.app.elements import Picture
from simulation.app.fan_panel import FanPanel
from simulation.app.faults import Do
from simulation.app.futures_panel import name_of
from simulation.app.key_figures import strip
from simulation.app.switchoffs_panel import SwitchOffsPanel
from simulation.app.tab import Tab
from simulation.app.terms import terms
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
        self.reduced = ui.label().classes("reduced").props("role=note data-test=reduced")
        self.grid = ui.element("div").classes("grid")
        self.build()

    def build(self) -> None:
        """Lay out the cards, with two pictures per card where two runs are compared."""
        self.grid.clear()
        self.pictures: dict[str, list[Picture]] = {}
        self.cards: dict[str, ui.element] = {}
        self.scopes: dict[str, ui.label] = {}
        pair = self.tab.session.b is not None
        with self.grid:
            for view in views():
                if view.name == "difference" and not pair:
                    continue
                if view.case and self.tab.session.a.case is None:
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
                    self.scopes[view.name] = ui.label().classes("scope")
                    ui.label(text(f"view.{view.name}.caption")).classes("caption")
                    ui.html(terms(f"view.{view.name}.title", self.tab.lang), sanitize=False).classes("terms")
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
            if view.name == "outcome":
                self.fan = FanPanel(self.tab, self.do)
            if view.name == "ledger":
                self.switchoffs = SwitchOffsPanel(self.tab, self.do)
        self.cards[view.name] = card

    def _run_name(self, side: str) -> str:
        session = self.tab.session
        track = session.a if side == "A" else session.b
        assert track is not None
        spec = track.model.spec
        future = session.choice.compared
        if side == "B" and future is not None:
            return name_of(future, self.tab)
        changes = session.choice.changed if side == "A" else 0
        extra = f" ({self.tab.text('controls.changed', n=changes)})" if changes else ""
        return (spec.title.label(session.lang) or spec.name) + extra

    def show(self) -> None:
        """Draw everything for the present week."""
        scene = self.tab.scene()
        self.strip.show(strip(scene))
        self._say_scope(scene)
        self.switchoffs.show()
        self.fan.show()
        other = None
        if scene.other is not None:
            other = Scene(scene.other, None, scene.names, scene.lang, scene.city, "", scene.narrow)
            alone = dataclasses.replace(scene, other=None)
        for view in views():
            pictures = self.pictures.get(view.name, [])
            if view.waits and not scene.track.week:
                for picture in pictures:
                    picture.show(f'<p class="empty">{escape(self.tab.text(f"view.{view.name}.before"))}</p>')
            elif len(pictures) == 2 and other is not None:
                pictures[0].show(view.draw(alone))
                pictures[1].show(view.draw(other))
            elif pictures:
                pictures[0].show(view.draw(scene))

    def _say_scope(self, scene: Scene) -> None:
        """Say which city a card shows, where there are several, and what the page makes smaller than the command."""
        cities, session, text = scene.model.hierarchy.cities, self.tab.session, self.tab.text
        for view in views():
            if view.name in self.scopes:
                one = scene.place(cities[scene.chosen_city])
                self.scopes[view.name].set_text(one if view.city else text("scope.all", n=len(cities)))
                self.scopes[view.name].set_visibility(len(cities) > 1)
        said = [
            text(f"reduced.{key}", most=f"{most:,}", own=text("reduced.every") if own == "all" else f"{own:,}")
            for key, (own, most) in session.library.reduced(session.choice.scenario).items()
            if key not in session.choice.changes
        ]
        self.reduced.set_text(" ".join(said))
        self.reduced.set_visibility(bool(said))

    def point(self, name: str) -> None:
        """Frame a card and bring it into sight; an empty name frames none."""
        for other, card in self.cards.items():
            card.classes(add="pointed" if other == name else "", remove="" if other == name else "pointed")
        if name in self.cards:
            place = f"document.querySelector('[data-test=view-{name}]')"
            calm = "matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'"
            ui.run_javascript(f"{place}.scrollIntoView({{block: 'center', behavior: {calm}}})")

    def enlarge(self, name: str) -> None:
        """Show one card over the whole window, or all of them again when it is the one enlarged."""
        self.large = "" if name == self.large else name
        for other, card in self.cards.items():
            card.classes(add="large" if other == self.large else "", remove="" if other == self.large else "large")

    def shrink(self) -> None:
        """Show all cards again."""
        self.enlarge("")
