"""``sweep --dry-run``: the number of runs of a design, and the time that they should take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.experiments.design.design import Design
from simulation.experiments.design.validity import check_points
from simulation.experiments.running.processes import check_workers, default_workers
from simulation.experiments.running.seeds import run_seed
from simulation.experiments.running.worker import OK, Job, pack, run_batch
from simulation.experiments.sweeping import check_names, prepare
from simulation.files.errors import InputError, told


@dataclass(frozen=True)
class Plan:
    """The cost of a sweep: ``sweep --dry-run``.

    Attributes
    ----------
    points, replicates, runs : int
        Size of the design; ``runs`` counts equal points once.
    run_seconds : float
        Seconds that one run took here, compiled code warm.
    seconds : float
        Expected time with so many workers.
    """

    points: int
    replicates: int
    runs: int
    workers: int
    run_seconds: float
    seconds: float


def plan(
    design: Design | str | Path | dict[str, Any],
    task: Any = None,
    *,
    worlds: Sequence[Mapping[str, Any]] | None = None,
    workers: int | None = None,
    lang: str = "en",
) -> Plan:
    """Return the number of runs and the time they should take, from one timed run of the first point.

    Parameters
    ----------
    design, task, worlds
        As for ``sweep``.
    workers : int, optional
        Local processes to reckon with; by default as many as there are processors.
    lang : {'en', 'zh'}
        Language of the bar that a long check of the points shows.

    Raises
    ------
    InputError
        When the task refuses points of the design, grouped by reason; or when the first run fails.
    """
    if workers is not None:
        check_workers(workers)
    design, task = prepare(design, task, worlds)
    points = check_points(design, task, lang)
    first = dict(zip(design.names, next(iter(design.points())), strict=True))
    job = Job(0, 0, run_seed(design.seed, 0), first)
    payload = pack(task, design.metrics, design.weekly, None)
    took = 0.0
    for _ in range(2):
        outcome = run_batch(payload, [job]).outcomes[0]
        if outcome.status != OK:
            raise InputError(
                told("error.plan.first_fails", reason=outcome.error), file=design.file, given=job.parameters
            )
        check_names(design, outcome)
        took = outcome.seconds
        if took > 30:
            break
    count = workers if workers is not None else default_workers()
    runs = points * design.replicates
    return Plan(points, design.replicates, runs, count, took, took * runs / max(count, 1))
