"""The places of a picture: units, or cities where units are too many; and the weeks that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from simulation.figures.dated_axis import Dated
from simulation.figures.names import ordered
from simulation.text import catalogue, say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simulation.results import RunResult

_TICKS = 4
MOST = 40
"""Units that a picture shows one by one; of more it shows their cities, if there are several."""


@dataclass(frozen=True)
class Places:
    """The places that a picture shows.

    Attributes
    ----------
    column : str
        Column of the table that names them: ``city``, or the name of the column of units.
    names : list of str
        The places, in the order of the structure.
    by_city : bool
        Whether they are cities.
    """

    column: str
    names: list[str]
    by_city: bool

    @property
    def many(self) -> bool:
        """True if they are too many for a panel or a line of text each."""
        return len(self.names) > MOST


def places_of(table: pd.DataFrame, unit: str = "unit") -> Places:
    """Return the places of a table; ``unit`` is its column of units or counties."""
    by_city = table[unit].nunique() > MOST and table["city"].nunique() > 1
    column = "city" if by_city else unit
    return Places(column, ordered(table[column]), by_city)


def titled(key: str, result: RunResult, lang: str) -> str:
    """Return a title that is true of the places shown: ``<key>.by_city``, where there is one, if these are cities."""
    other = f"{key}.by_city"
    return say(other if other in catalogue() and places_of(result.units).by_city else key, lang)


def last_week(result: RunResult) -> int:
    """Return the number of the last week; the first is 0."""
    return len(result.weekly) - 1


def week_axis(axis: Axes, result: RunResult, lang: str, *, whole: bool = False) -> NDArray[np.int64]:
    """Set an axis to the weeks of a run, their months below where there is a start date, and return their numbers.

    Parameters
    ----------
    axis : Axes
        Its x axis is set.
    whole : bool
        True where a week is drawn as wide as it lasts, and not as the point at its end.
    """
    axis.set_xlim(0, max(last_week(result) + whole, 1))
    axis.xaxis.set_major_locator(MaxNLocator(_TICKS, steps=[1, 2, 5, 10], integer=True))
    if result.spec.start_date is not None:
        axis.xaxis.set_major_formatter(Dated(result.spec, lang))
    axis.set_xlabel(say("figure.week", lang))
    weeks: NDArray[np.int64] = result.weekly["week"].to_numpy()
    return weeks
