"""The check of candidates on fresh cities: a vector belongs to the set by what it did there, not by a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Target
from simulation.evidence.worlds.implausibility import GOOD_ENOUGH, implausibility
from simulation.evidence.worlds.waves import Measure

type Array = NDArray[np.float64]

HOPELESS = 1.8
"""Implausibility on few cities beyond which a candidate is not run on many; it is on fresh ones that it is judged."""


@dataclass(frozen=True)
class Checked:
    """Candidates that were run on many fresh cities.

    Attributes
    ----------
    unit : array, shape (n, k)
        The candidates that got so far.
    means, errors : array, shape (n, targets)
        Their findings there.
    good : array of bool, shape (n,)
        Whether the largest implausibility over findings is at most 1.
    looked_at : int
        Candidates that were run on few cities first.
    """

    unit: Array
    means: Array
    errors: Array
    good: NDArray[np.bool_]
    looked_at: int


def judge(targets: Sequence[Target], means: Array, errors: Array) -> Array:
    """Return the largest implausibility over findings, shape (vectors,)."""
    return np.asarray(implausibility(targets, means, errors**2).max(axis=1), dtype=np.float64)


def check(
    targets: Sequence[Target], candidates: Array, few: Measure, many: Measure, wanted: int, at_once: int
) -> Checked:
    """Run candidates, in their order, until enough are good or none is left.

    Parameters
    ----------
    targets : sequence of Target
        The findings.
    candidates : array, shape (n, k)
        Vectors of the unit cube.
    few, many : callable
        Run vectors on few cities and on many others.
    wanted : int
        Number of good ones.
    at_once : int
        Candidates taken at a time.
    """
    kept: list[Array] = []
    means: list[Array] = []
    errors: list[Array] = []
    good: list[NDArray[np.bool_]] = []
    looked_at = 0
    # A vector that was drawn twice is one world, not two.
    candidates = candidates[np.sort(np.unique(candidates, axis=0, return_index=True)[1])]
    for first in range(0, len(candidates), at_once):
        part = candidates[first : first + at_once]
        looked_at += len(part)
        hopeful = part[judge(targets, *few(part)) <= HOPELESS]
        if len(hopeful):
            found, error = many(hopeful)
            kept.append(hopeful)
            means.append(found)
            errors.append(error)
            good.append(judge(targets, found, error) <= GOOD_ENOUGH)
        if sum(int(part.sum()) for part in good) >= wanted:
            break
    if not kept:
        none = np.empty((0, len(targets)))
        return Checked(np.empty((0, candidates.shape[1])), none, none, np.empty(0, np.bool_), looked_at)
    return Checked(np.vstack(kept), np.vstack(means), np.vstack(errors), np.concatenate(good), looked_at)
