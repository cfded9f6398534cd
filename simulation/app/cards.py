"""The pictures in their cards, and the strip of key figures above them."""

from __future__ import annotations

import asyncio
import math
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

from simulation.app.elements import Picture
from simulation.app.views import Scene, View, views
from simulation.app.views.svg import percent

if TYPE_CHECKING:
    from simulation.app.page import Page

FIGURES = ("effectiveness", "core_effect", "surface", "breadth", "participation", "reporting_gap")


class Cards:
    """All views.

    Parameters
    ----------
    page : Page
        The page that they stand on.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.large = ""
        self.strip = Picture()
        self.strip.classes("strip")
        self.grid = ui.element("div").classes("grid")
        self.build()

    def build(self) -> None:
        """Lay the cards out, with two pictures in a card where two runs are compared."""
        self.grid.clear()
        self.pictures: dict[str, list[Picture]] = {}
        self.cards: dict[str, ui.element] = {}
        pair = self.page.session.b is not None
        with self.grid:
            for view in views():
                if view.name == "difference" and not pair:
                    continue
                self._card(view, pair and view.paired)

    def _card(self, view: View, pair: bool) -> None:
        text, page = self.page.text, self.page
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
                        pick = page.pick if side in ("", "A") else None
                        shown.append(Picture(pick))
                self.pictures[view.name] = shown
            if view.name == "ledger":
                self._ask()
        self.cards[view.name] = card

    def _run_name(self, side: str) -> str:
        session = self.page.session
        track = session.a if side == "A" else session.b
        assert track is not None
        spec = track.model.spec
        changes = len(session.choice.changes) if side == "A" else 0
        extra = f" ({self.page.text('controls.changed', n=changes)})" if changes else ""
        return (spec.title.label(session.lang) or spec.name) + extra

    def _ask(self) -> None:
        page = self.page
        with ui.element("div").classes("ask"):
            button = ui.button(page.text("ledger.ask"), icon="science", on_click=lambda: page.do(self.switch_off))
            button.props("outline no-caps dense data-test=switch-off")
            self.asked = ui.label().classes("caption")

    async def switch_off(self) -> None:
        """Run once without each mechanism, to show its worth beside the ledger's shares."""
        from simulation.app import switchoffs

        page, session = self.page, self.page.session
        if session.week == 0:
            raise_empty(page)
            return
        track, week = session.a, session.week
        spec, seed, now = track.model.spec, track.model.seed, track.now("effectiveness")
        names = switchoffs.mechanisms(spec)
        found: dict[str, float] = {}
        for done, name in enumerate(names):
            self.asked.set_text(page.text("ledger.asking", done=done + 1, all=len(names)))
            found[name] = await asyncio.to_thread(switchoffs.change, spec, seed, week, name, now)
        if session.a is track and session.week == week:
            page.off = switchoffs.by_account(found)
            page.show()
        self.asked.set_text(page.text("ledger.asked", week=week))

    def show(self, scene: Scene) -> None:
        """Draw everything for the present week."""
        self.strip.show(strip(scene))
        if scene.off is None and scene.track.week and not self.page._busy:
            self.asked.set_text("")
        other = None
        if scene.other is not None:
            s = self.page.session
            other = Scene(scene.other, None, scene.names, scene.lang, scene.city, "", scene.narrow)
            alone = Scene(s.a, None, scene.names, scene.lang, scene.city, scene.picked, scene.narrow, scene.off)
        for view in views():
            pictures = self.pictures.get(view.name, [])
            if len(pictures) == 2 and other is not None:
                pictures[0].show(view.draw(alone))
                pictures[1].show(view.draw(other))
            elif pictures:
                pictures[0].show(view.draw(scene))

    def enlarge(self, name: str) -> None:
        """Show one card over the whole window, or all of them again."""
        self.large = "" if name == self.large else name
        for other, card in self.cards.items():
            card.classes(add="large" if other == self.large else "", remove="" if other == self.large else "large")


def raise_empty(page: Page) -> None:
    """Say that a week must be run first."""
    ui.notify(page.text("download.empty"), type="info")


def strip(scene: Scene) -> str:
    """Return the key figures as HTML: the value, and with a second run its value and the difference."""
    tiles = []
    for name in FIGURES:
        value = scene.track.now(name)
        label = escape(scene.say(f"metric.{name}"))
        meaning = escape(scene.say(f"metric.{name}.meaning"))
        second = ""
        if scene.other is not None:
            other = scene.other.now(name)
            second = f"<small>B {_shown(name, other, scene)} · A−B {_difference(name, value - other)}</small>"
        tiles.append(
            f'<div class="tile" title="{meaning}"><span>{label}</span>'
            f'<b data-metric="{name}">{_shown(name, value, scene)}</b>{_spark(scene.track.series[name])}{second}</div>'
        )
    return "".join(tiles)


def _shown(name: str, value: float, scene: Scene) -> str:
    if name == "breadth":
        return "–" if math.isnan(value) else f"{value:.0f}<i>/{len(scene.model.spec.domains)}</i>"
    return percent(value) if math.isnan(value) or abs(value) >= 0.1 or value == 0 else f"{100 * value:.1f}%"


def _difference(name: str, value: float) -> str:
    if math.isnan(value):
        return "–"
    text = f"{value:+.0f}" if name == "breadth" else f"{100 * value:+.1f}"
    return text.replace("-", "−")


def _spark(values: list[float]) -> str:
    known = [value for value in values if not math.isnan(value)]
    if len(known) < 2:
        return '<svg class="spark" viewBox="0 0 60 18" aria-hidden="true"></svg>'
    known = known[:: max(1, len(known) // 40)]
    top = max(max(known), 1e-9)
    points = " ".join(
        f"{60 * i / max(len(known) - 1, 1):.1f},{17 - 15 * value / top:.1f}" for i, value in enumerate(known)
    )
    return f'<svg class="spark" viewBox="0 0 60 18" aria-hidden="true"><polyline points="{points}"/></svg>'
