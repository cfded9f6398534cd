"""Distributions: each maps [0, 1] to a value. Designs, priors and ordinary cities draw from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from simulation.files.errors import InputError, nearest, told

type Value = bool | int | float | str
"""A number, true or false, or a word: all that a parameter may be set to by a draw."""

SCALES = ("linear", "log")
LEAST_INSIDE = 1e-6
"""Least share of a normal distribution that must lie between its ends: of less, quantiles lose their digits."""


@dataclass(frozen=True)
class Range:
    """Numbers in [low, high]: uniform, uniform in the logarithm, or normal cut at both ends.

    Parameters
    ----------
    low, high : float
        Ends, both included, low < high; low > 0 on the log scale.
    scale : {'linear', 'log'}
        Scale of the uniform distribution.
    integer : bool
        Whether whole numbers are meant; both ends are whole then.
    mean, sd : float, optional
        Mean and standard deviation of the normal distribution before it is cut.
    step : int, optional
        With ``integer`` on the linear scale: only low, low + step, low + 2·step, … high, each as likely as any other.
    """

    low: float
    high: float
    scale: str = "linear"
    integer: bool = False
    mean: float | None = None
    sd: float | None = None
    step: int | None = None

    def at(self, unit: float) -> Value:
        """Return the quantile of order ``unit``, in [0, 1]; whole numbers have equal parts of the interval."""
        if self.mean is not None and self.sd is not None:
            value = self._normal(unit, self.mean, self.sd)
            return self._whole(round(value)) if self.integer else value
        if self.scale == "log":
            low, high = (self.low, self.high + 1) if self.integer else (self.low, self.high)
            value = low * (high / low) ** unit
            return self._whole(math.floor(value)) if self.integer else self._inside(value)
        if self.integer:
            low, step = int(self.low), self.step or 1
            return self._whole(low + step * int(unit * ((int(self.high) - low) // step + 1)))
        # At 1 rounding may miss the end by the last digit, either way. Stores hold these very numbers as their points.
        return float(self.low + unit * (self.high - self.low))

    def _normal(self, unit: float, mean: float, sd: float) -> float:
        from scipy.special import ndtr, ndtri

        first, last = (float(ndtr((end - mean) / sd)) for end in (self.low, self.high))
        return self._inside(mean + sd * float(ndtri(first + unit * (last - first))))

    def _inside(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def _whole(self, value: int) -> int:
        return min(max(value, int(self.low)), int(self.high))

    def ends(self) -> tuple[Value, ...]:
        """Return the values that a check has to look at."""
        return (int(self.low), int(self.high)) if self.integer else (self.low, self.high)

    def spec(self) -> dict[str, Any]:
        """Return plain data that describes the distribution."""
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Choices:
    """One of several values: categories, integers or numbers.

    Parameters
    ----------
    values : tuple
        At least one value.
    weights : tuple of float, optional
        One positive weight per value; they need not sum to 1. By default every value is as likely as any other.
    """

    values: tuple[Value, ...]
    weights: tuple[float, ...] = ()

    def at(self, unit: float) -> Value:
        """Return the value in whose part of [0, 1] ``unit`` lies; parts are as large as their weights."""
        weights = self.weights or (1.0,) * len(self.values)
        left = unit * sum(weights)
        for value, weight in zip(self.values, weights, strict=True):
            left -= weight
            if left < 0:
                return value
        return self.values[-1]

    def ends(self) -> tuple[Value, ...]:
        """Return every value."""
        return self.values

    def spec(self) -> dict[str, Any]:
        """Return plain data that describes the distribution."""
        return {"values": list(self.values), "weights": list(self.weights)}


type Distribution = Range | Choices


def parse_distribution(given: Any, *, file: str | Path | None = None, key: str = "") -> Distribution:
    """Return the distribution that a table of a file describes.

    Parameters
    ----------
    given : mapping or Distribution
        ``{low, high}``, with ``scale``, ``integer``, or ``mean`` and ``sd``; or ``{values, weights}``.
    file, key : optional
        Named in errors.

    Raises
    ------
    InputError
        When the table describes no distribution.
    """

    def refuse(problem: str, near: str | None = None) -> InputError:
        return InputError(
            problem, file=file, key=key, given=given, allowed=told("error.distribution.allowed"), suggestion=near
        )

    if isinstance(given, Range | Choices):
        return given
    if not isinstance(given, Mapping):
        raise refuse(told("error.distribution.none"))
    ranged = ("low", "high", "scale", "integer", "step", "mean", "sd")
    valid = ("values", "weights") if "values" in given else ranged
    for name in given:
        if name not in valid:
            raise refuse(told("error.distribution.name", name=name), nearest(str(name), valid))
    if "values" in given:
        return _choices(given, refuse)
    low, high = given.get("low"), given.get("high")
    if not (_number(low) and _number(high) and low < high):
        raise refuse(told("error.distribution.ends"))
    scale, integer = given.get("scale", "linear"), given.get("integer", False)
    if scale not in SCALES or not isinstance(integer, bool):
        raise refuse(told("error.distribution.words"))
    if scale == "log" and low <= 0:
        raise refuse(told("error.distribution.log"))
    if integer and not whole_ends(low, high):
        raise refuse(told("error.range.whole"))
    mean, sd = given.get("mean"), given.get("sd")
    if (mean is None) != (sd is None) or (mean is not None and scale == "log"):
        raise refuse(told("error.distribution.normal"))
    if mean is not None and not (_number(mean) and _number(sd) and sd > 0):
        raise refuse(told("error.distribution.sd"))
    if mean is not None and sd is not None and _inside(low, high, mean, sd) < LEAST_INSIDE:
        raise refuse(told("error.distribution.outside", least=LEAST_INSIDE))
    step = given.get("step")
    wrong = None if step is None else wrong_step(step, low, high, integer and scale == "linear" and mean is None)
    if wrong:
        raise refuse(wrong)
    return Range(float(low), float(high), scale, integer, mean, sd, step)


def wrong_step(step: Any, low: float, high: float, whole: bool) -> str | None:
    """Return why a range cannot have this step; None if it can.

    Parameters
    ----------
    step : object
        The step as given.
    low, high : float
        Ends of the range.
    whole : bool
        True for a uniform range of whole numbers.
    """
    if not whole:
        return told("error.step.whole")
    if isinstance(step, bool) or not isinstance(step, int) or step < 1:
        return told("error.step.number")
    if (int(high) - int(low)) % step:
        last = int(high) - (int(high) - int(low)) % step
        return told("error.step.end", near=last, far=last + step)
    return None


def whole_ends(low: float, high: float) -> bool:
    """Return whether both ends of a range are whole numbers."""
    return low == int(low) and high == int(high)


def _inside(low: float, high: float, mean: float, sd: float) -> float:
    """Return the share of a normal distribution between two ends."""
    from scipy.special import ndtr

    first, last = (low - mean) / sd, (high - mean) / sd
    # Above the mean the upper tail, which keeps its digits.
    return float(ndtr(-first) - ndtr(-last)) if first > 0 else float(ndtr(last) - ndtr(first))


def _choices(given: Mapping[str, Any], refuse: Callable[[str], InputError]) -> Choices:
    values = given["values"]
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise refuse(told("error.values.list"))
    if not all(isinstance(value, bool | int | float | str) for value in values):
        raise refuse(told("error.values.kinds"))
    weights = given.get("weights", [1.0] * len(values))
    if not isinstance(weights, Sequence) or len(weights) != len(values):
        raise refuse(told("error.weights.number"))
    if not all(_number(weight) and weight > 0 for weight in weights):
        raise refuse(told("error.weights.positive"))
    return Choices(tuple(values), tuple(float(weight) for weight in weights))


def _number(given: Any) -> TypeGuard[float]:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
