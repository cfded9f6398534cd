"""Approximate Bayesian computation by sequential Monte Carlo, with moves that leave the prior as it is.

A vector is given by latent variables: the number of a plausible world, and independent standard normal numbers. A move
changes the world by a symmetric choice, or the normal numbers by a preconditioned Crank–Nicolson step
z → ρz + √(1−ρ²)ξ. Either leaves the prior as it is, so a move is accepted exactly when the distance of one new run is
within the tolerance. No density is needed and no weight degenerates, however many parameters there are.

A generation lowers the tolerance to the median distance, replaces what lies beyond it by copies of what does not, drawn
by lot, and moves every particle once. Where few moves are accepted, further generations move all particles at the same
tolerance before it falls again. A generation has a fixed number of runs, and follows from the seed and the results of
earlier ones alone.

References
----------
Cotter, S. L., Roberts, G. O., Stuart, A. M. & White, D. (2013), Statistical Science 28.
Del Moral, P., Doucet, A. & Jasra, A. (2012), Statistics and Computing 22.
Drovandi, C. C. & Pettitt, A. N. (2011), Biometrics 67.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]
type Ints = NDArray[np.int64]

KEPT = 0.5
"""Share of the particles whose largest distance is the next tolerance (Drovandi & Pettitt 2011)."""
LOWEST_ACCEPTANCE = 0.025
"""Share of accepted moves below which the search ends: the tolerance then costs more than it tells."""
WANTED_ACCEPTANCE = 0.25
"""Share of accepted moves that the steps are fitted to, near the best of random walks in many dimensions
(Roberts, Gelman & Gilks 1997)."""
SPREAD = (0.25, 1.0, 2.5)
"""Each step is multiplied by one of these, drawn by lot, so that small and large moves happen."""
NEARBY = 0.5
"""Share of the changes of world that go to a near one; the others go to any."""
REFRESHED, SETTLED = 0.25, 1.0
"""Accepted moves per particle before the tolerance falls again, and at the last one: copies part from each other
(Drovandi & Pettitt 2011 repeat moves for the same reason)."""
KINDS = {"world": 0.3, "inside": 0.2, "free": 0.3, "all": 0.2}
"""How often a move changes the world alone, the place beside it, the free parameters, or all of them."""
_GAIN, _LEAST_STEP = 2.0, 0.01


class Latents(NamedTuple):
    """Latent variables of n vectors.

    Attributes
    ----------
    world : array of int, shape (n,)
        Number of the world; uniform beforehand.
    inside : array, shape (n, r)
        Place beside the world; standard normal beforehand.
    free : array, shape (n, f)
        Free parameters; standard normal beforehand.
    """

    world: Ints
    inside: Array
    free: Array

    def at(self, places: Ints | NDArray[np.bool_]) -> Latents:
        """Return some of the vectors."""
        return Latents(self.world[places], self.inside[places], self.free[places])

    def where(self, chosen: NDArray[np.bool_], other: Latents) -> Latents:
        """Return these vectors where ``chosen``, elsewhere the others."""
        wide = chosen[:, None]
        return Latents(
            np.where(chosen, self.world, other.world),
            np.where(wide, self.inside, other.inside),
            np.where(wide, self.free, other.free),
        )

    @property
    def table(self) -> Array:
        """All latent variables as one table, shape (n, 1 + r + f)."""
        return np.column_stack([self.world.astype(np.float64), self.inside, self.free])


@dataclass(frozen=True)
class Shape:
    """How many latent variables there are.

    Parameters
    ----------
    near : array, shape (worlds, worlds)
        Probability of going from one world to another: symmetric, rows and columns sum to 1.
    inside, free : int
        Number of normal variables.
    """

    near: Array
    inside: int
    free: int

    @classmethod
    def plain(cls, free: int, worlds: int = 1) -> Self:
        """Return a shape without a place beside the worlds, none of which is nearer than another."""
        return cls(np.full((worlds, worlds), 1 / worlds), 0, free)

    @property
    def worlds(self) -> int:
        """Number of worlds."""
        return len(self.near)

    def draw(self, number: int, rng: np.random.Generator) -> Latents:
        """Return vectors drawn from the prior."""
        return Latents(
            rng.integers(self.worlds, size=number),
            rng.standard_normal((number, self.inside)),
            rng.standard_normal((number, self.free)),
        )


@dataclass
class Moves:
    """Moves that leave the prior as it is; their steps follow the share of accepted ones.

    Attributes
    ----------
    shape : Shape
        The latent variables.
    steps : dict of str to float
        Kind of move to its step √(1−ρ²), in (0, 1].
    """

    shape: Shape
    steps: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        possible = {
            "world": self.shape.worlds > 1,
            "inside": self.shape.inside > 0,
            "free": self.shape.free > 0,
            "all": True,
        }
        self._kinds = [kind for kind in KINDS if possible[kind]]
        weights = np.array([KINDS[kind] for kind in self._kinds])
        self._weights = weights / weights.sum()
        self._summed = np.cumsum(self.shape.near, axis=1)
        self.steps = dict.fromkeys(self._kinds, 0.5) | self.steps

    def propose(self, latents: Latents, rng: np.random.Generator) -> tuple[Latents, Ints]:
        """Return a proposal for each vector, and the kind of each move."""
        number = len(latents.world)
        kinds = rng.choice(len(self._kinds), size=number, p=self._weights)
        named = np.array(self._kinds)[kinds]
        steps = np.array([self.steps[kind] for kind in self._kinds])[kinds]
        everything = named == "all"
        # A change of everything keeps the world half of the time, so that small ones of its kind exist.
        hop = (named == "world") | (everything & (rng.random(number) < 0.5))
        world = np.where(hop, self._hop(latents.world, rng), latents.world)
        inside = _step(latents.inside, np.where(everything | (named == "inside"), steps, 0.0), rng)
        free = _step(latents.free, np.where(everything | (named == "free"), steps, 0.0), rng)
        return Latents(world, inside, free), kinds

    def _hop(self, world: Ints, rng: np.random.Generator) -> Ints:
        order = rng.random(len(world))
        near = np.minimum((self._summed[world] < order[:, None]).sum(axis=1), self.shape.worlds - 1)
        anywhere = rng.integers(self.shape.worlds, size=len(world))
        return np.where(rng.random(len(world)) < NEARBY, near, anywhere)

    def adapt(self, kinds: Ints, accepted: NDArray[np.bool_]) -> None:
        """Lengthen the steps of kinds of move that were accepted often, shorten the others."""
        for place, kind in enumerate(self._kinds):
            mine = kinds == place
            if mine.any():
                # One more of the wanted share: few moves say little.
                share = (accepted[mine].sum() + WANTED_ACCEPTANCE) / (mine.sum() + 1)
                step = self.steps[kind] * np.exp(_GAIN * (share - WANTED_ACCEPTANCE))
                self.steps[kind] = float(np.clip(step, _LEAST_STEP, 1.0))


def _step(z: Array, steps: Array, rng: np.random.Generator) -> Array:
    """Return ρz + √(1−ρ²)ξ with √(1−ρ²) = a step times a factor drawn by lot, at most 1."""
    size = np.minimum(steps * np.array(SPREAD)[rng.integers(len(SPREAD), size=len(z))], 1.0)[:, None]
    return np.asarray(np.sqrt(1 - size**2) * z + size * rng.standard_normal(z.shape), dtype=np.float64)


class Generation(NamedTuple):
    """One generation: its tolerance, share of accepted moves (nan in the first), and runs so far."""

    tolerance: float
    acceptance: float
    runs: int


@dataclass(frozen=True)
class Found:
    """The result of a search.

    Attributes
    ----------
    latents : Latents
        The distinct vectors of the last generation.
    weights : array, shape (n,)
        Share of the particles at each, summing to 1.
    tolerance : float
        No particle's distance is larger.
    generations : list of Generation
        All generations, in order.
    reason : {'budget', 'acceptance', 'floor'}
        Why the search ended.
    """

    latents: Latents
    weights: Array
    tolerance: float
    generations: list[Generation]
    reason: str

    @property
    def effective_size(self) -> float:
        """Kish's effective number of vectors: 1 ÷ Σ weight²."""
        return float(1 / (self.weights**2).sum())


