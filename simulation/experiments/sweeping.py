"""``sweep``: do every run of a design once, keep each as it finishes, resume."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from simulation.drawing.progress import Progress
from simulation.experiments import across
from simulation.experiments.design.design import Design
from simulation.experiments.design.factors import check_factors
from simulation.experiments.design.validity import check_points
from simulation.experiments.running.clusters import Dask
from simulation.experiments.running.engines import CANCELLED, LOST, Engine, Executors, Returned, Serial
from simulation.experiments.running.fingerprint import host
from simulation.experiments.running.interrupts import terminable
from simulation.experiments.running.kept import Kept
from simulation.experiments.running.processes import Processes, check_workers, default_workers
from simulation.experiments.running.progress import Tally, reporter
from simulation.experiments.running.protocol import Task, identify
from simulation.experiments.running.task import as_task
from simulation.experiments.running.waiting import Patience
from simulation.experiments.running.worker import FAILED, OK, Job, Outcome, pack
from simulation.experiments.store.database import StoreError
from simulation.experiments.store.reading import Experiment
from simulation.experiments.store.store import Store
from simulation.files.errors import InputError, nearest, told

_BATCH_SECONDS = 0.05
"""Seconds of work that one message to a worker should carry; sending then costs little in comparison."""
_BATCH_LARGEST = 64
_QUIET_SECONDS, _QUIET_TIMES = 120.0, 20
"""A sweep in which no run comes back for so long, and for so many times the longest run, says so."""
_BY_OPTION = ("compare", "ablate")
"""Designs that no file holds: their metrics are those of an option."""
LONGEST_RUN = 1e7
"""Largest limit of a run's time, in seconds (four months)."""
LARGEST_MEMORY = 2**60
"""Largest limit of a worker's memory, in bytes."""
MOST_ATTEMPTS = 100
ATTEMPTS = 3
"""Number of times that a run is tried by itself, by default, when the worker that executes it ends."""


def sweep(
    design: Design | str | Path | dict[str, Any],
    task: Any = None,
    *,
    worlds: Sequence[Mapping[str, Any]] | None = None,
    store: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    executor: Executor | None = None,
    run_timeout: float | None = None,
    memory_limit: float | None = None,
    retry_failed: bool = False,
    attempts: int = ATTEMPTS,
    wait: float | None = None,
    progress: str | Callable[[Tally], None] = "auto",
    lang: str = "en",
    kept: Kept | None = None,
) -> Experiment:
    """Run a design, resuming by itself, and return the store as an experiment.

    Parameters
    ----------
    design : Design, path or dict
        The design; see ``Design``. A dict has the form of a design file.
    task : callable or scenario, optional
        ``f(parameters, seed) → {metric: number}``; or a scenario for the model; by default the model under
        the design's scenario. Functions defined interactively are fine.
    worlds : sequence of mappings, optional
        Plausible worlds, such as ``simulation.worlds(50)``: every point is run in each of them, all on the same seeds.
        The design becomes a list of points with the further factor ``world``; `simulation.experiments.effects` tells
        in how many worlds each factor's effect holds. A factor's value wins over that of a world.
    store : str or Path, optional
        The file; by default ``out/sweeps/<name of the design>.sqlite``, or with worlds ``<name>-worlds.sqlite`` there.
    workers : int, optional
        Local processes; 0: this process; by default as many as there are processors.
    dask : str, optional
        Address of a Dask scheduler to use instead.
    executor : Executor, optional
        Any ``concurrent.futures.Executor`` to use instead.
    run_timeout : float, optional
        Seconds that a run may take.
    memory_limit : float, optional
        Bytes by which a local worker process may grow (Linux).
    retry_failed : bool
        True to repeat stored runs that failed.
    attempts : int
        Number of times, 1 to 100, that a run is tried by itself whose worker ends while it executes it; then it is
        stored as failed. Runs that had not begun when their worker ended lose no attempt, and neither do those of a
        batch of short runs, of which nobody knows which one was under way.
    wait : float, optional
        Seconds after which a wait for others ends: for workers that do not come, for a store that another program
        holds. By default those of the environment variable ``WUSHI_WAIT``, else 300.
    progress : {'auto', 'rich', 'quiet', 'json'} or callable
        Kind of progress display, on standard error; a callable gets a ``Tally``.
    lang : {'en', 'zh'}
        Language of the display.
    kept : Kept, optional
        Keeps the workers for further sweeps of the same task.

    Returns
    -------
    Experiment
        The store, with its runs and points as tables.

    Raises
    ------
    InputError
        When the design, the store or the cluster's address cannot be used, or points of the design cannot be run.
    StoreError
        When the disk is full, or another program holds the store too long; finished runs are kept.
    EngineError
        When a cluster has gone for good or no worker comes; finished runs are kept.
    KeyboardInterrupt
        When interrupted (Ctrl-C or SIGTERM); finished runs are kept.
    """
    design, task = prepare(design, task, worlds)
    path = store_path(design, store)
    _check_limits(run_timeout, memory_limit, workers, attempts)
    patience = Patience(lang, wait, _teller(progress))
    check_points(design, task, lang)
    payload = pack(task, design.metrics, design.weekly, run_timeout)

    def make() -> Engine:
        return _engine(payload, workers, dask, executor, run_timeout, memory_limit, patience)

    engine = make() if kept is None else kept.lend(payload, make)
    # The display first: one that there is not is refused before anything is made.
    with reporter(progress, lang) as report, Store(path, design, identify(task), patience) as opened, terminable():
        _Driver(design, opened, engine, report, attempts).drive(retry_failed)
        return opened.experiment()


