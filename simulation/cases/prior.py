"""The prior of a case: plausible worlds as a smoothed set, and free parameters beside them."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from simulation.cases.search import Latents, Shape
from simulation.evidence.worlds.space import space
from simulation.experiments.design.distributions import Choices, Distribution, Range
from simulation.experiments.design.factors import Factor

if TYPE_CHECKING:
    from simulation.cases.case import Case

type Array = NDArray[np.float64]

SMOOTHING = 0.2
"""Standard deviation of the kernel around a world, in those of the set (h of Liu & West 2001). Small: the worlds are
what history matching left, and their mixture shall not reach far beyond them. An assumption."""
EDGE = 0.002
"""Positions are kept this far from the ends of their range, where the normal scale has no end."""
_ROUNDS = 500
_SAME = 1e-12
_DIGITS = 6
"""Decimals of the kernel's factor, on the scale of a standard normal variable. The last digits differ between libraries
and processors, and an interrupted fit must go on on another one; with more decimals one might be rounded otherwise."""


@dataclass(frozen=True)
class Prior:
    """Worlds as a smoothed set, after Liu & West (2001), and independent free parameters.

    A world's place is x = Φ⁻¹(u), u the position of each value in its searched range. A draw is
    x = m + √(1−h²)·(xᵢ − m) + h·L·z, with a world i drawn evenly, m and LLᵀ mean and covariance of the worlds, and z
    standard normal: the mean and covariance of the set are kept. A free parameter's position is Φ(z′).

    Attributes
    ----------
    places : array, shape (worlds, k)
        The worlds' places x.
    ranges : dict of str to Range
        Searched range of each of the k values.
    free : dict of str to Distribution
        Free parameters.
    smoothing : float
        h, in [0, 1].

    References
    ----------
    Liu, J. & West, M. (2001), in Sequential Monte Carlo Methods in Practice (Springer), ch. 10.
    """

    places: Array
    ranges: Mapping[str, Range]
    free: Mapping[str, Distribution]
    smoothing: float = SMOOTHING

    @classmethod
    def of(cls, case: Case) -> Prior:
        """Return the prior of a case: its worlds, without values that it sets or declares free."""
        axes = space()
        ranges = {key: axes[key].searched for key in case.searched}
        places = [[place(drawn, float(world[key])) for key, drawn in ranges.items()] for world in case.worlds]
        return cls(np.array(places, dtype=np.float64).reshape(len(case.worlds), len(ranges)), ranges, case.free)

    @property
    def names(self) -> list[str]:
        """Dotted keys: free parameters first, then the worlds' values."""
        return [*self.free, *self.ranges]

    @functools.cached_property
    def shape(self) -> Shape:
        """The latent variables of a search."""
        return Shape(near(self.places), self._factor.shape[0], len(self.free))

    @functools.cached_property
    def _factor(self) -> Array:
        return self._exact_factor.round(_DIGITS)

    @property
    def _exact_factor(self) -> Array:
        """Rows r × columns k with factorᵀ·factor = covariance of the places; r is its rank."""
        if not self.places.shape[1]:
            return np.zeros((0, 0))
        centred = self.places - self.places.mean(axis=0)
        _, sizes, directions = np.linalg.svd(centred / math.sqrt(len(centred)), full_matrices=False)
        rank = int((sizes > _SAME * max(sizes.max(initial=0.0), 1.0)).sum())
        # Signs of singular vectors differ between libraries.
        signs = np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])
        return np.asarray((directions * (signs * sizes)[:, None])[:rank], dtype=np.float64)

    def positions(self, latents: Latents) -> Array:
        """Return positions u in [0, 1] within each value's range, shape (n, names)."""
        middle = self.places.mean(axis=0)
        kept = math.sqrt(1 - self.smoothing**2)
        # Without BLAS, whose order of sums differs between processors.
        inside = np.einsum("ni,ij->nj", latents.inside, self._factor, optimize=False)
        moved = middle + kept * (self.places[latents.world] - middle) + self.smoothing * inside
        return np.asarray(ndtr(np.column_stack([latents.free, moved])), dtype=np.float64)

    def values(self, latents: Latents) -> list[dict[str, Any]]:
        """Return vectors as dotted key to value."""
        drawn = [*self.free.values(), *self.ranges.values()]
        return [
            {name: one.at(float(u)) for name, one, u in zip(self.names, drawn, row, strict=True)}
            for row in self.positions(latents)
        ]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The values as factors of a design, whose ends hold every vector."""
        return tuple(Factor(name, _plain(drawn)) for name, drawn in (*self.free.items(), *self.ranges.items()))

    def spec(self) -> dict[str, Any]:
        """Return plain data by which a store knows the prior."""
        return {
            "smoothing": self.smoothing,
            "digits": _DIGITS,
            "free": {name: drawn.spec() for name, drawn in self.free.items()},
            "ranges": {name: drawn.spec() for name, drawn in self.ranges.items()},
        }


def _plain(drawn: Distribution) -> Distribution:
    """Return the values of a distribution without their probabilities, as a design's factor has them."""
    if isinstance(drawn, Choices):
        return Choices(drawn.values)
    return Range(drawn.low, drawn.high, integer=drawn.integer, step=drawn.step)


def position(drawn: Range, value: float) -> float:
    """Return the position of a value in a range, the inverse of ``Range.at`` for numbers that are not whole."""
    if drawn.scale == "log":
        return math.log(value / drawn.low) / math.log(drawn.high / drawn.low)
    if drawn.mean is not None and drawn.sd is not None:
        first, last, here = (float(ndtr((end - drawn.mean) / drawn.sd)) for end in (drawn.low, drawn.high, value))
        return (here - first) / (last - first)
    return (value - drawn.low) / (drawn.high - drawn.low)


def place(drawn: Range, value: float) -> float:
    """Return Φ⁻¹ of the position of a value, which is kept off the ends of its range."""
    return float(ndtri(min(max(position(drawn, value), EDGE), 1 - EDGE)))


def near(places: Array) -> Array:
    """Return a symmetric table of probabilities of going from one world to another, larger the nearer they are.

    Nearest neighbours would not do: a world far from all others would be left more often than it is reached, and the
    prior would change. Here exp(−(d/s)²), with s the median distance to the nearest world and no stay where others are,
    is scaled until rows and columns sum to 1 (Sinkhorn & Knopp 1967), which keeps it symmetric.
    """
    number = len(places)
    if number < 3:
        return np.full((number, number), 1 / number)
    squares = ((places[:, None, :] - places[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    scale = float(np.median(squares.min(axis=1))) or 1.0
    # A little of an even choice keeps the table from falling apart.
    table = np.exp(-squares / scale) + 1e-3 * (1 - np.eye(number))
    factor = np.ones(number)
    for _ in range(_ROUNDS):
        factor = np.sqrt(factor / (table @ factor))
    table = factor[:, None] * table * factor[None, :]
    table = (table + table.T) / 2
    # What rounds of scaling left over is a stay, which is symmetric too.
    table /= max(1.0, float(table.sum(axis=1).max()))
    return np.asarray(table + np.diag(1 - table.sum(axis=1)), dtype=np.float64)
