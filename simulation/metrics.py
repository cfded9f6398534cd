"""Metrics: the numbers that describe a run, governance effectiveness (治理效能) among them.

A metric is one function from an `Outcome` to a weekly series; `metric` registers it with its unit and range. It appears
under its name in summaries, weekly tables, sweeps and hypotheses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.ledger.accounts import DELIVERED, FLOWS, SIGNS, accounts
from simulation.record import Record
from simulation.scenario.modes import MODES
from simulation.scenario.windows import STAGES
from simulation.world.fixed import World

Series = NDArray[np.float64]
WEEKS_AFTER = 52
WORKING = 0.4


@dataclass(frozen=True)
class Outcome:
    """A record, with the data that are needed to read it; of all cities, or of one.

    Attributes
    ----------
    record : Record
        Weekly series.
    population, severity : array
        Persons (units,) and severity (units, domains).
    county : array of bool, shape (units,)
        True for counties, False for departments.
    city : array of int, shape (units,)
        Position of each unit's city in the record.
    point : int
        Column of the point domain.
    communities : int
        Number of communities simulated.
    authority_ends : float
        Week in which stage 2 closes; infinite if it never does.
    """

    record: Record
    population: Series
    severity: Series
    county: NDArray[np.bool_]
    city: NDArray[np.int64]
    point: int
    communities: int
    authority_ends: float

    @classmethod
    def of(cls, record: Record, world: World, authority_ends: float, city: int | None = None) -> Outcome:
        """Read a record, of all cities or of the one with the given index."""
        cities = slice(None) if city is None else slice(city, city + 1)
        first, last = (0, None) if city is None else world.city_unit[city : city + 2]
        units, executors, departments = slice(first, last), slice(None), slice(None)
        if city is not None:
            executors = slice(*world.unit_executor[world.city_unit[city : city + 2]])
            departments = slice(*world.city_department[city : city + 2])
        axes = dict.fromkeys(("effect", "mode", "sites", "momentum", "load"), units)
        axes |= {"executor_load": executors, "executor_modes": executors, "joins": departments}
        chosen = Record(**{name: series[:, axes.get(name, cities)] for name, series in record._asdict().items()})
        inside = np.ones(len(world.community_city), bool) if city is None else world.community_city == city
        return cls(
            record=chosen,
            population=world.unit_population[units],
            severity=world.severity[units],
            county=~world.is_department[units],
            city=world.unit_city[units] - (0 if city is None else city),
            point=world.point,
            communities=int(inside.sum()),
            authority_ends=authority_ends,
        )

    def flow(self, *rows: int) -> Series:
        """Return the momentum that the given ledger rows have moved so far, in instructions."""
        return np.asarray(np.cumsum(self.record.booked[:, :, list(rows)].sum(axis=(1, 2))), dtype=np.float64)


@dataclass(frozen=True)
class Metric:
    """A number that describes a run at the end of a week."""

    name: str
    compute: Callable[[Outcome], Series]
    unit: str
    low: float
    high: float


METRICS: dict[str, Metric] = {}


def metric(
    unit: str, low: float = 0.0, high: float = 1.0
) -> Callable[[Callable[[Outcome], Series]], Callable[[Outcome], Series]]:
    """Register a function of an `Outcome` as the metric of its name."""

    def register(compute: Callable[[Outcome], Series]) -> Callable[[Outcome], Series]:
        METRICS[compute.__name__] = Metric(compute.__name__, compute, unit, low, high)
        return compute

    return register


def _ratio(above: NDArray[Any], below: NDArray[Any]) -> Series:
    """Divide, with NaN where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan), dtype=np.float64)


@metric("share")
def effectiveness(o: Outcome) -> Series:
    """Mean effect over all communities and domains, weighted by severity × population: the governance effectiveness.

    NaN where no problem has any severity.
    """
    weight = (o.severity * o.population[:, None])[o.county]
    return _ratio((o.record.effect[:, o.county] * weight).sum(axis=(1, 2)), np.asarray(weight.sum()))


@metric("share")
def core_effect(o: Outcome) -> Series:
    """Mean effect over all communities on the point domain, weighted by population."""
    weight = o.population[o.county]
    return np.asarray((o.record.effect[:, o.county, o.point] * weight).sum(axis=1) / weight.sum(), dtype=np.float64)


