"""The guided tour: it plays from stage to stage, pauses at each, and says in one sentence what happens there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulation.app.events import Event
from simulation.app.tab import Tab
from simulation.app.track import Track
from simulation.scenario.windows import STAGES

#: Weeks that a stage has been at work when the tour pauses there.
SETTLING = 4
#: Longest time that the tour plays between two stops, in seconds.
PATIENCE = 4.0


@dataclass(frozen=True)
class Stop:
    """One pause of the tour.

    Attributes
    ----------
    key : str
        Name in the catalogue: ``app.tour.<key>``.
    weeks : int
        Number of weeks that have been played when it pauses.
    view : str
        Name of the picture that shows it best.
    stage : str
        The stage that is explained; empty for a stop that explains none.
    """

    key: str
    weeks: int
    view: str
    stage: str = ""


def stops(track: Track) -> tuple[Stop, ...]:
    """Return the pauses of a run in their order: the instruction, each stage as it opens, the surface, the end."""
    activity, total = track.model.parameters.activity, track.weeks
    opened = {stage: float(activity.start[k]) for k, stage in enumerate(STAGES)}
    views = {"publicity": "hierarchy", "settlement": "matrix", "leverage": "outcome"}
    found = [Stop("instruction", min(1, total), "hierarchy")]
    for stage in sorted(STAGES, key=opened.__getitem__):
        silent = activity.intensity[STAGES.index(stage)] == 0 or opened[stage] >= total
        weeks = found[-1].weeks if silent else max(found[-1].weeks, int(opened[stage]) + SETTLING)
        found.append(Stop("off" if silent else stage, min(weeks, total), views.get(stage, "cascade"), stage))
    found.append(Stop("surface", max(found[-1].weeks, round(0.6 * total)), "surface"))
    found.append(Stop("end", total, "ledger"))
    return tuple(found)


class Tour:
    """The tour of one tab: it can be left at any time, and goes on where it was left.

    Parameters
    ----------
    tab : Tab
        The tab whose run is played.

    Attributes
    ----------
    open : bool
        True while the tour is shown.
    place : int
        Position in `stops`; -1 before the first stop.
    turned : Event
        The tour was opened or left, or went to another stop.
    """

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.open = False
        self.place = -1
        self.turned = Event()
        tab.turned.subscribe(self._give_way)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stops of the run that is watched now."""
        return stops(self.tab.session.a)

    @property
    def stop(self) -> Stop:
        """The stop that is explained."""
        return self.stops[max(self.place, 0)]

    @property
    def last(self) -> bool:
        """True at the last stop."""
        return self.place >= len(self.stops) - 1

    async def toggle(self) -> None:
        """Open the tour, at its first stop or where it was left; or leave it."""
        if self.open:
            self.leave()
            return
        if self.tab.predicting:
            self.tab.predict()
        self.open = True
        await self._go(0 if self.place < 0 or self.last else self.place)

    def forget(self) -> None:
        """Leave the tour, and begin anew the next time: another scenario is watched."""
        self.place = -1
        self.leave()

    def leave(self) -> None:
        """Leave the tour; the run stays where it is."""
        if self.open:
            self.open = False
            self.tab.pause()
            self.turned()

    def _give_way(self) -> None:
        """Leave while predictions are asked for: the pictures are covered."""
        if self.tab.predicting:
            self.open = False

    async def forward(self) -> None:
        """Play to the next stop; after the last one, leave."""
        if self.last:
            self.leave()
        elif self.open:
            await self._go(self.place + 1)

    async def back(self) -> None:
        """Go back to the stop before."""
        if self.open and self.place > 0:
            await self._go(self.place - 1)

    async def _go(self, place: int) -> None:
        self.place = place
        weeks, tab = self.stop.weeks, self.tab
        if weeks > tab.session.week:
            tab.play_until(weeks, PATIENCE)
        else:
            tab.pause()
            await tab.go(weeks)
        self.turned()


def keys(tour: Tour) -> dict[str, Callable[[], object]]:
    """Return the keys of the tour, as browsers name them; the paging keys are those of a presenter's remote."""
    return {"t": tour.toggle, "PageDown": tour.forward, "PageUp": tour.back}
