"""Shared parts of the pictures of a calibration: names as a reader knows them, axes of parameters, captions."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from simulation.drawing.numbers import finding
from simulation.scenario import parameters
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from simulation.evidence import Calibrated, Target
    from simulation.experiments.design.distributions import Range

BAND, NEAR = "#a9cbe3", "#dfeaf2"
"""Colours of a finding and of its tolerance, which differ in grey too."""


@functools.cache
def _meanings() -> dict[str, dict[str, str]]:
    return {info.key: info.description for info in parameters()}


def meaning(key: str, lang: str) -> str:
    """Return the meaning of a parameter; empty for one that is not the model's."""
    return _meanings().get(key, {}).get(lang, "")


def claim(target: Target, lang: str) -> str:
    """Return a finding in words, else its name."""
    return target.claim.get(lang) or target.name


def title(found: Calibrated, lang: str) -> str:
    """Return the calibration's title, else its name."""
    return found.calibration.title.get(lang) or found.calibration.name


def caption(found: Calibrated, lang: str) -> str:
    """Return the line under every picture: calibration, vectors, seed, version."""
    from simulation._version import __version__

    return say(
        "calibration.figure.caption", lang, title=title(found, lang), name=found.calibration.name,
        kept=len(found.vectors), tried=found.posterior.tried, tolerance=finding(found.posterior.tolerance),
        checked=len(found.checked), seed=found.calibration.seed, version=__version__,
    )  # fmt: skip


def bands(axes: Axes, target: Target, ends: tuple[float, float], *, vertical: bool = True) -> None:
    """Shade a finding and its tolerance; an open end reaches to the end of the axis."""
    draw = axes.axvspan if vertical else axes.axhspan
    line = axes.axvline if vertical else axes.axhline
    low, high = max(target.low, ends[0]), min(target.high, ends[1])
    draw(max(low - target.tolerance, ends[0]), min(high + target.tolerance, ends[1]), color=NEAR, linewidth=0, zorder=0)
    if target.low == target.high:
        line(target.low, color=BAND, linewidth=3, zorder=0.5)
    else:
        draw(low, high, color=BAND, linewidth=0, zorder=0.5)


def limits(target: Target, *values: object) -> tuple[float, float]:
    """Return an axis's ends that hold the values and the finding with its tolerance."""
    inside = [end for value in values for end in np.ravel(np.asarray(value, dtype=float)) if np.isfinite(end)]
    for end, sign in ((target.low, -1), (target.high, 1)):
        if np.isfinite(end):
            inside += [end, end + sign * 1.5 * target.tolerance]
    low, high = min(inside), max(inside)
    margin = 0.04 * (high - low)
    return low - margin, high + margin


def scaled(axis: Axis, prior: Range) -> None:
    """Set an axis to a prior's scale, with three numbers on it, written as plain text."""
    logarithmic = prior.scale == "log"
    if logarithmic:
        (axis.axes.set_xscale if axis is axis.axes.xaxis else axis.axes.set_yscale)("log")
    middle = float(np.sqrt(prior.low * prior.high)) if logarithmic else (prior.low + prior.high) / 2
    if prior.integer:
        middle = round(middle)
    axis.set_major_locator(FixedLocator([prior.low, middle, prior.high]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: finding(value)))


def areas(weights: np.ndarray) -> np.ndarray:
    """Return the areas of dots, in points², in proportion to weights; the mean weight has 22."""
    return np.asarray(np.clip(22 * weights / weights.mean(), 3, 120))
