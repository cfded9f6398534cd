"""The work of a worker: it runs a batch of runs, and no run can harm another.

This module is imported by every worker before anything else, so it imports nothing heavy.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from simulation.experiments.running.protocol import Results, Task, warm_up
from simulation.files.errors import InputError, Told
from simulation.text import LANGUAGES

OK, FAILED, TIMEOUT = "ok", "failed", "timeout"
LONGEST_ERROR = 400
"""Characters of an error's text that a store keeps."""


class Job(NamedTuple):
    """One run to do."""

    point: int
    replicate: int
    seed: int
    parameters: dict[str, Any]


class Outcome(NamedTuple):
    """One run done: a row of the store."""

    point: int
    replicate: int
    seed: int
    status: str
    error: str | None
    seconds: float
    host: str
    metrics: dict[str, float | None]
    weekly: dict[str, list[float]]


class Batch(NamedTuple):
    """The answer of a worker: the outcomes of a batch."""

    outcomes: list[Outcome]
    digest: str
    platform: str


RINGS_AGAIN = 0.1
"""Seconds after which a limit that Python swallowed, within a finalizer, strikes again."""


class RunTimeoutError(BaseException):
    """A run has used up its time; no ``except Exception`` in the run may swallow it."""


def serve(pipe: Any, memory_limit: int | None) -> None:
    """Be a worker: take the payload, say that it is there, and run batch after batch until the pipe closes.

    Parameters
    ----------
    pipe : Connection
        Both ways to the parent. It sends the payload first and then batches; back go None when the worker is ready,
        and for each batch its answer, or the exception that kept it from being run.
    memory_limit : int, optional
        Bytes by which the process may grow (Linux).
    """
    # A terminal sends Ctrl-C to the whole family; the parent decides what becomes of its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        payload = pipe.recv_bytes()
        start(payload, memory_limit)
        pipe.send(None)
        while True:
            jobs = pipe.recv()
            try:
                answer: Any = run_batch(payload, jobs)
            except Exception as problem:
                answer = problem
            pipe.send(answer)


def start(payload: bytes, memory_limit: int | None) -> None:
    """Prepare a worker process: one thread per library, a memory limit, an end when the parent ends."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[variable] = "1"
    end_with_parent()
    limit_memory(memory_limit)
    # Before the first batch, whose time counts. A failure here repeats itself there and is reported.
    with contextlib.suppress(Exception):
        _load(payload)


def end_with_parent() -> None:
    """Make this worker end when its parent does, even if that is killed.

    A thread waits for the parent everywhere; on Linux the kernel does so too, which reaches a worker that is
    deep in compiled code.
    """
    import multiprocessing
    from multiprocessing import connection

    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        import ctypes

        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
        if os.getppid() != parent.pid:
            os._exit(1)

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def limit_memory(limit: int | None) -> None:
    """Let this process grow by at most ``limit`` bytes of address space from here on (Linux)."""
    if limit is None or sys.platform != "linux":
        return
    import resource
    from pathlib import Path

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    ceiling = pages * resource.getpagesize() + limit
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        ceiling = min(ceiling, hard)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))


def run_batch(payload: bytes, jobs: Sequence[Job]) -> Batch:
    """Run a batch; a run that raises or takes too long is an outcome like any other."""
    from simulation.experiments.running.fingerprint import fingerprint, host

    task, metrics, weekly, limit = _load(payload)
    here = host()
    outcomes = [_run(task, job, metrics, weekly, limit, here) for job in jobs]
    return Batch(outcomes, *fingerprint())


def pack(task: Task, metrics: Sequence[str], weekly: Sequence[str], limit: float | None) -> bytes:
    """Return the data that a worker needs; functions defined interactively travel as a whole."""
    import cloudpickle

    # A function that was changed and loaded again has the same name, and so the same payload.
    _load.cache_clear()
    return cloudpickle.dumps((task, tuple(metrics), tuple(weekly), limit))


@functools.lru_cache(maxsize=2)
def _load(payload: bytes) -> Any:
    """Return task, metrics, series and limit; where time is limited, importing and compiling are done first."""
    import cloudpickle

    loaded = cloudpickle.loads(payload)
    task, _, _, limit = loaded
    if limit is not None:
        warm_up(task)
    return loaded


def _run(
    task: Task, job: Job, metrics: Sequence[str], weekly: Sequence[str], limit: float | None, here: str
) -> Outcome:
    begun = time.perf_counter()
    status, error = OK, None
    values: dict[str, float | None] = {}
    series: dict[str, list[float]] = {}
    try:
        with time_limit(limit):
            returned = task(dict(job.parameters), job.seed)
        values, series = _read(returned, metrics, weekly)
    except RunTimeoutError:
        status, error = TIMEOUT, f"took longer than {limit:g} s"
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        status, error = FAILED, describe(problem)
    seconds = time.perf_counter() - begun
    return Outcome(job.point, job.replicate, job.seed, status, error, seconds, here, values, series)


def _read(
    returned: Results, metrics: Sequence[str], weekly: Sequence[str]
) -> tuple[dict[str, float | None], dict[str, list[float]]]:
    """Return a run's numbers and series; a number that is not one (NaN, None) is None."""
    found, series = returned if isinstance(returned, tuple) else (returned, {})
    if not isinstance(found, Mapping):
        raise TypeError(f"a run returns a dict of metrics, not {type(found).__name__}")
    # When a required metric is missing all metrics go back, so that the driver can name the nearest one.
    names = list(metrics) if metrics and all(name in found for name in metrics) else list(found)
    values = {}
    for name in names:
        number = found[name]
        number = None if number is None else float(number)
        values[str(name)] = None if number is None or number != number else number
    kept = {name: [float(value) for value in series[name]] for name in weekly if name in series}
    return values, kept