@metric("share")
def site_effect(o: Outcome) -> Series:
    """Mean effect over communities × domains that have a site; NaN without any."""
    return _ratio(o.record.covered_effect.sum(axis=(1, 2)), o.record.covered.sum(axis=(1, 2)))


@metric("share")
def pilot_effect(o: Outcome) -> Series:
    """Mean effect over communities × domains that have a pilot site; NaN without any."""
    return _ratio(o.record.pilot_effect.sum(axis=(1, 2)), o.record.piloted.sum(axis=(1, 2)))


@metric("domains", 0, np.inf)
def breadth(o: Outcome) -> Series:
    """Count the domains whose sites' mean effect exceeds .4."""
    sites = _ratio(o.record.covered_effect.sum(axis=1), o.record.covered.sum(axis=1))
    return (sites > WORKING).sum(axis=1).astype(np.float64)


@metric("share")
def surface(o: Outcome) -> Series:
    """Share of communities × domains that have a site."""
    return np.asarray(o.record.covered.sum(axis=(1, 2)) / (o.communities * o.severity.shape[1]), np.float64)


@metric("index")
def focus(o: Outcome) -> Series:
    """Herfindahl index of effect over domains: 1 when one domain has all of it; NaN without effect."""
    weight = o.population[o.county][None, :, None]
    by_domain = (o.record.effect[:, o.county] * weight).sum(axis=1)
    return _ratio((by_domain**2).sum(axis=1), by_domain.sum(axis=1) ** 2)


@metric("index")
def equity(o: Outcome) -> Series:
    """1 − Gini coefficient of the counties' mean effect; NaN without effect."""
    mean = np.sort(o.record.effect[:, o.county].mean(axis=2), axis=1)
    n = mean.shape[1]
    rank = 2 * np.arange(1, n + 1) - n - 1
    return 1.0 - _ratio((mean * rank).sum(axis=1), n * mean.sum(axis=1))


@metric("share")
def participation(o: Outcome) -> Series:
    """Share of all citizens who took part in the week (cities weighted equally)."""
    return np.asarray(o.record.took_part.mean(axis=1), dtype=np.float64)


@metric("share")
def trust(o: Outcome) -> Series:
    """Citizens' mean trust (cities weighted equally)."""
    return np.asarray(o.record.trust.mean(axis=1), dtype=np.float64)


@metric("share")
def awareness(o: Outcome) -> Series:
    """Citizens' mean awareness (cities weighted equally)."""
    return np.asarray(o.record.awareness.mean(axis=1), dtype=np.float64)


@metric("domains", 0, np.inf)
def agenda(o: Outcome) -> Series:
    """Count the domains that a city has taken on; mean over cities."""
    return np.asarray(o.record.active.sum(axis=2).mean(axis=1), dtype=np.float64)


@metric("share")
def depth(o: Outcome) -> Series:
    """Mean effect over the domains that a city has taken on, weighted by population; NaN without any."""
    active = o.record.active[:, o.city[o.county]] * o.population[o.county][:, None]
    return _ratio((o.record.effect[:, o.county] * active).sum(axis=(1, 2)), active.sum(axis=(1, 2)))


@metric("share")
def co_operation(o: Outcome) -> Series:
    """Share of departments that co-operate, over the domains on the agenda; NaN without departments."""
    joined, all_ = np.moveaxis(o.record.joined.sum(axis=1), -1, 0)
    return _ratio(joined, all_)


@metric("load", 0, np.inf)
def town_load(o: Outcome) -> Series:
    """Mean load of towns, counties weighted equally; above the capacity, quality falls."""
    return np.asarray(o.record.load[:, o.county].mean(axis=1), dtype=np.float64)


@metric("domains", 0, np.inf)
def proven(o: Outcome) -> Series:
    """Count the proven domains; mean over cities."""
    return np.asarray(o.record.proven.mean(axis=1), dtype=np.float64)


def _mode_share(mode: int) -> Callable[[Outcome], Series]:
    def compute(o: Outcome) -> Series:
        return _ratio(o.record.executing[:, :, mode].sum(axis=1), o.record.executing.sum(axis=(1, 2)))

    compute.__name__ = MODES[mode]
    compute.__doc__ = f"Share of pairs of executor and domain that are {MODES[mode]}; NaN when nothing is assigned."
    return compute


for _mode in range(len(MODES)):
    metric("share")(_mode_share(_mode))


