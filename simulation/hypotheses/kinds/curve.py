"""``curve``: the shape of a metric over the values of one factor."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from simulation.experiments.design.distributions import Value
from simulation.files.errors import InputError, told
from simulation.hypotheses.evidence import EFFECT, NOT_WORSE, Contrast, Matrix
from simulation.hypotheses.kinds.base import Kind, Setting, check_apart, direction
from simulation.hypotheses.twolines import line_weights, robin_hood, slope_weights

_FEWEST = {"monotone": 3, "saturating": 4, "inverted-u": 4, "u": 4, "threshold": 4}


class Curve(Kind):
    """One factor at three values or more; replicates are paired across values.

    Shapes (``expected = "decrease"`` turns the first, second and last upside down):

    - monotone: it rises from first to last, and no step falls by the smallest effect;
    - saturating: it rises, rises faster over the first half than over the second, and does not fall in the second;
    - inverted-u, u: the two-lines test, the change along either line (slope × width) beyond the smallest effect;
    - threshold: one step, the largest of the pilot, exceeds the rise that the slope elsewhere would give.

    Each rise, bend, line and step must exceed the smallest effect. The shape is gone when one of them is.

    Attributes
    ----------
    factor : str
        Dotted key.
    values : list of numbers
        Rising.
    shape : str
        As above.
    """

    name: ClassVar[str] = "curve"
    goes_with_any: ClassVar[bool] = True
    factor: str
    values: list[float | int]
    shape: Literal["monotone", "saturating", "inverted-u", "u", "threshold"]

    def check(self, expected: str) -> None:
        """Refuse too few values for the shape, and values that do not rise."""
        super().check(expected)
        fewest = _FEWEST[self.shape]
        if len(self.values) < fewest:
            raise InputError(
                told("error.curve.few", shape=self.shape),
                key="values",
                given=self.values,
                allowed=told("error.or_more", fewest=fewest),
            )
        if any(right <= left for left, right in zip(self.values, self.values[1:], strict=False)):
            raise InputError(told("error.values.rise"), key="values", given=self.values)
        check_apart(self.values)
        if self.shape in ("inverted-u", "u") and expected != "increase":
            raise InputError(told("error.curve.direction"), key="expected", given=expected)

    def arms(self) -> dict[str, Setting]:
        """Return one arm per value."""
        return {f"{value:g}": {self.factor: value} for value in self.values}

    def axis(self) -> tuple[str | None, list[Value]]:
        """Return the factor and its values."""
        return self.factor, list(self.values)

    @property
    def _x(self) -> Matrix:
        return np.asarray(self.values, dtype=np.float64)

    def look(self, pilot: Matrix, expected: str) -> dict[str, Any]:
        """Find the break of the two lines, or the step of the threshold."""
        if self.shape in ("inverted-u", "u"):
            at = robin_hood(self._x, pilot, 1 if self.shape == "inverted-u" else -1)
            return {"break": at, "value": self.values[at]}
        if self.shape == "threshold":
            steps = np.diff(pilot.mean(axis=0)) * direction(expected)
            at = int(np.argmax(steps))
            return {"step": at, "value": self.values[at + 1]}
        return {}

    def contrasts(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return the parts of the shape."""
        parts = {
            "monotone": self._monotone,
            "saturating": self._saturating,
            "inverted-u": self._lines,
            "u": self._lines,
            "threshold": self._threshold,
        }
        return parts[self.shape](looked, direction(expected))

    def _between(self, first: int, last: int) -> Matrix:
        found = np.zeros(len(self.values))
        found[first], found[last] = -1.0, 1.0
        return found

    def _monotone(self, looked: dict[str, Any], sign: int) -> list[Contrast]:
        last = len(self.values) - 1
        steps = [Contrast("step", self._between(at, at + 1), NOT_WORSE, sign) for at in range(last)]
        return [Contrast("rise", self._between(0, last), EFFECT, sign), *steps]

    def _saturating(self, looked: dict[str, Any], sign: int) -> list[Contrast]:
        x, last = self._x, len(self.values) - 1
        middle = len(self.values) // 2
        early, late = np.zeros(last + 1), np.zeros(last + 1)
        early[: middle + 1] = slope_weights(x[: middle + 1])
        late[middle:] = slope_weights(x[middle:])
        half = (x[-1] - x[0]) / 2
        return [
            Contrast("rise", self._between(0, last), EFFECT, sign),
            Contrast("bend", (early - late) * half, EFFECT, sign),
            Contrast("late", late * (x[-1] - x[middle]), NOT_WORSE, sign),
        ]

    def _lines(self, looked: dict[str, Any], sign: int) -> list[Contrast]:
        before, after = line_weights(self._x, int(looked.get("break", len(self.values) // 2)))
        up = 1 if self.shape == "inverted-u" else -1
        return [
            Contrast("before", before, EFFECT, up),
            Contrast("after", after, EFFECT, -up),
        ]

    def _threshold(self, looked: dict[str, Any], sign: int) -> list[Contrast]:
        x, last = self._x, len(self.values) - 1
        at = int(looked.get("step", last // 2))
        jump = self._between(at, at + 1)
        width = x[at + 1] - x[at]
        elsewhere = (self._between(0, last) - jump) * width / (x[-1] - x[0] - width)
        return [
            Contrast("jump", jump, EFFECT, sign),
            Contrast("excess", jump - elsewhere, EFFECT, sign),
        ]
