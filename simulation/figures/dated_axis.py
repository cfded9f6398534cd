"""The labels of a time axis whose weeks have dates: the week's number, and below it, where there is room, its month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import Formatter

from simulation.drawing.lettering import widest
from simulation.scenario.calendar import date_of, told_month

if TYPE_CHECKING:
    from simulation.scenario import Scenario

_SIZE = 8.0
_GAP = 0.12
"""Inches between two months at least."""
_BEYOND = 0.08
"""Inches that a month may reach beyond the axis's right end: no more, so that no room has to be kept for it there."""


class Dated(Formatter):
    """Write a week as its number, and under every n-th the month in which it begins, n as small as room allows.

    Parameters
    ----------
    spec : Scenario
        A scenario with a start date.
    lang : {'en', 'zh'}
        Language of the months.
    """

    def __init__(self, spec: Scenario, lang: str) -> None:
        self._spec, self._lang = spec, lang

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return a week's number."""
        return f"{x:.0f}"

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the labels of all ticks, evenly spaced weeks from 0 on."""
        labels = [self(week) for week in values]
        if len(values) < 2:
            return [self._with_month(week) for week in values]
        months = [self._month(week) for week in values]
        apart, width = float(values[1] - values[0]), widest(months, _SIZE)
        scale = self._inches_per_week()
        every = max(1, math.ceil((width + _GAP) / (apart * scale) - 1e-3))
        last = self._last() - max(width / 2 - _BEYOND, 0.0) / scale
        return [
            f"{label}\n{month}" if month and round(week / apart) % every == 0 and (week <= last or not week) else label
            for week, label, month in zip(values, labels, months, strict=True)
        ]

    def _with_month(self, week: float) -> str:
        month = self._month(week)
        return f"{self(week)}\n{month}" if month else self(week)

    def _month(self, week: float) -> str:
        day = date_of(self._spec, round(week)) if week >= 0 else None
        return "" if day is None else told_month(day, self._lang, short=True)

    def _last(self) -> float:
        return float(self.axis.axes.get_xlim()[1])  # type: ignore[union-attr]  # as below

    def _inches_per_week(self) -> float:
        axes = self.axis.axes  # type: ignore[union-attr]  # set as soon as the formatter belongs to an axis
        low, high = axes.get_xlim()
        return max(float(axes.bbox.width / axes.figure.dpi / (high - low)), 1e-9)
