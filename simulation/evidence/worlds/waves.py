"""History matching: wave by wave the vectors that the findings rule out are left aside, and the rest is looked at.

References
----------
Vernon, I., Goldstein, M. & Bower, R. G. (2010), Bayesian Analysis 5. Andrianakis, I. et al. (2015), PLoS Computational
Biology 11.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Target
from simulation.evidence.worlds.emulator import Emulator
from simulation.evidence.worlds.implausibility import NOT_RULED_OUT, implausibility
from simulation.evidence.worlds.region import draw

type Array = NDArray[np.float64]
type Measure = Callable[[Array], tuple[Array, Array]]
"""Vectors of the unit cube, (n, k), to each target's mean and its standard error, both (n, targets)."""

TRIES = 200_000
"""Even draws over the cube by which the share that is not ruled out is measured."""


class NothingLeftError(ValueError):
    """The findings rule out every vector."""


@dataclass(frozen=True)
class Matched:
    """The vectors of all waves, their findings, and the emulators that learned from them.

    Attributes
    ----------
    targets : tuple of Target
        The findings.
    unit : array, shape (n, k)
        Every vector run, in order.
    means, errors : array, shape (n, targets)
        What they gave.
    emulators : tuple of Emulator
        One per finding, on all vectors.
    shares : tuple of float
        Share of the cube that was not ruled out after each wave.
    """

    targets: tuple[Target, ...]
    unit: Array
    means: Array
    errors: Array
    emulators: tuple[Emulator, ...]
    shares: tuple[float, ...]

    def implausibility(self, unit: Array) -> Array:
        """Return the largest implausibility over findings of vectors that were not run, shape (n,)."""
        found = [emulator.predict(unit) for emulator in self.emulators]
        means, variances = (np.column_stack(part) for part in zip(*found, strict=True))
        return np.asarray(implausibility(self.targets, means, variances).max(axis=1), dtype=np.float64)

    def candidates(self, number: int, cut: float, seed: int) -> Array:
        """Return vectors drawn evenly from where implausibility is at most ``cut``; empty when none is found."""
        rng = np.random.default_rng([seed, len(self.unit)])
        return draw(lambda unit: self.implausibility(unit) <= cut, self.unit.shape[1], number, rng, self.unit, TRIES)


def match(
    targets: Sequence[Target],
    dimensions: int,
    measure: Measure,
    *,
    first: int,
    later: int,
    waves: int,
    seed: int = 0,
    say: Callable[[int, Matched], None] = lambda *_: None,
) -> Matched:
    """Run the waves.

    Parameters
    ----------
    targets : sequence of Target
        The findings.
    dimensions : int
        Number of parameters.
    measure : callable
        Runs vectors.
    first, later : int
        Vectors of the first wave, spread over the whole cube, and of each later one, drawn evenly from what is left.
    waves : int
        Number of waves, the first included.
    seed : int
        Of the draws.
    say : callable, optional
        Gets each wave's number and what is known after it.

    Raises
    ------
    NothingLeftError
        When a wave leaves nothing: the findings contradict each other, or the model.
    """
    from scipy.stats import qmc

    unit = qmc.LatinHypercube(dimensions, rng=np.random.default_rng([seed, 0])).random(first)
    means, errors = measure(unit)
    shares: list[float] = []
    for wave in range(1, waves + 1):
        emulators = tuple(Emulator(unit, means[:, j], seed) for j in range(len(targets)))
        known = Matched(tuple(targets), unit, means, errors, emulators, tuple(shares))
        probe = np.random.default_rng([seed, wave, 1]).random((TRIES // 10, dimensions))
        shares.append(float((known.implausibility(probe) <= NOT_RULED_OUT).mean()))
        known = Matched(tuple(targets), unit, means, errors, emulators, tuple(shares))
        say(wave, known)
        if wave == waves:
            return known
        fresh = known.candidates(later, NOT_RULED_OUT, seed)
        if not len(fresh):
            raise NothingLeftError("nothing is left")
        more = measure(fresh)
        unit, means, errors = np.vstack([unit, fresh]), np.vstack([means, more[0]]), np.vstack([errors, more[1]])
    raise ValueError("at least one wave")
