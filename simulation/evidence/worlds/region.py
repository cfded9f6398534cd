"""Drawing vectors evenly from a part of the unit cube that is known by a function alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]
type Inside = Callable[[Array], NDArray[np.bool_]]

FEWEST = 20
"""Vectors that must be found inside before others are reached from them."""
_AT_ONCE = 20_000
_ROUNDS = 60
_LONGEST = 1.2
_JITTER = 0.02
_ALONG = (1.0, 0.5, 0.2)
"""Shares of the parameters that a step changes, in turn."""


def draw(inside: Inside, dimensions: int, number: int, rng: np.random.Generator, known: Array, tries: int) -> Array:
    """Return vectors drawn evenly from where ``inside`` is true.

    Even draws from the whole cube are kept where they fall inside. Where these do not suffice, chains that start
    inside walk on by differences between each other (ter Braak 2006): the step is symmetric, so that an even
    distribution stays even. After so few rounds they have not forgotten where they began; many starts matter more.

    Parameters
    ----------
    inside : callable
        ``f(vectors) → bool``, for vectors of shape (n, dimensions).
    dimensions, number : int
        Of the cube; vectors wanted.
    rng : Generator
        Draws.
    known : array, shape (m, dimensions)
        Vectors that may lie inside, to start from beside those found.
    tries : int
        Even draws from the whole cube.

    Returns
    -------
    array, shape (number, dimensions) or (0, dimensions)
        Empty when fewer than ``FEWEST`` vectors inside were found.

    References
    ----------
    ter Braak, C. J. F. (2006), Statistics and Computing 16.
    """
    found = [known[inside(known)]] if len(known) else []
    drawn = 0
    while drawn < tries:
        made = rng.random((min(_AT_ONCE, tries - drawn), dimensions))
        drawn += len(made)
        found.append(made[inside(made)])
        if sum(map(len, found[1 if len(known) else 0 :])) >= number:
            return np.vstack(found[1 if len(known) else 0 :])[:number]
    start = np.vstack(found) if found else np.empty((0, dimensions))
    if len(start) < FEWEST:
        return np.empty((0, dimensions))
    chains = start[rng.integers(len(start), size=number)]
    for turn in range(_ROUNDS):
        one, two = rng.integers(number, size=(2, number))
        # Now and then a whole difference, so that chains change between parts of the region that lie apart.
        whole = turn % 10 == 9
        # With many parameters a step along all of them seldom stays inside.
        share = 1.0 if whole else _ALONG[turn % len(_ALONG)]
        scale = 1.0 if whole else _LONGEST / np.sqrt(2 * max(share * dimensions, 1)) * rng.uniform(0.5, 1.5)
        along = rng.random(chains.shape) < share
        step = chains + along * (scale * (chains[one] - chains[two]) + _JITTER * rng.standard_normal(chains.shape))
        # Reflected at the faces of the cube, near which some coordinate of nearly every vector lies.
        step = 1 - np.abs(1 - np.abs(step))
        fits = ((step >= 0) & (step <= 1)).all(axis=1)
        moved = np.flatnonzero(fits)
        moved = moved[inside(step[moved])] if len(moved) else moved
        chains[moved] = step[moved]
    return chains
