"""The condition of a change: comparisons of metrics with numbers, and nothing else."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulation.files.errors import InputError, nearest, told
from simulation.text import catalogue

LONGEST_CONDITION = 300
"""Longest condition, in characters."""
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_PART = re.compile(r"\s*([A-Za-z]\w*)\s*(>=|<=|>|<)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")


@dataclass(frozen=True)
class Comparison:
    """One metric against one number."""

    metric: str
    sign: str
    number: float

    def holds(self, value: float) -> bool:
        """Tell whether a value of the metric meets the comparison; a value that is not defined never does."""
        return not math.isnan(value) and _COMPARISONS[self.sign](value, self.number)


@dataclass(frozen=True)
class Condition:
    """Comparisons that must all hold: ``"effectiveness > .2 and reporting_gap < .05"``."""

    text: str
    parts: tuple[Comparison, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics that it reads."""
        return tuple(dict.fromkeys(part.metric for part in self.parts))

    def holds(self, values: Mapping[str, float]) -> bool:
        """Tell whether all comparisons hold for these values of the metrics."""
        return all(part.holds(values[part.metric]) for part in self.parts)

    @classmethod
    def parse(cls, text: Any) -> Condition:
        """Return the condition that a text states.

        Raises
        ------
        InputError
            For anything but comparisons ``metric > number`` (also ``>=``, ``<``, ``<=``), joined by ``and``.
        """
        if not isinstance(text, str) or len(text) > LONGEST_CONDITION:
            raise InputError(told("error.condition"), given=text, allowed=told("error.condition.allowed"))
        known = metric_names()
        parts = []
        for piece in re.split(r"\band\b", text):
            found = _PART.fullmatch(piece)
            if found is None:
                raise InputError(told("error.condition"), given=text, allowed=told("error.condition.allowed"))
            metric, sign, number = found.groups()
            if metric not in known:
                raise InputError(told("error.no_such_metric"), given=metric, suggestion=nearest(metric, known))
            if not math.isfinite(float(number)):
                raise InputError(told("error.condition"), given=text, allowed=told("error.condition.allowed"))
            parts.append(Comparison(metric, sign, float(number)))
        return cls(" and ".join(piece.strip() for piece in re.split(r"\band\b", text)), tuple(parts))


def metric_names() -> tuple[str, ...]:
    """Return the names of all metrics, as the table of labels has them: metrics themselves stand downstream."""
    return tuple(key.removeprefix("metric.") for key in catalogue() if _NAME.fullmatch(key))


_NAME = re.compile(r"metric\.\w+")
