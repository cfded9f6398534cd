"""The check of candidates on fresh cities: a vector belongs to the set by what it did there, not by a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Target
from simulation.evidence.worlds.implausibility import GOOD_ENOUGH, implausibility
from simulation.evidence.worlds.seen import Seen
from simulation.evidence.worlds.waves import Measure

type Array = NDArray[np.float64]

HOPELESS = 1.8
"""Implausibility on few cities beyond which a candidate is not run on many; it is on fresh ones that it is judged."""


@dataclass(frozen=True)
class Checked:
    """Candidates that were run on few cities, and some of them on many fresh ones.

    Attributes
    ----------
    few : Seen
        The candidates on few cities.
    many : Seen
        Those that got so far, on many.
    good : array of bool, shape (vectors on many,)
        Whether the largest implausibility over findings is at most 1 there.
    """

    few: Seen
    many: Seen
    good: NDArray[np.bool_]

    @classmethod
    def of(cls, targets: Sequence[Target], few: Seen, many: Seen) -> Checked:
        """Return candidates with the judgement on them."""
        return cls(few, many, judge(targets, many.means, many.errors) <= GOOD_ENOUGH)


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
    nothing = Seen.nothing(candidates.shape[1], len(targets))
    found = Checked.of(targets, nothing, nothing)
    for first in range(0, len(candidates), at_once):
        part = candidates[first : first + at_once]
        tried = Seen(part, *few(part))
        hopeful = part[judge(targets, tried.means, tried.errors) <= HOPELESS]
        checked = Seen(hopeful, *many(hopeful)) if len(hopeful) else nothing
        found = Checked.of(targets, found.few + tried, found.many + checked)
        if found.good.sum() >= wanted:
            break
    return found


def distinct(vectors: Array) -> Array:
    """Return vectors in their order, each once: one that was drawn twice is one world, not two."""
    return vectors[np.sort(np.unique(vectors, axis=0, return_index=True)[1])]