@metric("share")
def reporting_gap(o: Outcome) -> Series:
    """Mean reported minus true effect over open sites; NaN without any."""
    gap = (o.record.reported - o.record.true).sum(axis=(1, 2))
    return _ratio(gap, o.record.reports.sum(axis=(1, 2)))


def _transmission(stage: int) -> Callable[[Outcome], Series]:
    incoming = [row for row in range(len(FLOWS)) if SIGNS[row, stage] > 0]
    outgoing = [row for row, f in enumerate(FLOWS) if f.origin == stage and f.kind in {"passed", "delivered"}]

    def compute(o: Outcome) -> Series:
        return _ratio(o.flow(*outgoing), o.flow(*incoming))

    compute.__name__ = f"transmission_{stage + 1}"
    compute.__doc__ = f"Momentum passed on by stage {stage + 1} so far, as a share of what entered it."
    return compute


def _level(stage: int) -> Callable[[Outcome], Series]:
    def compute(o: Outcome) -> Series:
        return np.asarray(o.record.level[:, :, stage].mean(axis=1), dtype=np.float64)

    compute.__name__ = f"level_{stage + 1}"
    compute.__doc__ = f"Level of stage {stage + 1}, mean over cities."
    return compute


def _passed(stage: int) -> Callable[[Outcome], Series]:
    rows = [row for row, f in enumerate(FLOWS) if f.origin == stage and f.kind in {"passed", "delivered"}]

    def compute(o: Outcome) -> Series:
        return np.asarray(o.record.booked[:, :, rows].sum(axis=(1, 2)), dtype=np.float64)

    compute.__name__ = f"passed_{stage + 1}"
    compute.__doc__ = f"Momentum that stage {stage + 1} passes on in the week."
    return compute


for _stage in range(len(STAGES)):
    metric("share")(_level(_stage))
for _stage in range(len(STAGES)):
    metric("instructions per week", 0, np.inf)(_passed(_stage))
for _stage in range(len(STAGES)):
    metric("share")(_transmission(_stage))


@metric("instructions", 0, np.inf)
def delivered(o: Outcome) -> Series:
    """Momentum delivered so far."""
    return o.flow(DELIVERED)


def _lost(account: str) -> Callable[[Outcome], Series]:
    rows = [row for row, f in enumerate(FLOWS) if f.account == account]

    def compute(o: Outcome) -> Series:
        return o.flow(*rows)

    compute.__name__ = f"lost_{account}"
    compute.__doc__ = f"Momentum lost to '{account}' so far."
    return compute


for _account in accounts("sink"):
    metric("instructions", 0, np.inf)(_lost(_account))


@metric("ratio", 0, np.inf)
def persistence(o: Outcome) -> Series:
    """Effectiveness 52 weeks after authority ends ÷ effectiveness at its end; NaN before, or if it never ends."""
    series = effectiveness(o)
    kept = np.full(len(series), np.nan)
    if np.isfinite(o.authority_ends):
        end = int(o.authority_ends) - 1
        if end >= 0 and end + WEEKS_AFTER < len(series) and series[end] > 0:
            kept[end + WEEKS_AFTER :] = series[end + WEEKS_AFTER] / series[end]
    return kept


@metric("weeks", 1, np.inf)
def weeks_to_breadth_4(o: Outcome) -> Series:
    """Weeks until the sites of four domains first exceed .4 on average; NaN until then."""
    reached = np.flatnonzero(breadth(o) >= 4)
    weeks = np.full(len(o.record.level), np.nan)
    if len(reached):
        weeks[reached[0] :] = reached[0] + 1
    return weeks


@metric("share", -1, 1)
def scale_up_gap(o: Outcome) -> Series:
    """Mean effect of pilot sites minus that of later sites, each a year after it opened; NaN without either.

    Over communities × proven domains with a site, by their first site; the year begins after the plan at the earliest.
    """
    pilots, pilot_sum, others, other_sum = np.moveaxis(o.record.matured.sum(axis=1), -1, 0)
    return _ratio(pilot_sum, pilots) - _ratio(other_sum, others)


def weekly(o: Outcome) -> dict[str, Series]:
    """Return every metric's weekly series."""
    return {name: entry.compute(o) for name, entry in METRICS.items()}


def summary(o: Outcome) -> dict[str, float]:
    """Return every metric at the end of the last week."""
    return {name: float(entry.compute(o)[-1]) for name, entry in METRICS.items()}
