"""One finding left out: worlds that meet all others predict it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.evaluating import Evaluator
from simulation.evidence.findings import finding_keys
from simulation.evidence.measuring import Measuring
from simulation.evidence.targets import Calibration
from simulation.evidence.worlds.checking import judge
from simulation.evidence.worlds.emulator import Emulator
from simulation.evidence.worlds.form import About
from simulation.evidence.worlds.implausibility import GOOD_ENOUGH
from simulation.evidence.worlds.waves import Matched, Measure
from simulation.experiments.design.distributions import Range
from simulation.experiments.running.worker import OK
from simulation.experiments.store.reading import read_store
from simulation.files.errors import InputError, listed, nearest, told

type Array = NDArray[np.float64]


def without(matched: Matched, key: str) -> Matched:
    """Return what the waves know of all findings but one.

    Parameters
    ----------
    matched : Matched
        What they know of all.
    key : str
        The finding that is left out.

    Raises
    ------
    InputError
        When there is no such finding.
    """
    names = [target.name for target in matched.targets]
    if key not in names:
        raise InputError(
            told("error.no_such_finding"),
            key="findings",
            given=key,
            allowed=listed(names),
            suggestion=nearest(key, names),
        )
    left = [place for place, name in enumerate(names) if name != key]
    return replace(
        matched,
        targets=tuple(matched.targets[place] for place in left),
        means=matched.means[:, left],
        errors=matched.errors[:, left],
        emulators=tuple(matched.emulators[place] for place in left),
        shares=(),
    )


def meeting_the_others(
    matched: Matched, key: str, candidates: Array, measure: Measure, wanted: int, at_once: int
) -> tuple[Array, Array, int]:
    """Run candidates until enough of them meet all findings but one; return what they give of that one.

    Parameters
    ----------
    matched : Matched
        What the waves know of all findings; only their names and ranges are used.
    key : str
        The finding that is left out.
    candidates : array, shape (n, k)
        Vectors of the unit cube, drawn from ``without(matched, key)``.
    measure : callable
        Runs vectors on fresh cities: every finding's mean and its standard error.
    wanted, at_once : int
        Vectors that should meet the others; candidates taken at a time.

    Returns
    -------
    values, errors : array, shape (m,)
        The finding under each vector whose implausibility over the others is at most 1, and its standard error.
    looked_at : int
        Candidates that ran.
    """
    names = [target.name for target in matched.targets]
    own, others = names.index(key), [place for place, name in enumerate(names) if name != key]
    targets = [matched.targets[place] for place in others]
    values, errors = np.empty(0), np.empty(0)
    looked_at = 0
    while looked_at < len(candidates) and len(values) < wanted:
        part = candidates[looked_at : looked_at + at_once]
        looked_at += len(part)
        means, noise = measure(part)
        good = judge(targets, means[:, others], noise[:, others]) <= GOOD_ENOUGH
        values, errors = np.append(values, means[good, own]), np.append(errors, noise[good, own])
    return values, errors, looked_at


def asked_of(about: About) -> Calibration:
    """Return the findings and priors that a set of worlds was searched with, as the file beside it states them.

    The priors are those of the search, even where defaults have since changed.
    """
    priors = {
        name: {"low": one.prior_low, "high": one.prior_high, "scale": one.scale}
        for name, one in about.parameters.items()
    }
    return Calibration.of({"findings": finding_keys(), "parameters": priors, "calibration": {"seed": about.seed}})


def from_stores(asked: Calibration, folder: Path, stage: str = "wave") -> Matched:
    """Return what the waves know, read from their stores; nothing is run.

    Parameters
    ----------
    asked : Calibration
        Findings and priors of the search.
    folder : Path
        Its folder, with a store ``<stage>-<setting>.sqlite`` per setting.
    stage : str
        The part of the search.

    Raises
    ------
    InputError
        When a store is missing, or holds other parameters or vectors than the rest.
    """
    vectors: Array | None = None
    means = errors = np.empty((0, len(asked.targets)))
    for setting in asked.settings:
        path = folder / f"{stage}-{setting}.sqlite"
        here, found, noise = _measured(asked, setting, path)
        if vectors is None:
            vectors = here
            means = np.full((len(vectors), len(asked.targets)), np.nan)
            errors = np.full_like(means, np.nan)
        if not np.array_equal(here, vectors):
            raise InputError(told("error.search.other"), file=path)
        columns = [place for place, target in enumerate(asked.targets.values()) if target.setting == setting]
        means[:, columns], errors[:, columns] = found, noise
    assert vectors is not None
    unit = np.column_stack([_unit(prior, vectors[:, n]) for n, prior in enumerate(asked.parameters.values())])
    emulators = tuple(Emulator(unit, means[:, place], asked.seed) for place in range(means.shape[1]))
    return Matched(tuple(asked.targets.values()), unit, means, errors, emulators, ())


def _measured(asked: Calibration, setting: str, path: Path) -> tuple[Array, Array, Array]:
    """Return a store's vectors as parameters, and the means and errors of the findings in its setting."""
    stored = read_store(path)
    names = list(asked.parameters)
    if set(stored.design.names) != set(names):
        raise InputError(told("error.search.other"), file=path, allowed=listed(names))
    if not stored.complete:
        raise InputError(told("error.worlds.unfinished"), file=path)
    here = {key: target for key, target in asked.targets.items() if target.setting == setting}
    part = asked.replace(targets=here, settings={setting: asked.settings[setting]})
    evaluator = Evaluator(
        part, Measuring(part.settings, list(here.values())), path, asked.seed,
        paired=False, replicates=stored.design.replicates,
    )  # fmt: skip
    points, runs = stored.points, stored.runs
    columns = [column for target in here.values() for column in target.columns]
    grouped = dict(iter(runs[runs["status"] == OK].groupby("point")[columns]))
    nothing = np.empty((0, len(columns)))
    found = [
        evaluator.mean_of(grouped[point].to_numpy(np.float64) if point in grouped else nothing, columns)
        for point in points["point"]
    ]
    means, errors = (np.array(part) for part in zip(*found, strict=True))
    return points[names].to_numpy(np.float64), means, errors


def _unit(prior: Range, values: Array) -> Array:
    """Return the orders of which values are a uniform prior's quantiles."""
    if prior.scale == "log":
        found = np.log(values / prior.low) / np.log(prior.high / prior.low)
    else:
        found = (values - prior.low) / (prior.high - prior.low)
    return np.clip(found, 0.0, 1.0)
