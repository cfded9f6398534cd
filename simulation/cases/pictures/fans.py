"""Fans over the posterior on an axis of weeks with dates, the forecast shaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.drawing.colours import BLUE, FAINT, INK, SOFT
from simulation.figures.dated_axis import Dated
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.cases.case import Case
    from simulation.cases.horizon import Horizon

type Array = NDArray[np.float64]

ACROSS = 3
_TICKS = 4
_OUTER, _INNER = 0.16, 0.32


def draw(axis: Axes, samples: Array) -> float:
    """Draw bands of 90 % and 50 % and the median of samples, shape (s, weeks); return the highest value drawn."""
    known = ~np.isnan(samples).all(axis=0)
    weeks = np.flatnonzero(known)
    if not len(weeks):
        return 0.0
    low, under, middle, over, high = np.nanquantile(samples[:, known], (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    for bottom, top, strength in ((low, high, _OUTER), (under, over, _INNER)):
        axis.fill_between(weeks, bottom, top, color=BLUE, alpha=strength, linewidth=0)
    axis.plot(weeks, middle, color=BLUE, linewidth=1.6)
    return float(high.max())


def time_axis(axis: Axes, case: Case, span: Horizon, lang: str) -> None:
    """Set the weeks of an axis, shade the forecast and draw a line at the last observation."""
    axis.set_xlim(0, max(span.end, 1))
    from matplotlib.ticker import MaxNLocator

    axis.xaxis.set_major_locator(MaxNLocator(_TICKS, steps=[1, 2, 5, 10], integer=True))
    axis.xaxis.set_major_formatter(Dated(case.spec, lang))
    axis.set_xlabel(say("figure.week", lang))
    if span.end > span.last:
        axis.axvspan(span.last, span.end, color=FAINT, alpha=0.45, linewidth=0, zorder=0)
    axis.axvline(span.last, color=SOFT, linewidth=0.9, linestyle=":")


def key(axis: Axes, drawn: Axes, lang: str, extra: list[tuple[Any, str]], *, forecast: bool) -> None:
    """Write the key of fans into an empty strip."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[tuple[Any, str]] = [
        (Line2D([], [], color=BLUE, linewidth=1.6), say("case.report.median", lang)),
        (Patch(color=BLUE, alpha=_INNER + _OUTER), say("case.report.half", lang)),
        (Patch(color=BLUE, alpha=_OUTER), say("case.report.most", lang)),
        *extra,
        (Line2D([], [], color=SOFT, linewidth=0.9, linestyle=":"), say("case.report.last_observation", lang)),
    ]
    if forecast:
        handles.append((Patch(color=FAINT), say("case.report.forecast_shade", lang)))
    shown, labels = zip(*handles, strict=True)
    axis.legend(shown, labels, loc="upper left", fontsize=8.5, borderaxespad=0.0, ncols=3, labelcolor=INK)
