"""One run as documents would have seen it: what each unit had, opened and reported at the ends of some weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.agents.reporting import collect
from simulation.model import MomentumModel
from simulation.scenario.modes import MODES, NO_MODE
from simulation.world.state import NEVER

if TYPE_CHECKING:
    from simulation.scenario import Scenario

WATCHED = 3
"""Raised when what is watched of a run changes: a fit goes on with no runs that were watched otherwise."""
_DROPPED = MODES.index("selective")
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Seen:
    """A run at the ends of some weeks. Axes: t week of ``weeks``, c city, u unit, d domain.

    Attributes
    ----------
    weeks : tuple of int
        The weeks, ascending.
    agenda : array of bool, [t, c, d]
        The domain is on the city's agenda.
    since : array of int, [u, d]
        Week in which the plan gave the unit the domain, or a later one in which it took it on; −1 if it does not have
        it under a plan.
    withdrawn : array of int, [u, d]
        First week in which the unit had dropped the domain: most of its sites executed selectively, after they had been
        executed otherwise under the plan. −1 if there was none.
    sites, city_sites : array, [t, u, d] and [t, c, d]
        Communities with an open site, in real ones: each simulated community stands for as many as its county has per
        simulated one. A community in which a county and a department work is one of the city.
    reported, city_reported : array, [t, u, d] and [t, c, d]
        Mean reported effect over open sites in real communities, in [0, 1]; 0 without a site.
    participation, city_participation : array, [t, u, d] and [t, c, d]
        Share of the residents concerned who take part, in [0, 1]: those of all communities together; 0 of none. A
        citizen stands for as many residents as the community has per citizen.
    took_part : array, [t, c]
        Share of all residents who take part in anything.
    model : MomentumModel
        The model at its end.
    """

    weeks: tuple[int, ...]
    agenda: Flags
    since: Ints
    withdrawn: Ints
    sites: Floats
    city_sites: Floats
    reported: Floats
    city_reported: Floats
    participation: Floats
    city_participation: Floats
    took_part: Floats
    model: MomentumModel


def watch(spec: Scenario, seed: int, weeks: Sequence[int], *, last: int | None = None) -> Seen:
    """Run a scenario and look at it at the ends of some weeks.

    Parameters
    ----------
    spec : Scenario
        The scenario.
    seed : int
        The seed.
    weeks : sequence of int
        Weeks from 0; each is looked at once, in order.
    last : int, optional
        Last week that is run; by default the last one looked at.
    """
    looked = sorted(set(weeks))
    model = MomentumModel(spec, rng=seed)
    glances: list[dict[str, Any]] = []
    for week in looked:
        model.compute_ahead(week + 1 - model.week)
        glances.append(_glance(model))
    if last is not None and last >= model.week:
        model.compute_ahead(last + 1 - model.week)
    return _seen(model, looked, glances)


def look(model: MomentumModel) -> Seen:
    """Look at a model at the end of the week that it has run last; the model stays as it is."""
    return _seen(model, [model.week - 1], [_glance(model)])


def _seen(model: MomentumModel, weeks: Sequence[int], glances: Sequence[Mapping[str, Any]]) -> Seen:
    series = {name: np.array([glance[name] for glance in glances]) for name in (glances[0] if glances else ())}
    return Seen(
        weeks=tuple(weeks),
        since=_since(model),
        withdrawn=_withdrawn(model),
        model=model,
        **series,
    )


class _Sites(NamedTuple):
    """Open sites by unit and county, [g, d] of groups g, in real communities; reports summed over them."""

    unit: Ints
    sites: Floats
    reported: Floats


def real_per_simulated(model: MomentumModel) -> Floats:
    """Return how many real communities one simulated community of each county stands for, shape (units,); 0 of none."""
    units = len(model.hierarchy.units)
    real = np.bincount(model.hierarchy.community_county, minlength=units)
    simulated = np.bincount(model.world.community_county, minlength=units)
    return np.asarray(real / np.maximum(simulated, 1), dtype=np.float64)


def _glance(model: MomentumModel) -> dict[str, Any]:
    world, state = model.world, model.state
    units = len(state.has)
    cities = len(world.city_unit) - 1
    found = _sites(model)
    by_unit, by_city = (
        _mean_report(found, row, number) for row, number in ((found.unit, units), (world.unit_city[found.unit], cities))
    )
    took_part, concerned = _taking_part(model)
    community = world.place_community
    covered = state.covered * real_per_simulated(model)[world.community_county][:, None]
    return {
        "agenda": state.active.copy(),
        "sites": _summed(found.sites, found.unit, units),
        "city_sites": _summed(covered, world.community_city, cities),
        "reported": by_unit,
        "city_reported": by_city,
        "participation": _share(took_part[community], concerned[community], world.place_unit, units),
        "city_participation": _share(took_part, concerned, world.community_city, cities),
        "took_part": state.took_part.copy(),
    }


def _taking_part(model: MomentumModel) -> tuple[Floats, Floats]:
    """Return residents concerned who take part, and residents concerned, by community and domain."""
    citizens = model.population.concerned
    each = model.world.population / np.maximum(citizens.sum(axis=1), 1)
    concerned = citizens * each[:, None]
    return np.asarray(model.state.participation * concerned, dtype=np.float64), np.asarray(concerned, dtype=np.float64)


def _share(part: Floats, whole: Floats, row_of: Ints, rows: int) -> Floats:
    """Return summed parts ÷ summed wholes by row and domain; 0 of nothing."""
    total = _summed(whole, row_of, rows)
    return _summed(part, row_of, rows) / np.where(total > 0, total, 1.0)


def _sites(model: MomentumModel) -> _Sites:
    """Return open sites and their reports; a department's are those of all counties in which it works."""
    world = model.world
    county = world.community_county[world.place_community]
    pairs, row_of = np.unique(world.place_unit * len(model.hierarchy.units) + county, return_inverse=True)
    shape = (len(pairs), model.state.has.shape[1])
    reported, true, sites = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int64)
    collect(model.numbers, world, model.state, row_of.astype(np.int64), reported, true, sites)
    unit, home = np.divmod(pairs, len(model.hierarchy.units))
    each = real_per_simulated(model)[home][:, None]
    return _Sites(unit.astype(np.int64), sites * each, reported * each)


