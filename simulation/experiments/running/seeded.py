"""One scenario under many seeds, in threads of this process: the weekly series of each run, and nothing else of it.

Compiled code lets other threads run meanwhile. So threads share the work of a run's weeks, and need neither a new
interpreter nor a second copy of what all seeds have in common.
"""

from __future__ import annotations

import contextlib
import gc
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.experiments.running.processes import check_workers, default_workers

if TYPE_CHECKING:
    from simulation.scenario import Scenario

type Array = NDArray[np.float64]
type Series = Callable[..., Array]
"""Scenario, seed and names, with ``threads`` and ``check``, to an array of shape (weeks, names)."""

LARGE = 200_000
"""Citizens above which seeds are run one after another, each on all threads: so only one of them is in memory."""
_LONG = 50_000
"""Citizens above which a run may be ended in any week, and its memory is given back at once."""
_LOOK = 0.05
"""Seconds between two looks at whether the work should end."""


class _Ended(Exception):  # noqa: N818 - no error: nobody waits for the run any more
    """Ends a run."""


def weekly_of(
    spec: Scenario, seed: int, names: Sequence[str], *, threads: int = 1, check: Callable[[], None] | None = None
) -> Array:
    """Run a scenario and return some of its weekly series.

    Parameters
    ----------
    spec : Scenario
        The scenario.
    seed : int
        The seed.
    names : sequence of str
        Metrics.
    threads : int
        See `simulation.run`.
    check : callable, optional
        Called in every week; may raise to end the run.

    Returns
    -------
    array, shape (weeks, names)
        The same numbers as in the weekly table of `simulation.run`.
    """
    from simulation.metrics import METRICS
    from simulation.model import MomentumModel

    model = MomentumModel(spec, rng=seed, threads=threads)
    if check is None:
        model.compute_ahead(spec.weeks)
    else:
        for _ in range(spec.weeks):
            check()
            model.compute_ahead(1)
    outcome = model.outcome()
    return np.column_stack([METRICS[name].compute(outcome) for name in names])


def citizens_of(spec: Scenario) -> int:
    """Return how many citizens a scenario simulates."""
    from simulation.places.hierarchy import load_hierarchy, sample

    hierarchy = load_hierarchy(spec)
    return int(sample(hierarchy, spec.structure.citizens, spec.structure.communities).citizens.sum())


def under_seeds(
    spec: Scenario,
    seeds: Sequence[int],
    names: Sequence[str],
    series: Array,
    *,
    workers: int | None = None,
    done: Callable[[int, int], None] = lambda done, total: None,
    check: Callable[[], None] = lambda: None,
    of: Series = weekly_of,
) -> None:
    """Run a scenario under several seeds; whatever ends the work early ends every thread first.

    Parameters
    ----------
    spec : Scenario
        The scenario.
    seeds : sequence of int
        The seeds.
    names : sequence of str
        Metrics.
    series : array, shape (seeds, weeks, names)
        Gets the weekly series.
    workers : int, optional
        Threads, by default one for each processor. Results do not depend on their number.
    done : callable
        Called in this thread with the number of finished runs and of all.
    check : callable
        Called in this thread, twenty times per second; raises to end the work.
    of : callable
        Runs the scenario under one seed and returns its series; called as `weekly_of` is.

    Raises
    ------
    InputError
        When the number of workers is out of range, or the scenario cannot be run.
    """
    check_workers(1 if workers is None else workers, least=1)
    threads = workers or default_workers()
    people = citizens_of(spec)
    at_once, within = (1, threads) if people > LARGE else (threads, 1)
    stop = threading.Event()

    def ended() -> None:
        if stop.is_set():
            raise _Ended

    def run_one(place: int) -> None:
        ended()
        long = people > _LONG
        series[place] = of(spec, seeds[place], names, threads=within, check=ended if long else None)
        if long:
            gc.collect()  # a model holds itself in circles

    finished: queue.SimpleQueue[Future[None]] = queue.SimpleQueue()
    with ThreadPoolExecutor(at_once, thread_name_prefix="wushi-seed") as pool:
        for place in range(len(seeds)):
            pool.submit(run_one, place).add_done_callback(finished.put)
        number = 0
        try:
            while number < len(seeds):
                check()
                with contextlib.suppress(queue.Empty):
                    finished.get(timeout=_LOOK).result()
                    number += 1
                    done(number, len(seeds))
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
