"""Approximate Bayesian computation by adaptive population Monte Carlo: a set of good-enough vectors, not one point.

The algorithm is that of Lenormand, Jabot & Deffuant (2013), made for models that take long to run: of N vectors the
better half is kept, its worst distance is the new tolerance, and the other half is drawn anew around the kept vectors.
Every run is used, a generation has a fixed size, and the next generation depends on stored results alone. So a stopped
calibration continues as if it had never stopped. One change: a vector weighs prior ÷ the mixture of all generations'
proposals (Cornuet et al. 2012), at most √n times the mean weight (Ionides 2008), and a vector of an earlier generation
returns to the kept ones when it lies within the tolerance.

Libraries were weighed. pyABC 0.13 fits the Python and numpy used here, but takes as many runs per generation as its
acceptance needs, draws from numpy's global generator, keeps its own database and brings SQLAlchemy, Redis,
scikit-learn, GitPython and IPython: sweeps' stores, engines and seeds would stand unused beside it. ELFI pins
matplotlib below 3.9.

The distance of a vector is the largest over targets of (distance from the target's range ÷ tolerance), so 1 means that
every target is good enough. The tolerance never falls below 1: with uniform error of that width the result is the exact
posterior (Wilkinson 2013), and sharper claims than the findings allow are not made.

References
----------
Cornuet, J.-M., Marin, J.-M., Mira, A. & Robert, C. P. (2012), Scandinavian Journal of Statistics 39.
Ionides, E. L. (2008), Journal of Computational and Graphical Statistics 17.
Lenormand, M., Jabot, F. & Deffuant, G. (2013), Computational Statistics 28.
Wilkinson, R. D. (2013), Statistical Applications in Genetics and Molecular Biology 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]
type Evaluate = Callable[[int, Array], Array]
"""Generation and vectors in the unit cube, (n, k), to distances, (n,): infinite where a run failed."""

GOOD_ENOUGH = 1.0
LOWEST_ACCEPTANCE = 0.03
"""Share of a generation's new vectors that must better the tolerance, or the search ends."""
_DRAWS = 2048
_LEAST_INSIDE = 0.002
"""Share of a proposal's draws that must lie in the cube; a broader proposal is narrowed until they do."""
_TRIALS = 16 * _DRAWS


@dataclass(frozen=True)
class Posterior:
    """The result of a search.

    Attributes
    ----------
    unit : array, shape (n, k)
        The kept vectors in the unit cube, in which the prior is uniform.
    weights : array, shape (n,)
        Their weights, summing to 1.
    distances : array, shape (n,)
        Their distances.
    tolerance : float
        The largest distance kept; 1 when every kept vector is good enough.
    generations : int
        Number of generations.
    tried : int
        Vectors evaluated.
    reason : {'good enough', 'budget', 'no progress'}
        Why the search ended.
    every : array, shape (tried, k)
        All vectors evaluated, in order.
    """

    unit: Array
    weights: Array
    distances: Array
    tolerance: float
    generations: int
    tried: int
    reason: str
    every: Array

    @property
    def effective_size(self) -> float:
        """Kish's effective number of vectors: 1 ÷ Σ weight²."""
        return float(1 / (self.weights**2).sum())


def smc(evaluate: Evaluate, dimensions: int, *, keep: int = 60, budget: int = 480, seed: int = 0) -> Posterior:
    """Search the unit cube for good-enough vectors.

    Parameters
    ----------
    evaluate : callable
        ``f(generation, vectors) → distances``; called once per generation.
    dimensions : int
        Number of free parameters k.
    keep : int
        Vectors kept from generation to generation; 2·keep are tried in the first, keep in each later one.
    budget : int
        Largest number of vectors to try, at least 2·keep.
    seed : int
        Seed of the search.

    Returns
    -------
    Posterior
        All vectors tried within the last tolerance, at least ``keep`` unless fewer ran.

    Raises
    ------
    ValueError
        When the budget is too small for the first generation, or none of its vectors has a finite distance.
    """
    if budget < 2 * keep:
        raise ValueError("the budget pays for no first generation")
    unit = np.random.default_rng([seed, 0]).random((2 * keep, dimensions))
    mixture = _Mixture(unit)
    distances = evaluate(0, unit)
    if not np.isfinite(distances).any():
        raise ValueError("no vector of the first generation has a finite distance")
    tolerance, generation, reason = _tolerance(distances, keep), 0, ""
    while not reason:
        chosen = distances <= tolerance
        if tolerance <= GOOD_ENOUGH and chosen.sum() >= keep:
            reason = "good enough"
        elif len(unit) + keep > budget:
            reason = "budget"
        elif chosen.sum() < 2:
            reason = "no progress"
        if reason:
            break
        generation += 1
        kernel = Kernel(unit[chosen], mixture.weights(chosen))
        fresh = kernel.draw(keep, np.random.default_rng([seed, generation]))
        found = evaluate(generation, fresh)
        unit, distances = np.vstack([unit, fresh]), np.concatenate([distances, found])
        mixture.add(kernel, fresh)
        before, tolerance = tolerance, max(_tolerance(distances, keep), GOOD_ENOUGH)
        if (found < before).mean() < LOWEST_ACCEPTANCE and tolerance > GOOD_ENOUGH:
            reason = "no progress"
    chosen = distances <= tolerance
    weights = mixture.weights(chosen)
    return Posterior(
        unit[chosen], weights, distances[chosen], float(tolerance), generation + 1, len(unit), reason, unit
    )


