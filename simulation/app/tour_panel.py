"""The panel of the guided tour, over the lower edge of the page: one sentence in large type, and the way on."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from simulation.app.faults import Do
from simulation.app.tab import Tab
from simulation.app.tour import Tour


class TourPanel:
    """Open while the tour is.

    Parameters
    ----------
    tab : Tab
        The tab whose run is toured.
    tour : Tour
        The tour.
    point : callable
        Points at the picture of a name; at none for an empty one.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, tour: Tour, point: Callable[[str], None], do: Do) -> None:
        self.tab = tab
        self.tour = tour
        self.point = point
        text = tab.text
        with ui.element("section").classes("tour").props("data-test=tour-panel") as self.box:
            self.box.props(f'aria-label="{text("tour")}"')
            self.sentence = ui.label().classes("tour-sentence").props("aria-live=polite data-test=tour-sentence")
            with ui.element("div").classes("tour-ways"):
                self.count = ui.label().classes("tour-count")
                self.back = ui.button(text("tour.back"), icon="arrow_back", color=None, on_click=lambda: do(tour.back))
                self.back.props("flat no-caps data-test=tour-back")
                self.next = ui.button(icon="arrow_forward", color=None, on_click=lambda: do(tour.forward))
                self.next.props("unelevated no-caps data-test=tour-next").classes("go")
                leave = ui.button(text("tour.leave"), icon="close", color=None, on_click=lambda: do(tour.leave))
                leave.props("flat no-caps data-test=tour-leave")
        self.show()

    def show(self) -> None:
        """Say where the tour is, and point at the picture that shows it."""
        tab, tour = self.tab, self.tour
        self.box.classes(add="open" if tour.open else "", remove="" if tour.open else "open")
        if tour.open:
            stop = tour.stop
            stage = tab.text(f"group.{stop.stage}") if stop.stage else ""
            self.sentence.set_text(tab.text(f"tour.{stop.key}", week=stop.weeks - 1, stage=stage))
            self.count.set_text(tab.text("tour.count", place=max(tour.place, 0) + 1, all=len(tour.stops)))
            self.next.set_text(tab.text("tour.finish" if tour.last else "tour.next"))
            self.back.set_enabled(tour.place > 0)
        self.point(tour.stop.view if tour.open else "")