def _summed(values: Floats, row_of: Ints, rows: int) -> Floats:
    total = np.zeros((rows, values.shape[1]))
    np.add.at(total, row_of, values)
    return total


def _mean_report(found: _Sites, row_of: Ints, rows: int) -> Floats:
    """Return the mean reported effect over open sites, by row and domain; 0 without a site."""
    sites = _summed(found.sites, row_of, rows)
    return _summed(found.reported, row_of, rows) / np.where(sites > 0, sites, 1.0)


def _since(model: MomentumModel) -> Ints:
    """Return since when units have their domains under the plan, [u, d].

    What the unit that the plan names has done about the point before counts as preparation.
    """
    state = model.state
    planned = state.plan_week[model.world.unit_city][:, None]
    has = state.has & (planned != NEVER)
    return np.where(has, np.maximum(state.since, planned), NEVER).astype(np.int64)


def _withdrawn(model: MomentumModel) -> Ints:
    """Return the first week in which a unit drops a domain, −1 where it never does, [u, d].

    Before the plan every engaged unit works on the point; that the plan gives it to one of them withdraws nothing.
    """
    mode = model.record.mode[: model.week]
    planned = model.state.plan_week[model.world.unit_city]
    weeks = np.arange(len(mode))
    under_plan = (planned[None, :] != NEVER) & (weeks[:, None] >= planned[None, :])
    worked = (mode != NO_MODE) & (mode != _DROPPED) & under_plan[:, :, None]
    dropped = np.maximum.accumulate(worked, axis=0) & (mode == _DROPPED)
    return np.where(dropped.any(axis=0), dropped.argmax(axis=0), NEVER).astype(np.int64)
