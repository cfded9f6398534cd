"""The runs of one tab under other seeds: made beside everything else, dropped when the choice changes, kept for all."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from simulation.app.apart import Check, GivenUp, Watch, apart
from simulation.app.events import Event
from simulation.app.session import Session
from simulation.app.spread import METRICS, Spread
from simulation.app.track import Track
from simulation.scenario import Scenario

if TYPE_CHECKING:
    from simulation.cases.case import Case

#: Seeds of a fan.
SEEDS = 100
#: Longest work on one fan, in seconds.
SECONDS = 300.0
#: Seconds between two looks at how far it is.
LOOK = 0.2
#: Fans that are kept for all tabs: some 20 kB each.
MOST = 64

type Key = tuple[str, int, str]


def _gently() -> None:
    """Let everything else on the machine go first; the threads that a fan begins inherit it where the system has it."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


#: One fan at a time: it uses every processor by itself.
_THREADS = ThreadPoolExecutor(1, thread_name_prefix="wushi-fan", initializer=_gently)
_KEPT: OrderedDict[Key, Spread] = OrderedDict()


def key_of(track: Track) -> Key:
    """Return what a fan depends on: all of the scenario that bears on results, the first seed, and the case."""
    return (track.model.spec.digest, track.model.seed, "" if track.case is None else track.case.digest)


def made(
    spec: Scenario,
    seed: int,
    done: Callable[[int, int], None],
    check: Check,
    seeds: int = SEEDS,
    case: Case | None = None,
) -> Spread:
    """Return a scenario under the seeds from ``seed`` on; see `simulation.experiments.fan_progressively`."""
    from simulation.experiments import fan_progressively

    if case is not None:
        return _of_case(case, spec, list(range(seed, seed + seeds)), done, check)
    return Spread.of(fan_progressively(spec, seeds, METRICS, done, check, seed=seed))


def _of_case(case: Case, spec: Scenario, seeds: list[int], done: Callable[[int, int], None], check: Check) -> Spread:
    """Return a case's scenario under some seeds, with what its documents would have shown."""
    import numpy as np

    from simulation.cases.panels import panels
    from simulation.cases.seeded import OBSERVED, weekly_with_panels
    from simulation.experiments.running.seeded import under_seeds

    measures = [panel.measure for panel in panels(case)]
    names = [*METRICS, *(OBSERVED + name for name in measures)]
    series = np.empty((len(seeds), spec.weeks, len(names)))
    check()
    under_seeds(spec, seeds, names, series, done=done, check=check, of=functools.partial(weekly_with_panels, case))
    return Spread.of_case(seeds, series, measures)


class Fans:
    """The fans of one tab.

    Parameters
    ----------
    session : Session
        Its runs.

    Attributes
    ----------
    on : bool
        Whether fans are asked for.
    done, total : int
        Runs of the fan in work that are finished, and all of them; 0 while none is in work.
    problem : Exception or None
        Why the last fan could not be made; an InputError where it may not.
    gone : callable
        Returns True once nobody looks any more.
    moved, found : Event
        The work has got on; a fan is there, or cannot be made.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.on = False
        self.done = self.total = 0
        self.problem: Exception | None = None
        self.gone: Callable[[], bool] = lambda: False
        self.moved = Event()
        self.found = Event()
        self._own: dict[Key, Spread] = {}
        self._key: Key | None = None
        self._work: asyncio.Task[None] | None = None

    def pair(self) -> tuple[Spread | None, Spread | None]:
        """Return the fans of the run and of the one beside it, where they are asked for and known."""
        if not self.on:
            return (None, None)
        a, b = self.session.a, self.session.b
        return (self._known(a), None if b is None else self._known(b))

    def _known(self, track: Track) -> Spread | None:
        key = key_of(track)
        spread = self._own.get(key) or _KEPT.get(key)
        if spread is not None:
            self._own[key] = spread
        return spread

    def switch(self, on: bool) -> None:
        """Ask for fans, or no more."""
        self.on, self.problem = on, None
        if self._work is None:
            self._key = None  # tried again
        self.follow()
        self.found()

    def follow(self) -> None:
        """Begin the fan that is missing, and end one that is missed no more; to be called when the choice changed."""
        tracks = [track for track in (self.session.a, self.session.b) if track is not None]
        wanted = {key_of(track): track for track in tracks} if self.on else {}
        self._own = {key: spread for key, spread in self._own.items() if key in wanted}
        missing = next((key for key, track in wanted.items() if self._known(track) is None), None)
        if missing == self._key:
            return
        self.end()
        self.problem = None
        if missing is not None:
            self._key, self.total = missing, SEEDS
            track = wanted[missing]
            self._work = asyncio.get_running_loop().create_task(self._make(missing, track.model.spec, track.case))

    def end(self) -> None:
        """End the work."""
        if self._work is not None:
            self._work.cancel()
        self._work, self._key = None, None
        self.done = self.total = 0

    async def _make(self, key: Key, spec: Scenario, case: Case | None) -> None:
        def tell(done: int, total: int) -> None:
            if self._key == key:
                self.done, self.total = done, total

        def work(check: Check) -> Spread:
            known = _KEPT.get(key)  # another tab may have made it meanwhile
            return known or made(spec, key[1], tell, check, case=case)

        task = asyncio.ensure_future(apart(work, Watch(SECONDS), _THREADS))
        try:
            while not (await asyncio.wait({task}, timeout=LOOK))[0]:
                if self.gone():
                    raise GivenUp
                self.moved()
            self._own[key] = _KEPT[key] = task.result()
            while len(_KEPT) > MOST:
                _KEPT.popitem(last=False)
        except GivenUp:
            self.on = False
        except Exception as error:
            self.problem = error
        finally:
            task.cancel()
        # Work that was ended does not come here.
        self._work, self.done, self.total = None, 0, 0
        if self.problem is None:  # what cannot be made is not tried again and again
            self._key = None
            self.follow()
        self.found()


def end() -> None:
    """End with the program."""
    _THREADS.shutdown(wait=False, cancel_futures=True)
