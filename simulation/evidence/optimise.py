"""A first look: the nearest vector that an optimiser finds, one point without uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulation.evidence.evaluating import Evaluator, Staged
from simulation.evidence.measuring import Measuring
from simulation.evidence.targets import Calibration
from simulation.experiments.running.protocol import Task
from simulation.files.errors import InputError, told
from simulation.files.extras import require_extra

BATCH = 10
"""Vectors proposed at a time, and run together."""


@dataclass(frozen=True)
class FirstLook:
    """The result of an optimiser.

    Attributes
    ----------
    parameters : dict
        The nearest vector.
    distance : float
        Its distance: 1 or less when every target is good enough in these runs. It was chosen for being small, so fresh
        runs will show a larger distance.
    values : dict of str to float
        Each target's value there.
    tried : int
        Vectors evaluated.
    """

    parameters: dict[str, Any]
    distance: float
    values: dict[str, float]
    tried: int


def first_look(
    targets: Calibration | str | Path | Mapping[str, Any],
    task: Task | None = None,
    *,
    trials: int = 60,
    store: str | Path | None = None,
    **options: Any,
) -> FirstLook:
    """Minimise the distance with Optuna's tree-structured Parzen estimator, on a store of its own; resumes.

    Parameters
    ----------
    targets, task, options
        As for ``calibrate``.
    trials : int
        Vectors to try, rounded up to tens.
    store : path, optional
        By default ``out/calibration/<name>.first-look.sqlite``.

    Raises
    ------
    InputError
        Without Optuna (the extra ``calibrate``), or when nothing ran.
    """
    require_extra(
        "calibrate", told("error.purpose.first_look"), key="--first-look", otherwise=told("error.extra.leave_out")
    )
    import optuna

    if trials < 1:
        raise InputError(
            told("error.vectors.number"), key="--first-look", given=trials, allowed=told("error.vectors.from_1")
        )
    asked = Calibration.of(targets)
    path = Path(store) if store is not None else Path("out", "calibration", f"{asked.name}.first-look.sqlite")
    inner = task or Measuring(asked.settings, list(asked.targets.values()))
    evaluator = Evaluator(
        asked, Staged(inner, asked, "first look"), path, asked.seed, paired=True, replicates=asked.replicates,
        options=options,
    )  # fmt: skip
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=asked.seed % 2**32))
    space: dict[str, optuna.distributions.BaseDistribution] = {
        name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in asked.parameters
    }
    found: list[float] = []
    while len(found) < trials:
        # Vectors are proposed in tens and reported in order, so that the next proposal depends on stored results alone.
        asked_for = [study.ask(space) for _ in range(BATCH)]
        unit = np.array([[one.params[name] for name in space] for one in asked_for])
        distances = evaluator.distances(evaluator(evaluator.values(unit))).max(axis=1)
        for one, distance in zip(asked_for, distances, strict=True):
            study.tell(one, float(distance) if np.isfinite(distance) else 1e9)
        found += [float(distance) for distance in distances]
    best = int(np.argmin(found))
    if not np.isfinite(found[best]):
        raise InputError(told("error.search.no_run"), file=path)
    values = dict(zip(asked.targets, map(float, evaluator.means[best]), strict=True))
    return FirstLook(evaluator.points[best], found[best], values, len(found))
