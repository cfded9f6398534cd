"""The first words of the page, before any week is played: what one is going to see, and three ways to begin."""

from __future__ import annotations

from nicegui import ui

from simulation.app.faults import Do
from simulation.app.tab import Tab
from simulation.app.tour import Tour


class Welcome:
    """Shown until the first week is played.

    Parameters
    ----------
    tab : Tab
        The tab whose run is about to begin.
    tour : Tour
        The tour that may be taken.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, tour: Tour, do: Do) -> None:
        self.tab = tab
        self.tour = tour
        text = tab.text
        with ui.element("section").classes("welcome").props("data-test=welcome") as self.box:
            ui.label(text("welcome.title")).classes("dialog-title").props('role="heading" aria-level="2"')
            self.question = ui.label().classes("question")
            for line in ("story", "pictures", "change"):
                ui.label(text(f"welcome.{line}"))
            with ui.row():
                tour_button = ui.button(text("welcome.tour"), icon="tour", on_click=lambda: do(tour.toggle))
                tour_button.props("unelevated no-caps data-test=welcome-tour")
                play = ui.button(text("welcome.play"), icon="play_arrow", on_click=lambda: do(tab.play))
                play.props("outline no-caps data-test=welcome-play")
                guess = ui.button(text("welcome.predict"), icon="psychology", on_click=lambda: do(tab.predict))
                guess.props("outline no-caps data-test=welcome-predict")
        self.show()

    def show(self) -> None:
        """Show the words before the first week only."""
        session = self.tab.session
        asked = session.a.model.spec.question.label(session.lang)
        self.question.set_text(self.tab.text("welcome.question", question=asked) if asked else "")
        waits = session.week == 0 and not session.playing and not self.tab.predicting and not self.tour.open
        self.box.set_visibility(waits)
