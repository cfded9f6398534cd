"""Distributions: priors of free parameters, and what ordinary cities are drawn from. Each maps [0, 1] to a value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from simulation.files.errors import InputError, nearest

type Drawn = bool | int | float | str

SCALES = ("linear", "log")
_ALLOWED = (
    "{ low = a, high = b }, with scale = 'log' or integer = true; { mean = m, sd = s, low = a, high = b }; "
    "or { values = […], weights = […] }"
)


@dataclass(frozen=True)
class Continuous:
    """Numbers in [low, high]: uniform, uniform in the logarithm, or normal cut at both ends.

    Parameters
    ----------
    low, high : float
        Ends, low < high; low > 0 on the log scale.
    scale : {'linear', 'log'}
        Of the uniform distribution.
    integer : bool
        Whether whole numbers are meant.
    mean, sd : float, optional
        Of the normal distribution before it is cut.
    """

    low: float
    high: float
    scale: str = "linear"
    integer: bool = False
    mean: float | None = None
    sd: float | None = None

    def at(self, unit: float) -> Drawn:
        """Return the quantile of order ``unit``, in [0, 1]."""
        low, high = (self.low, self.high + 1) if self.integer else (self.low, self.high)
        if self.mean is not None and self.sd is not None:
            value = self._normal(unit)
            return min(max(round(value), int(self.low)), int(self.high)) if self.integer else value
        value = low * (high / low) ** unit if self.scale == "log" else low + unit * (high - low)
        return min(math.floor(value), int(self.high)) if self.integer else min(max(value, low), high)

    def _normal(self, unit: float) -> float:
        from scipy.special import ndtr, ndtri

        assert self.mean is not None
        assert self.sd is not None
        first, last = (float(ndtr((end - self.mean) / self.sd)) for end in (self.low, self.high))
        value = self.mean + self.sd * float(ndtri(first + unit * (last - first)))
        return min(max(value, self.low), self.high)

    def ends(self) -> tuple[Drawn, ...]:
        """Return the values a check has to look at."""
        return (int(self.low), int(self.high)) if self.integer else (self.low, self.high)

    def spec(self) -> dict[str, Any]:
        """Return plain data that says what it is."""
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Weighted:
    """One of several values, with weights.

    Parameters
    ----------
    values : tuple
        What can be drawn.
    weights : tuple of float
        As many, positive; they need not sum to 1.
    """

    values: tuple[Drawn, ...]
    weights: tuple[float, ...]

    def at(self, unit: float) -> Drawn:
        """Return the value in whose part of [0, 1] ``unit`` lies."""
        left = unit * sum(self.weights)
        for value, weight in zip(self.values, self.weights, strict=True):
            left -= weight
            if left < 0:
                return value
        return self.values[-1]

    def ends(self) -> tuple[Drawn, ...]:
        """Return every value."""
        return self.values

    def spec(self) -> dict[str, Any]:
        """Return plain data that says what it is."""
        return {"values": list(self.values), "weights": list(self.weights)}


type Distribution = Continuous | Weighted


def parse_distribution(given: Any, *, file: str | Path | None = None, key: str = "") -> Distribution:
    """Return the distribution that a table of a file describes.

    Raises
    ------
    InputError
        When it is none.
    """

    def refuse(problem: str, near: str | None = None) -> InputError:
        return InputError(problem, file=file, key=key, given=given, allowed=_ALLOWED, suggestion=near)

    if isinstance(given, Continuous | Weighted):
        return given
    if not isinstance(given, Mapping):
        raise refuse("this is no distribution")
    valid = ("values", "weights") if "values" in given else ("low", "high", "scale", "integer", "mean", "sd")
    for name in given:
        if name not in valid:
            raise refuse(f"a distribution has no '{name}'", nearest(str(name), valid))
    if "values" in given:
        return _weighted(given, refuse)
    low, high = given.get("low"), given.get("high")
    if not (_number(low) and _number(high) and low < high):
        raise refuse("a distribution needs two finite numbers, low below high")
    scale, integer = given.get("scale", "linear"), given.get("integer", False)
    if scale not in SCALES or not isinstance(integer, bool):
        raise refuse("the scale is linear or log, integer is true or false")
    if scale == "log" and low <= 0:
        raise refuse("a log scale starts above 0")
    if integer and (low != int(low) or high != int(high)):
        raise refuse("the ends of a range of whole numbers are whole numbers")
    mean, sd = given.get("mean"), given.get("sd")
    if (mean is None) != (sd is None) or (mean is not None and scale == "log"):
        raise refuse("a normal distribution has a mean and an sd, on the linear scale")
    if mean is not None and not (_number(mean) and _number(sd) and sd > 0):
        raise refuse("mean and sd are numbers, sd above 0")
    return Continuous(float(low), float(high), scale, integer, mean, sd)


def _weighted(given: Mapping[str, Any], refuse: Any) -> Weighted:
    values = given["values"]
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise refuse("values are a list")
    if not all(isinstance(value, bool | int | float | str) for value in values):
        raise refuse("values are numbers, true or false, or words")
    weights = given.get("weights", [1.0] * len(values))
    if not isinstance(weights, Sequence) or len(weights) != len(values):
        raise refuse("there is one weight a value")
    if not all(_number(weight) and weight > 0 for weight in weights):
        raise refuse("weights are positive numbers")
    return Weighted(tuple(values), tuple(float(weight) for weight in weights))


def _number(given: Any) -> TypeGuard[float]:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