def prepare(
    design: Design | str | Path | dict[str, Any], task: Any, worlds: Sequence[Mapping[str, Any]] | None = None
) -> tuple[Design, Task]:
    """Return design and task, checked against each other and, where there are worlds, crossed with them."""
    design = Design.of(design)
    if task is None:
        if design.scenario is None:
            raise InputError(told("error.sweep.no_scenario"), file=design.file, key="sweep.scenario")
        task = design.scenario
    task = as_task(task, design.weekly)
    check_factors(design.factors, task, design.file)
    if worlds is None:
        return design, task
    laid = across.laid(task, across.checked(worlds))
    return across.crossed(design, worlds), laid


def store_path(design: Design, store: str | Path | None) -> Path:
    """Return where a design's store is kept."""
    return Path(store) if store is not None else Path("out", "sweeps", f"{design.name}.sqlite")


def _teller(progress: str | Callable[[Tally], None]) -> Callable[[str], None] | None:
    """Return what says that the sweep waits: a JSON object where progress is one too, else a line of words."""
    if progress != "json":
        return None
    return lambda words: print(json.dumps({"waiting": words}, ensure_ascii=False), file=sys.stderr, flush=True)


def _check_limits(
    run_timeout: float | None, memory_limit: float | None, workers: int | None, attempts: int = ATTEMPTS
) -> None:
    for key, value, most in (
        ("--run-timeout", run_timeout, LONGEST_RUN),
        ("--memory-limit", memory_limit, LARGEST_MEMORY),
    ):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and 0 < value <= most):
            raise InputError(
                told("error.sweep.limit"), key=key, given=value, allowed=told("error.sweep.limit.allowed", most=most)
            )
    if workers is not None:
        check_workers(workers)
    if isinstance(attempts, bool) or not isinstance(attempts, int) or not 1 <= attempts <= MOST_ATTEMPTS:
        raise InputError(
            told("error.sweep.attempts"),
            key="--attempts",
            given=attempts,
            allowed=told("error.sweep.attempts.allowed", most=MOST_ATTEMPTS),
        )


def _engine(
    payload: bytes,
    workers: int | None,
    dask: str | None,
    executor: Executor | None,
    run_timeout: float | None,
    memory_limit: float | None,
    patience: Patience | None = None,
) -> Engine:
    if dask is not None and executor is not None:
        raise InputError(told("error.sweep.both"), key="--dask", given=dask)
    if dask is not None:
        return Dask(payload, dask, patience=patience)
    if executor is not None:
        return Executors(payload, executor)
    count = default_workers() if workers is None else workers
    if not count:
        return Serial(payload)
    return Processes(payload, count, run_timeout, None if memory_limit is None else int(memory_limit), patience)


