"""Playing the run: play, pause, step, jump, restart, speed, seed."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from simulation.app.choice import LARGEST_SEED
from simulation.app.faults import Do
from simulation.app.tab import Tab
from simulation.app.timeline import Timeline
from simulation.app.tour import Tour
from simulation.app.way_back import WayBack
from simulation.scenario.calendar import date_of, told_month

SPEEDS = (1, 2, 4, 8, 26)


class Transport:
    """The bar under the head.

    Parameters
    ----------
    tab : Tab
        The tab that it steers.
    tour : Tour
        The guided tour.
    do : callable
        Does an action, and says an error.
    """

    def __init__(self, tab: Tab, tour: Tour, do: Do) -> None:
        self.tab = tab
        self.tour = tour
        self.do = do
        session, text = tab.session, tab.text
        with ui.element("section").classes("transport").props(f'aria-label="{text("play")}"'):
            self._button("restart", "first_page", tab.restart)
            self.play = ui.button(color=None, on_click=lambda: do(tab.play)).props("unelevated no-caps data-test=play")
            self.play.classes("play")
            self._button("step_week", "chevron_right", lambda: tab.go(session.week + 1), text("short_week"))
            self._button(
                "step_quarter", "keyboard_double_arrow_right", lambda: tab.go(session.week + 13), text("short_quarter")
            )
            self._button("to_end", "last_page", lambda: tab.go(session.weeks))
            self.way_back = WayBack(tab, do)
            self.guide = ui.button(icon="tour", color=None, on_click=lambda: do(tour.toggle))
            self.guide.props(f'flat no-caps dense data-test=tour title="{text("tour.title")}"')
            with ui.element("div").classes("time"):
                self.label = ui.label().props("data-test=week").classes("week")
                self.slider = ui.slider(min=0, max=session.weeks, step=1, value=session.week)
                self.slider.props(f'aria-label="{text("jump")}" data-test=jump')
                self.slider.on("change", lambda event: do(tab.go, int(event.args or 0)))
                self.timeline = Timeline(tab, do)
            ui.select(
                {speed: text("speed.unit", n=speed) for speed in SPEEDS}, value=tab.speed, label=text("speed")
            ).props("outlined dense options-dense data-test=speed").classes("speed").on_value_change(
                lambda event: setattr(tab, "speed", event.value)
            )
            self.seed = ui.number(text("seed"), value=session.choice.seed, min=0, max=LARGEST_SEED, step=1)
            self.seed.props(f'outlined dense data-test=seed debounce=400 title="{text("seed.help")}"').classes("seed")
            self.seed.on_value_change(lambda event: do(self._seed, event.value))

    def _button(self, name: str, icon: str, action: Callable[[], object], short: str = "") -> None:
        label = self.tab.text(name)
        button = ui.button(short, icon=icon, on_click=lambda: self.do(action))
        button.props(f'flat no-caps dense aria-label="{label}" title="{label}" data-test={name}')

    async def _seed(self, value: float | None) -> None:
        if value is None or value == self.tab.session.choice.seed:
            return
        if value != int(value) or not 0 <= value <= LARGEST_SEED:
            self.seed.error = self.tab.text("refused.whole", low=0, high=LARGEST_SEED)
            return
        self.seed.error = None
        await self.tab.set_seed(int(value))

    def show(self) -> None:
        """Show week, and whether it plays."""
        session, text = self.tab.session, self.tab.text
        shown = session.week - 1  # the first week is week 0
        key = "week_of" if session.week else "week_none"
        said = text(key, week=shown, done=session.week, weeks=session.weeks)
        self.label.set_text(f"{said} · {self._when(max(shown, 0))}")
        self.slider.props(f"max={session.weeks}")
        self.slider.set_value(session.week)
        self.timeline.show()
        playing = session.playing
        self.play.set_text(text("pause" if playing else "play"))
        self.play.props(f"icon={'pause' if playing else 'play_arrow'}")
        self.play.set_enabled(not self.tab.predicting)
        tour = self.tour
        begun = tour.place >= 0 and not tour.open and not tour.last
        again = text("tour.resume", place=tour.place + 1, all=len(tour.stops)) if begun else text("tour")
        self.guide.set_text(text("tour.leave") if tour.open else again)

    def _when(self, week: int) -> str:
        """Return the month of a week; without a start date the year and quarter since the first week."""
        day = date_of(self.tab.session.a.model.spec, week)
        if day is not None:
            return told_month(day, self.tab.lang)
        year, quarter = divmod(week // 13, 4)
        return self.tab.text("calendar", year=year + 1, quarter=quarter + 1)

    def restore(self) -> None:
        """Show the values that hold, after a refusal."""
        self.seed.error = None
        self.seed.set_value(self.tab.session.choice.seed)
        self.way_back.show()
        self.show()
