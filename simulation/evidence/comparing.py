"""Comparing predictions with facts: one rule, stated here before either is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]
type Verdict = Literal["met", "not contradicted", "not met", "no prediction"]

LEAST_WORLDS = 0.5
"""Share of worlds that must give a value for a prediction to be one."""
SAYS_LITTLE = 0.5
"""Width of a prediction, as a share of what was possible, beyond which being right is no success."""


@dataclass(frozen=True)
class Fact:
    """A fact, or a finding that is left out.

    Parameters
    ----------
    estimate : float or None
        None where only a range is known.
    low, high : float
        Its 95 % interval, or that range; either may be infinite.
    """

    estimate: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Prediction:
    """A prediction by a set of worlds.

    Parameters
    ----------
    median, low, high : float
        The median and the 90 % interval over the worlds with a value; NaN without any.
    error : float
        Standard error of one world's value, in the middle.
    worlds, of : int
        Worlds with a value, and worlds that ran.
    """

    median: float
    low: float
    high: float
    error: float
    worlds: int
    of: int

    @classmethod
    def over(cls, values: Array, errors: Array) -> Prediction:
        """Return the prediction of worlds' values, each with its standard error."""
        known = np.isfinite(values)
        if not known.any():
            nothing = float("nan")
            return cls(nothing, nothing, nothing, nothing, 0, len(values))
        low, median, high = (float(np.quantile(values[known], order)) for order in (0.05, 0.5, 0.95))
        usable = errors[known & np.isfinite(errors)]
        error = float(np.median(usable)) if len(usable) else float("nan")
        return cls(median, low, high, error, int(known.sum()), len(values))


def verdict(fact: Fact, prediction: Prediction) -> Verdict:
    """Say how a prediction fared.

    ``met``: the fact's estimate lies inside the predicted 90 % interval; where only a range is known, the predicted
    median lies inside it. ``not contradicted``: the two intervals overlap all the same. ``not met``: they do not.
    ``no prediction``: fewer than half of the worlds give a value.
    """
    if prediction.worlds < LEAST_WORLDS * prediction.of or not math.isfinite(prediction.median):
        return "no prediction"
    if fact.estimate is not None:
        met = prediction.low <= fact.estimate <= prediction.high
    else:
        met = fact.low <= prediction.median <= fact.high
    if met:
        return "met"
    return "not contradicted" if prediction.low <= fact.high and fact.low <= prediction.high else "not met"


def share_of_possible(prediction: Prediction, low: float, high: float) -> float:
    """Return the width of a predicted interval as a share of what was possible; 0 is sharp, NaN if nothing was."""
    return (prediction.high - prediction.low) / (high - low) if high > low else float("nan")