type Evaluate = Callable[[int, Latents], Array]
"""Generation and vectors to distances, (n,), infinite where a run failed; in generation 0 also (n, k), of k runs."""


def search(
    evaluate: Evaluate,
    shape: Shape,
    *,
    particles: int,
    budget: int,
    seed: int = 0,
    floor: Callable[[], float] = lambda: 0.0,
) -> Found:
    """Search for vectors whose runs lie near the data.

    Parameters
    ----------
    evaluate : callable
        ``f(generation, latents) → distances``; called once per generation.
    shape : Shape
        The latent variables.
    particles : int
        Particles, and runs per generation after the first.
    budget : int
        Largest number of runs.
    seed : int
        Seed of the search.
    floor : callable
        Returns the smallest tolerance that the errors of the data justify; asked after generation 0.

    Raises
    ------
    ValueError
        When no vector of the first generation has a finite distance.
    """
    drawn = shape.draw(particles, np.random.default_rng([seed, 0]))
    first = np.asarray(evaluate(0, drawn), dtype=np.float64).reshape(particles, -1)
    copies = np.repeat(np.arange(particles), first.shape[1])
    latents, distances = drawn.at(copies), first.ravel()
    if not np.isfinite(distances).any():
        raise ValueError("no vector of the first generation has a finite distance")
    least, moves, runs, moved = floor(), Moves(shape), len(distances), np.inf
    finite = distances[np.isfinite(distances)]
    tolerance, generations, reason = float(finite.max()), [Generation(float(finite.max()), np.nan, runs)], ""
    while not reason:
        if runs + particles > budget:
            reason = "budget"
            break
        rng = np.random.default_rng([seed, len(generations)])
        if moved >= REFRESHED and (tolerance > least or len(generations) == 1):
            tolerance, moved = max(_tolerance(distances), least), 0.0
            chosen = _survivors(distances, tolerance, particles, rng)
            latents, distances = latents.at(chosen), distances[chosen]
        proposed, kinds = moves.propose(latents, rng)
        found = np.asarray(evaluate(len(generations), proposed), dtype=np.float64)
        runs += particles
        accepted = found <= tolerance
        latents, distances = proposed.where(accepted, latents), np.where(accepted, found, distances)
        moves.adapt(kinds, accepted)
        moved += float(accepted.mean())
        generations.append(Generation(tolerance, float(accepted.mean()), runs))
        if accepted.mean() < LOWEST_ACCEPTANCE:
            reason = "acceptance"
        elif tolerance <= least and moved >= SETTLED:
            reason = "floor"
    _, place, counts = np.unique(latents.table, axis=0, return_index=True, return_counts=True)
    return Found(latents.at(place), counts / len(distances), float(tolerance), generations, reason)


def _tolerance(distances: Array) -> float:
    """Return the median distance; where ties make it the largest, the next smaller one, if there is one."""
    ordered = np.sort(distances[np.isfinite(distances)])
    middle = ordered[min(int(KEPT * len(distances)), len(ordered)) - 1]
    below = ordered[ordered < middle]
    return float(below[-1] if middle == ordered[-1] and len(below) else middle)


def _survivors(distances: Array, tolerance: float, particles: int, rng: np.random.Generator) -> Ints:
    """Return so many places within the tolerance: each once, then copies by lot."""
    within = np.flatnonzero(distances <= tolerance)
    if len(within) >= particles:
        return np.sort(rng.permutation(within)[:particles])
    return np.sort(np.concatenate([within, rng.choice(within, size=particles - len(within))]))
