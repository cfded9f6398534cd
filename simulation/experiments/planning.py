"""``sweep --dry-run``: the number of runs of a design, and the time that they should take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.experiments.design.design import Design, identity
from simulation.experiments.running.engines import default_workers
from simulation.experiments.running.seeds import run_seed
from simulation.experiments.running.worker import OK, Job, pack, run_batch
from simulation.experiments.sweeping import check_names, prepare
from simulation.files.errors import InputError


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


def plan(design: Design | str | Path | dict[str, Any], task: Any = None, *, workers: int | None = None) -> Plan:
    """Return the number of runs and the time they should take, from one timed run of the first point."""
    design, task = prepare(design, task)
    first, seen = None, set()
    for values in design.points():
        first = first or dict(zip(design.names, values, strict=True))
        seen.add(identity(design.names, values))
    job = Job(0, 0, run_seed(design.seed, 0), first or {})
    payload = pack(task, design.metrics, design.weekly, None)
    took = 0.0
    for _ in range(2):
        outcome = run_batch(payload, [job]).outcomes[0]
        if outcome.status != OK:
            raise InputError(f"the first run fails: {outcome.error}", file=design.file, given=job.parameters)
        check_names(design, outcome)
        took = outcome.seconds
        if took > 30:
            break
    count = workers if workers is not None else default_workers()
    runs = len(seen) * design.replicates
    return Plan(len(seen), design.replicates, runs, count, took, took * runs / max(count, 1))
