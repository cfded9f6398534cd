"""``order``: one order of things against all others, by the rank of its mean outcome."""

from __future__ import annotations

import itertools
import math
from typing import Any, ClassVar

import numpy as np

from simulation.experiments.design.distributions import Value
from simulation.files.errors import InputError, told
from simulation.hypotheses.evidence import Contrast, Evidence, Matrix, Rule, weigh
from simulation.hypotheses.kinds.base import Kind, Setting, direction

_RESAMPLES = 4999
_MOST = 6


class Order(Kind):
    """Keys get the slots in the claimed order, and in every other order.

    The claim has two parts: the order beats the mean of the others by more than the smallest effect, and its rank
    (1 = best) is at most ``rank_at_most``. The rank's interval comes from resampling replicates, all orders together.

    Attributes
    ----------
    keys : list of str
        Dotted keys, in the order claimed; three to six.
    slots : list of values
        The values that the keys get, first to last (for example starting weeks); all different.
    rank_at_most : int
        The worst rank that still counts as among the best; by default a tenth of the orders.
    """

    name: ClassVar[str] = "order"
    keys: list[str]
    slots: list[float | int | str]
    rank_at_most: int | None = None

    def check(self, expected: str) -> None:
        """Refuse wrong numbers of keys and slots."""
        super().check(expected)
        if not 3 <= len(self.keys) <= _MOST or len(set(self.keys)) < len(self.keys):
            raise InputError(
                told("error.order.keys"), key="keys", given=self.keys, allowed=told("error.order.allowed", most=_MOST)
            )
        if len(self.slots) != len(self.keys) or len(set(self.slots)) < len(self.slots):
            raise InputError(
                told("error.order.slots"),
                key="slots",
                given=self.slots,
                allowed=told("error.order.slots.allowed", number=len(self.keys)),
            )
        if not 1 <= self._worst < math.factorial(len(self.keys)):
            raise InputError(told("error.order.rank"), key="rank_at_most", given=self.rank_at_most)

    @property
    def _worst(self) -> int:
        if self.rank_at_most is not None:
            return self.rank_at_most
        return max(1, math.factorial(len(self.keys)) // 10)

    def arms(self) -> dict[str, Setting]:
        """Return one arm per permutation, the claimed one first; a label lists the keys' numbers in time."""
        found: dict[str, Setting] = {}
        for order in itertools.permutations(range(len(self.keys))):
            label = "".join(str(place + 1) for place in order)
            found[label] = {self.keys[place]: slot for place, slot in zip(order, self.slots, strict=True)}
        return found

    def contrasts(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return the claimed order minus the mean of the others."""
        number = math.factorial(len(self.keys))
        others = np.full(number, -1.0 / (number - 1))
        others[0] = 1.0
        return [Contrast("order", others, sign=direction(expected))]

    def evidence(self, outcomes: Matrix, looked: dict[str, Any], expected: str, rule: Rule) -> list[Evidence]:
        """Test the difference, and the rank by bootstrap."""
        sign = direction(expected)
        first = weigh(self.contrasts(looked, expected)[0], outcomes, rule)
        return [first, rank_evidence(sign * outcomes, self._worst, rule)]

    def axis(self) -> tuple[str | None, list[Value]]:
        """Return the labels."""
        return None, list(self.arms())


def rank_evidence(outcomes: Matrix, worst: int, rule: Rule) -> Evidence:
    """Return the rank of the first column's mean among all (1 = highest), tested against ``worst``.

    Resampled ranks shrink towards the middle when many columns are nearly equal (Goldstein & Spiegelhalter 1996): the
    interval then is too wide rather than too narrow.
    """
    rng = np.random.default_rng([rule.seed, len(outcomes), 29])
    picks = rng.multinomial(len(outcomes), np.full(len(outcomes), 1 / len(outcomes)), size=_RESAMPLES)
    means = picks @ outcomes / len(outcomes)
    ranks = _rank(means)
    low, high = np.quantile(ranks, [rule.alpha / 2, 1 - rule.alpha / 2], method="inverted_cdf")
    beyond = (np.sum(ranks > worst) + 1) / (_RESAMPLES + 1)
    within = (np.sum(ranks <= worst) + 1) / (_RESAMPLES + 1)
    return Evidence(
        name="rank",
        estimate=float(_rank(outcomes.mean(axis=0)[None])[0]),
        low=float(low),
        high=float(high),
        p_support=min(1.0, 2 * float(beyond)),
        p_refute=min(1.0, 2 * float(within)),
        unit="rank",
        bound=worst,
    )


def _rank(means: Matrix) -> Matrix:
    """Return the rank of the first column in each row; equal means share the worse rank."""
    return np.asarray((means[:, 1:] >= means[:, :1] - 1e-12).sum(axis=1) + 1, dtype=np.float64)