class _Driver:
    """The loop: keep the engine busy, store the outcomes, repeat lost runs."""

    def __init__(
        self, design: Design, store: Store, engine: Engine, report: Progress, attempts: int = ATTEMPTS
    ) -> None:
        self.design = design
        self.store = store
        self.engine = engine
        self.report = report
        self.attempts = attempts
        self.longest = 0.0
        self.size = 1
        self.again: deque[Job] = deque()
        self.tries: dict[tuple[int, int], int] = {}
        self.checked = False

    def drive(self, retry_failed: bool) -> None:
        """Do every run that the store lacks."""
        counts = self.store.counts()
        if retry_failed:
            counts = {key: counts[key] for key in (OK, "total") if key in counts}
        tally = Tally.begin(counts, self.store.sums(), self.design.metrics)
        jobs = self.store.pending(retry_failed)
        self.report.show(tally)
        with self.engine:
            flying = 0
            try:
                while True:
                    while flying < self.engine.capacity and (batch := self._next(jobs)):
                        self.engine.submit(batch)
                        flying += 1
                    if not flying:
                        break
                    came = self.engine.collect(0.1)
                    for returned in came:
                        flying -= 1
                        self._keep(returned, tally)
                    self._watch(bool(came))
                    self.store.tick()
                    self.report.show(tally)
            except KeyboardInterrupt:
                try:
                    self._drain(tally)
                except StoreError as error:
                    self.store.patience.tell(error.args[0])
                raise
        self.store.flush()
        self.report.show(tally, last=True)

    def _watch(self, moved: bool) -> None:
        """Say so when no run comes back for much longer than any run took: one may hang, or its worker be stopped."""
        if moved:
            self.store.patience.over("quiet")
        else:
            self.store.patience.remark("quiet", max(_QUIET_SECONDS, _QUIET_TIMES * self.longest))

    def _drain(self, tally: Tally) -> None:
        """Store the runs that finished before the interrupt; the serial engine has none to hand back."""
        self.store.hurry()
        if not isinstance(self.engine, Serial):
            for returned in self.engine.collect(0.0):
                if returned.batch is not None:
                    self._keep(returned, tally)
        self.store.flush()

    def _next(self, jobs: Iterator[Job]) -> list[Job]:
        if self.again:
            return [self.again.popleft()]
        batch = []
        for job in jobs:
            batch.append(job)
            if len(batch) >= self.size:
                break
        return batch

    def _keep(self, returned: Returned, tally: Tally) -> None:
        if returned.batch is not None:
            self.store.platform(returned.batch.digest, returned.batch.platform)
            for outcome in returned.batch.outcomes:
                self._add(outcome, tally)
            self._resize(returned.batch.outcomes)
        elif len(returned.jobs) > 1 or returned.fate == CANCELLED:
            # One of them may be the cause, or none: each is run alone, so that only the guilty one fails.
            self.again.extend(returned.jobs)
        else:
            self._missed(returned, tally)

    def _missed(self, returned: Returned, tally: Tally) -> None:
        job = returned.jobs[0]
        key = (job.point, job.replicate)
        self.tries[key] = self.tries.get(key, 0) + 1
        if returned.fate == LOST and self.tries[key] < self.attempts:
            self.again.append(job)
            return
        begun = self.tries.pop(key)
        status = FAILED if returned.fate == LOST else returned.fate
        words = returned.error if begun == 1 else f"{returned.error}; tried {begun} times by itself"
        self._add(Outcome(*job[:3], status, words, 0.0, host(), {}, {}), tally)

    def _add(self, outcome: Outcome, tally: Tally) -> None:
        if outcome.status == OK and not self.checked:
            check_names(self.design, outcome)
            self.checked = True
        self.tries.pop((outcome.point, outcome.replicate), None)
        self.longest = max(self.longest, outcome.seconds)
        if self.design.metrics:
            kept = {name: outcome.metrics[name] for name in self.design.metrics if name in outcome.metrics}
            outcome = outcome._replace(metrics=kept)
        self.store.add(outcome)
        tally.add(outcome)

    def _resize(self, outcomes: Sequence[Outcome]) -> None:
        """Let a batch carry a twentieth of a second of work; it grows at most twofold at a time."""
        mean = sum(outcome.seconds for outcome in outcomes) / len(outcomes)
        wanted = int(_BATCH_SECONDS / max(mean, 1e-6))
        self.size = max(1, min(wanted, 2 * self.size, _BATCH_LARGEST))


def check_names(design: Design, outcome: Outcome) -> None:
    """Raise InputError when the first finished run lacks a metric or a series that the design names."""
    for key, names, found in (
        ("metrics", design.metrics, outcome.metrics),
        ("weekly", design.weekly, outcome.weekly),
    ):
        for name in names:
            if name not in found:
                raise InputError(
                    told("error.no_run_metric") if key == "metrics" else told("error.no_run_series"),
                    file=design.file,
                    key="--metric" if design.name in _BY_OPTION else f"sweep.{key}",
                    given=name,
                    suggestion=nearest(name, found),
                )
