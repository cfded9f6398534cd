"""The base of every kind of hypothesis: it names the arms that run, and the contrasts that are the claim."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from simulation.experiments.design.distributions import Value
from simulation.files.errors import InputError, listed, told
from simulation.files.forms import Form
from simulation.hypotheses.evidence import EFFECT, Contrast, Evidence, Matrix, Rule, weigh
from simulation.hypotheses.planning import FEWEST

MOST_ARMS = 720
"""Largest number of arms of a hypothesis: the orders of six things."""
type Setting = dict[str, Any]
"""Dotted keys to values."""


class Kind(Form, ABC):
    """The fields of one kind, and their meaning; a subclass in a file of this folder is a new kind.

    An arm is what runs: dotted keys laid over the scenario. Outcomes are arrays of shape (replicates, arms) of the
    hypothesis' metric, arms in the order of ``arms``.
    """

    name: ClassVar[str]
    directions: ClassVar[tuple[str, ...]] = ("increase", "decrease")
    goes_with_any: ClassVar[bool] = False
    """True if the claim is gone when one of its effects goes, as a shape is; else each must go with the mechanism."""

    @property
    def fewest(self) -> int:
        """Replicates below which this kind says nothing."""
        return FEWEST

    def check(self, expected: str) -> None:
        """Raise InputError when fields contradict each other, although each is valid by itself."""
        if expected not in self.directions:
            raise InputError(
                told("error.expected.kind", name=self.name),
                key="expected",
                given=expected,
                allowed=listed(self.directions),
            )

    @abstractmethod
    def arms(self) -> dict[str, Setting]:
        """Return label → setting, in a fixed order."""

    def look(self, pilot: Matrix, expected: str) -> dict[str, Any]:
        """Return the choices that the claim leaves to the data, made on the pilot alone, as plain data."""
        return {}

    @abstractmethod
    def contrasts(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return the parts of the claim."""

    def effects(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return the parts that are effects in the metric's unit, whose size can be compared with another one."""
        return [one for one in self.contrasts(looked, expected) if one.role == EFFECT]

    def evidence(self, outcomes: Matrix, looked: dict[str, Any], expected: str, rule: Rule) -> list[Evidence]:
        """Test the parts on complete outcomes."""
        return [weigh(contrast, outcomes, rule) for contrast in self.contrasts(looked, expected)]

    def details(self, outcomes: Matrix, rule: Rule) -> list[Evidence]:
        """Return further contrasts worth showing; they bear on no verdict."""
        return []

    def axis(self) -> tuple[str | None, Sequence[Value]]:
        """Return the key varied and its values where arms lie along one; else (None, labels)."""
        return None, list(self.arms())


def check_apart(values: Sequence[float]) -> None:
    """Raise InputError for too many values, and for values that share a label of six digits."""
    if len(values) > MOST_ARMS:
        raise InputError(
            told("error.values.many"),
            key="values",
            given=len(values),
            allowed=told("error.limit.number", most=MOST_ARMS),
        )
    if len({f"{value:g}" for value in values}) < len(values):
        raise InputError(told("error.values.alike"), key="values", given=values)


def weights(arms: Sequence[str], given: dict[str, float]) -> Matrix:
    """Return the weights of the arms named, 0 for the others."""
    found = np.zeros(len(arms))
    for label, weight in given.items():
        found[arms.index(label)] += weight
    return found


def direction(expected: str) -> int:
    """Return the sign that makes the expected direction positive."""
    return -1 if expected == "decrease" else 1
