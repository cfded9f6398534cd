"""Regions of parameter space in words: limits on single parameters, all of which a point must meet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

IS = "="
"""Stands between a parameter's key and one of its words, in the name of a column that is 1 where it has that word."""


@dataclass(frozen=True)
class Limit:
    """One limit of a region: a parameter lies above or below a number.

    Attributes
    ----------
    key : str
        Dotted key; for a word ``key=word``, a column of 0 and 1.
    above : bool
        True if the region lies above the number, False if below; the number itself lies outside.
    at : float
        The number.
    """

    key: str
    above: bool
    at: float

    def holds(self, points: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which points lie on this limit's side."""
        values = points[self.key].to_numpy(dtype=float)
        return values > self.at if self.above else values < self.at

    def words(self, lang: str) -> str:
        """Return the limit in words: "`execution.q_half` is below 0.009"."""
        key, word, named = self.key.partition(IS)
        if word:
            return say(f"worlds.limit.{'word' if self.above else 'no_word'}", lang, key=key, word=named)
        at = repr(self.at).removesuffix(".0").replace("-", "−")
        return say(f"worlds.limit.{'above' if self.above else 'below'}", lang, key=key, at=at)


type Region = tuple[Limit, ...]
"""Limits that hold together."""


def within(region: Iterable[Limit], points: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which points lie in a region; all where it has no limit."""
    inside = np.ones(len(points), dtype=bool)
    for limit in region:
        inside &= limit.holds(points)
    return inside


def in_words(regions: Sequence[Region], lang: str) -> str:
    """Return regions in words, joined by "or", the limits of each by "and"."""
    both = say("worlds.limit.and", lang)
    return say("worlds.limit.or", lang).join(both.join(limit.words(lang) for limit in region) for region in regions)


def cut(points: pd.DataFrame, key: str, at: float, *, above: bool) -> Limit | None:
    """Return the limit at a number, as the shortest number that parts the same points; None where it parts none.

    Parameters
    ----------
    points : DataFrame
        One row per point.
    key : str
        The column.
    at : float
        The number: with ``above`` points at it or above it are inside, else points at it or below it.
    above : bool
        The side that is inside.
    """
    values = points[key].to_numpy(dtype=float)
    inside = values >= at if above else values <= at
    if inside.all() or not inside.any():
        return None
    near = values[inside].min() if above else values[inside].max()
    far = values[~inside].max() if above else values[~inside].min()
    return Limit(key, above, _shortest(near, far))


def _shortest(inside: float, outside: float) -> float:
    """Return the number with the fewest digits between two, the outer one included."""
    low, high = sorted((inside, outside))
    middle = low + (high - low) / 2
    for digits in range(17):
        nearest = f"{middle:.{digits}e}"
        step = 10.0 ** (int(nearest.partition("e")[2]) - digits)
        for shift in (0, 1, -1):
            found = float(f"{float(nearest) + shift * step:.{digits}e}")
            if low < found < high or found == outside:
                return found
    return outside


def columns(points: pd.DataFrame) -> pd.DataFrame:
    """Return points as numbers: a word becomes one column of 0 and 1 per word; columns without variation go.

    Parameters
    ----------
    points : DataFrame
        One row per point, a column per dotted key; numbers, truth values or words.
    """
    import pandas as pd

    found = {}
    for key in points.columns:
        values = points[key]
        if pd.api.types.is_numeric_dtype(values):
            found[str(key)] = values.to_numpy(dtype=float)
            continue
        for word in sorted({str(value) for value in values}):
            found[f"{key}{IS}{word}"] = np.array([float(str(value) == word) for value in values])
    table = pd.DataFrame(found, index=range(len(points)), dtype=float)
    table = table.where(np.isfinite(table), math.nan).dropna(axis="columns")
    return table.loc[:, [name for name in table.columns if table[name].nunique() > 1]]