def describe(problem: BaseException) -> str:
    """Return an error as one line: its kind, its words (in every language that it has) and the place it came from."""
    if isinstance(problem, InputError):
        return Told(**{lang: _line(problem, problem.in_language(lang)) for lang in LANGUAGES})
    return _line(problem, str(problem))


def _line(problem: BaseException, words: str) -> str:
    text = f"{type(problem).__name__}: {words}" if words else type(problem).__name__
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""  # noqa: PTH119
    text = " ".join(text.split())
    room = LONGEST_ERROR - len(place)
    return (text if len(text) <= room else text[: room - 1] + "…") + place


@contextlib.contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise RunTimeoutError in the block after so many seconds.

    By the alarm clock in a main thread, which also ends a sleep; elsewhere between two Python instructions.
    """
    if seconds is None:
        yield
    elif hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        with _alarm(seconds):
            yield
    else:
        with _injected(seconds):
            yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    rung, over = False, False

    def ring(*_: object) -> None:
        nonlocal rung
        if not over:
            rung = True
            raise RunTimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, RINGS_AGAIN)
    try:
        with _swallowing_unsaid():
            yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if rung:
        raise RunTimeoutError


@contextlib.contextmanager
def _injected(seconds: float) -> Iterator[None]:
    thread, lock, over = threading.get_ident(), threading.Lock(), threading.Event()

    def ring() -> None:
        wait = seconds
        while not over.wait(wait):
            _strike(thread, lock, over)
            wait = RINGS_AGAIN

    threading.Thread(target=ring, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            over.set()


def _strike(thread: int, lock: threading.Lock, over: threading.Event) -> None:
    """Raise RunTimeoutError in a thread, unless what it is to end is over."""
    import ctypes

    with lock:
        if not over.is_set():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(RunTimeoutError))


@contextlib.contextmanager
def _swallowing_unsaid() -> Iterator[None]:
    """Say nothing of a RunTimeoutError that Python swallows, because it came within a finalizer: it comes again."""
    before = sys.unraisablehook

    def hook(swallowed: Any) -> None:
        if not isinstance(swallowed.exc_value, RunTimeoutError):
            before(swallowed)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before
