"""``interaction``: the claim that factors do more together than apart, in a full 2ᵏ factorial."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from simulation.experiments.design.distributions import Value
from simulation.files.errors import InputError, told
from simulation.hypotheses.evidence import EFFECT, NOTHING, Contrast, Evidence, Matrix, Rule, weigh
from simulation.hypotheses.kinds.base import Kind, Setting, direction, weights

_MOST = 6


class Interaction(Kind):
    """All combinations of the factors' low and high values; every contrast is reported, and one is the claim.

    Attributes
    ----------
    factors : table
        Dotted key = [low, high]; two to six. A value may be a table of keys, when several change together.
    contrast : 'joint' or 'factorial'
        ``joint``: the gain of all together minus the sum of each one's gain alone; ``factorial``: the highest-order
        interaction contrast (signs multiplied, divided by 2ᵏ⁻¹).
    """

    name: ClassVar[str] = "interaction"
    directions: ClassVar[tuple[str, ...]] = ("increase", "decrease", "none")
    factors: dict[str, list[bool | int | float | str]] = Field(default_factory=dict)
    contrast: Literal["joint", "factorial"] = "joint"

    def check(self, expected: str) -> None:
        """Refuse wrong numbers of factors or values."""
        super().check(expected)
        if not 2 <= len(self.factors) <= _MOST:
            raise InputError(
                told("error.interaction.factors"),
                key="factors",
                given=", ".join(self.factors) or None,
                allowed=told("error.interaction.allowed", most=_MOST),
            )
        for key, values in self.factors.items():
            if len(values) != 2 or values[0] == values[1]:
                raise InputError(told("error.interaction.values"), key=f"factors.{key}", given=values)

    def arms(self) -> dict[str, Setting]:
        """Return one arm per combination; a label has a − or + for each factor."""
        found: dict[str, Setting] = {}
        for levels in itertools.product((0, 1), repeat=len(self.factors)):
            label = "".join("−+"[level] for level in levels)
            found[label] = {
                key: values[level] for (key, values), level in zip(self.factors.items(), levels, strict=True)
            }
        return found

    def contrasts(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return the claimed contrast."""
        role = NOTHING if expected == "none" else EFFECT
        arms, count = list(self.arms()), len(self.factors)
        if self.contrast == "factorial":
            found = self._signs(tuple(range(count)))
        else:
            given = {"+" * count: 1.0, "−" * count: float(count - 1)}
            for place in range(count):
                given["−" * place + "+" + "−" * (count - place - 1)] = -1.0
            found = weights(arms, given)
        return [Contrast(self.contrast, found, role, direction(expected))]

    def _signs(self, chosen: tuple[int, ...]) -> Matrix:
        signs = [np.prod([1.0 if label[place] == "+" else -1.0 for place in chosen]) for label in self.arms()]
        return np.asarray(signs, dtype=np.float64) / 2 ** (len(self.factors) - 1)

    def details(self, outcomes: Matrix, rule: Rule) -> list[Evidence]:
        """Return every factorial contrast, main effects first; a name joins its factors by ×."""
        names = list(self.factors)
        return [
            weigh(Contrast(" × ".join(names[place] for place in chosen), self._signs(chosen)), outcomes, rule)
            for size in range(1, len(names) + 1)
            for chosen in itertools.combinations(range(len(names)), size)
        ]

    def axis(self) -> tuple[str | None, list[Value]]:
        """Return the labels."""
        return None, list(self.arms())
