"""When cities begin: quantities of a run with many cities, by which a reform's spread is held against facts.

A city has begun from the first week at whose end it has a domain on its agenda. It is told in the first week in which a
signal reaches it. It is untold if it began before that, or was never told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.ledger.accounts import INSTRUCTION
from simulation.scenario.modes import MODES
from simulation.scenario.sections import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from simulation.model import MomentumModel

type Array = NDArray[np.float64]

_EARTH = 6371.0
"""Radius of the Earth, in kilometres."""


@dataclass(frozen=True)
class Place:
    """A city as facts know it.

    Parameters
    ----------
    gdp : float
        Gross domestic product, in 100 million yuan.
    longitude, latitude : float
        Degrees.
    capital : bool
        True for the capital of the province.
    """

    gdp: float
    longitude: float
    latitude: float
    capital: bool = False


@dataclass(frozen=True)
class Beginnings:
    """When each city of a run began, and when it was told.

    Parameters
    ----------
    begun : array, shape (cities,)
        Week in which a city began; infinite if it did not.
    told : array, shape (cities,)
        Week in which a signal first reached it; infinite if none did.
    sited : array, shape (counties,)
        Week in which a county had its first site; infinite if it had none.
    city : array of int, shape (counties,)
        Place of each county's city.
    executed : array, shape (weeks,)
        Number of pairs of executor and domain that are executed in any mode but the selective one.
    places : tuple of Place
        The cities as facts know them, in the same order; empty where nothing is known.
    """

    begun: Array
    told: Array
    sited: Array
    city: NDArray[np.int64]
    executed: Array
    places: tuple[Place, ...] = ()

    @classmethod
    def of(cls, model: MomentumModel, places: Mapping[str, Place]) -> Beginnings:
        """Read a model that has run; where a city is not among ``places``, nothing is known of any."""
        outcome = model.outcome()
        record = outcome.record
        cities = model.hierarchy.cities
        return cls(
            begun=_first(record.active.any(axis=2)),
            told=_first(record.booked[:, :, INSTRUCTION] > 0),
            sited=_first(record.sites[:, outcome.county].any(axis=2)),
            city=outcome.city[outcome.county],
            executed=_executed(record.executing),
            places=tuple(places[name] for name in cities) if all(name in places for name in cities) else (),
        )

    @property
    def untold(self) -> NDArray[np.bool_]:
        """Cities that began before they were told, or were never told; shape (cities,)."""
        return (self.begun < self.told) | np.isinf(self.told)


def _executed(executing: NDArray[np.int64]) -> Array:
    dropped = MODES.index("selective")
    return np.asarray(executing.sum(axis=(1, 2)) - executing[:, :, dropped].sum(axis=1), dtype=np.float64)


def _first(flags: NDArray[np.bool_]) -> Array:
    """Return the first week in which each column is true, infinite if it never is."""
    return np.where(flags.any(axis=0), flags.argmax(axis=0).astype(np.float64), np.inf)


def before_told(b: Beginnings) -> float:
    """Share of the cities told by the end that had begun before; NaN if none was told."""
    told = np.isfinite(b.told)
    return float((b.begun < b.told)[told].mean()) if told.any() else np.nan


def _begun_by(years: int) -> Callable[[Beginnings], float]:
    def compute(b: Beginnings) -> float:
        return float((b.begun < years * WEEKS_PER_YEAR).mean())

    compute.__doc__ = f"Share of all cities that begin within {years} × 52 weeks."
    return compute


def capital_first(b: Beginnings) -> float:
    """1 if the capital begins in an earlier year than any other untold city, else 0; NaN unless both begin."""
    capital = np.array([place.capital for place in b.places], np.bool_)
    others = b.begun[b.untold & ~capital] if len(capital) else np.empty(0)
    if not capital.any() or not np.isfinite(others).any() or not np.isfinite(b.begun[capital]).all():
        return np.nan
    return float(b.begun[capital].max() // WEEKS_PER_YEAR < others.min() // WEEKS_PER_YEAR)


def tier_lag(b: Beginnings) -> float:
    """Divide the week of the median county's first site by that of its city's beginning, counted from the signal as 1.

    Over cities that were told before they began, and their counties; NaN unless the median of both is reached.
    """
    first = np.isfinite(b.told) & ~b.untold
    if not first.any():
        return np.nan
    county = first[b.city]
    with np.errstate(invalid="ignore"):
        above = np.median((b.begun - b.told)[first]) + 1
        below = np.median(b.sited[county] - b.told[b.city[county]]) + 1
    return float(below / above) if np.isfinite(above) and np.isfinite(below) else np.nan


def untold(b: Beginnings) -> float:
    """Count the untold cities."""
    return float(b.untold.sum())


def followers(b: Beginnings) -> float:
    """Count the untold cities that have begun."""
    return float(np.isfinite(b.begun[b.untold]).sum())


def untold_share(b: Beginnings) -> float:
    """Share of untold cities that have begun; NaN without any."""
    return followers(b) / untold(b) if b.untold.any() else np.nan


def week_begun(b: Beginnings) -> float:
    """Mean week in which untold cities begin, over those that do; NaN without any."""
    return _mean(b.begun[b.untold])


def week_begun_squared(b: Beginnings) -> float:
    """Mean square of that week."""
    return _mean(b.begun[b.untold] ** 2)


def _mean(weeks: Array) -> float:
    weeks = weeks[np.isfinite(weeks)]
    return float(weeks.mean()) if len(weeks) else np.nan


def richer_first(b: Beginnings) -> float:
    """Share of pairs of untold cities, without the capital, of which the richer one begins first.

    Over pairs that do not begin in the same week, a city that never begins being the later one; NaN without a pair.
    """
    if not b.places:
        return np.nan
    here = b.untold & ~np.array([place.capital for place in b.places], np.bool_)
    gdp, begun = np.array([place.gdp for place in b.places])[here], b.begun[here]
    earlier = begun[:, None] < begun[None, :]
    richer = (gdp[:, None] > gdp[None, :]) + 0.5 * (gdp[:, None] == gdp[None, :])
    return float(richer[earlier].mean()) if earlier.any() else np.nan


def nearness(b: Beginnings) -> float:
    """Mean percentile of a beginning city's distance to the nearest city that had begun; NaN if no untold city begins.

    Among the cities that had not begun; .5 if nearness plays no part, below if near cities begin first.
    """
    if not b.places:
        return np.nan
    apart = distances(b.places)
    found: list[float] = []
    for city in np.flatnonzero(b.untold & np.isfinite(b.begun)):
        before = b.begun < b.begun[city]
        if before.any():
            nearest = apart[~before][:, before].min(axis=1)
            own = apart[city, before].min()
            found.append(float(((nearest < own).sum() + 0.5 * (nearest == own).sum()) / len(nearest)))
    return float(np.mean(found)) if found else np.nan


def distances(places: tuple[Place, ...]) -> Array:
    """Return the distances between cities on the sphere, in kilometres, shape (cities, cities)."""
    east, north = np.radians([[place.longitude, place.latitude] for place in places]).T
    half = (
        np.sin((north[:, None] - north) / 2) ** 2
        + np.cos(north[:, None]) * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    )
    return np.asarray(2 * _EARTH * np.arcsin(np.sqrt(half)), dtype=np.float64)


def kept_in_force(b: Beginnings) -> float:
    """Pairs of executor and domain still executed 52 weeks after their number's peak ÷ that peak; NaN if not run."""
    peak = int(b.executed.argmax())
    later = peak + WEEKS_PER_YEAR
    return float(b.executed[later] / b.executed[peak]) if later < len(b.executed) and b.executed[peak] > 0 else np.nan


BEGINNINGS: dict[str, Callable[[Beginnings], float]] = {
    "before_told": before_told,
    **{f"begun_by_{years}": _begun_by(years) for years in (1, 2, 3)},
    "capital_first": capital_first,
    "tier_lag": tier_lag,
    "untold": untold,
    "followers": followers,
    "untold_share": untold_share,
    "week_begun": week_begun,
    "week_begun_squared": week_begun_squared,
    "richer_first": richer_first,
    "nearness": nearness,
    "kept_in_force": kept_in_force,
}
"""Names that the expression of a fact held out may use, and what each takes from a run."""