def _tolerance(distances: Array, keep: int) -> float:
    """Return the keep-th smallest distance, or the largest finite one where fewer ran."""
    ordered = np.sort(distances[np.isfinite(distances)])
    return float(max(ordered[min(keep, len(ordered)) - 1], GOOD_ENOUGH))


class _Mixture:
    """All vectors so far, as draws from the mixture of every generation's proposal.

    A vector weighs prior ÷ mixture, whichever generation it came from: early draws from the broad prior then do not
    drown the many later ones.
    """

    def __init__(self, unit: Array) -> None:
        self.unit = unit
        self.kernels: list[tuple[int, Kernel]] = []
        self.summed = np.full(len(unit), float(len(unit)))
        self.first = len(unit)

    def add(self, kernel: Kernel, fresh: Array) -> None:
        new = np.full(len(fresh), float(self.first))
        for number, earlier in self.kernels:
            new += number * earlier.density(fresh)
        self.kernels.append((len(fresh), kernel))
        self.unit = np.vstack([self.unit, fresh])
        self.summed = np.concatenate([self.summed, new]) + len(fresh) * kernel.density(self.unit)

    def weights(self, chosen: NDArray[np.bool_]) -> Array:
        weights = 1 / self.summed[chosen]
        # Many parameters and few vectors: without a cap a handful would carry all weight, and the kernel collapse.
        weights = np.minimum(weights, weights.mean() * np.sqrt(len(weights)))
        return np.asarray(weights / weights.sum(), dtype=np.float64)


class Kernel:
    """A proposal: Gaussian steps from weighted vectors, with twice their covariance, inside the unit cube.

    Parameters
    ----------
    centres : array, shape (n, k)
        Vectors.
    weights : array, shape (n,)
        Theirs, summing to 1.
    """

    def __init__(self, centres: Array, weights: Array) -> None:
        from scipy.linalg import solve_triangular

        self.centres, self.weights = centres, weights
        k = centres.shape[1]
        mean = weights @ centres
        spread = (centres - mean) * np.sqrt(weights)[:, None]
        # A floor keeps a kernel around few or equal vectors from collapsing onto a plane.
        self.factor = np.linalg.cholesky(2 * spread.T @ spread + 1e-6 * np.eye(k))
        self._solve = solve_triangular
        self._inside = np.nan

    def draw(self, number: int, rng: np.random.Generator) -> Array:
        """Return vectors inside the cube; a vector that falls outside is drawn anew, with a new centre."""
        kept: list[Array] = []
        drawn = inside = 0
        while inside < number or drawn < _DRAWS:
            if drawn >= _TRIALS and inside < _LEAST_INSIDE * drawn:
                # With many parameters nearly every step leaves the cube somewhere.
                self.factor /= np.sqrt(2)
                kept, drawn, inside = [], 0, 0
            centre = rng.choice(len(self.centres), size=_DRAWS // 4, p=self.weights)
            steps = rng.standard_normal((_DRAWS // 4, self.centres.shape[1]))
            made = self.centres[centre] + steps @ self.factor.T
            good = ((made >= 0) & (made <= 1)).all(axis=1)
            kept.append(made[good])
            drawn, inside = drawn + len(made), inside + int(good.sum())
        self._inside = inside / drawn
        return np.vstack(kept)[:number]

    def density(self, vectors: Array) -> Array:
        """Return the density of ``draw`` in the cube at the vectors, shape (n,)."""
        k = self.centres.shape[1]
        differences = (vectors[:, None, :] - self.centres[None, :, :]).reshape(-1, k)
        steps = self._solve(self.factor, differences.T, lower=True)
        exponent = (-0.5 * (steps**2).sum(axis=0)).reshape(len(vectors), -1)
        scale = (2 * np.pi) ** (k / 2) * np.prod(np.diag(self.factor)) * self._inside
        return np.asarray(np.exp(exponent) @ self.weights / scale, dtype=np.float64)
