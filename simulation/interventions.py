"""Interventions in a run: what a change does to a model, when the run must stop for one, and twin futures."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation import metrics
from simulation.files.errors import InputError, told
from simulation.places.hierarchy import check_against
from simulation.scenario.changes import Change
from simulation.world.in_force import in_force, reread
from simulation.world.signals import signals_of

if TYPE_CHECKING:
    from simulation.model import MomentumModel
    from simulation.scenario import Scenario
    from simulation.scenario.conditions import Condition


def take_hold(model: MomentumModel) -> None:
    """Put in force what holds from the model's present week on."""
    try:
        held = in_force(model.spec, model.schedule.holding(model.week), model.hierarchy)
    except InputError as problem:
        place = told("error.changes.together", week=model.week)
        key = told("error.changes.place", place=place, key=problem.key or "")
        raise problem.replaced(file=model.spec.set_in("changes"), key=key) from None
    model.held = held
    model.state.city_row[:] = held.city_row
    model.state.unit_row[:] = held.unit_row
    model.world = reread(model.world, held, model.hierarchy, model.seed, model.week)
    model.signals = signals_of(held.specs[0])
    ends = np.array([held.specs[row].stages.authority.end for row in held.city_row])
    # A window that has closed stays closed for what is measured after it.
    model.authority_ends[:] = np.where(
        model.authority_ends <= model.week, model.authority_ends, np.maximum(ends, model.week)
    )
    every = held.specs[0].execution.analysis_every
    if every != model.months[-1][1]:
        model.months.append((model.week, every))


def next_stop(model: MomentumModel) -> int:
    """Return the first week after the present one that a change must see open: it begins, ends, or may begin."""
    week, turn = model.week, model.schedule.next_turn(model.week)
    if not model.schedule.asks:
        return turn
    every = model.held.specs[0].evaluation.review_every
    review = week if week > 0 and week % every == 0 else (week // every + 1) * every
    return min(turn, review + 1)


def ask(model: MomentumModel) -> None:
    """At the end of a review week, before the model's week is over, let changes begin whose condition holds."""
    if not model.schedule.asks or model.week == 0:
        return
    if model.week % model.held.specs[0].evaluation.review_every == 0:
        model.schedule.ask(model.week, functools.partial(_measured, model, {}))


def _measured(
    model: MomentumModel, known: dict[tuple[int | None, str], float], change: Change, condition: Condition
) -> dict[str, float]:
    """Return a condition's metrics at the end of this week: of all cities, or of the one that the change names.

    ``known`` keeps what has been worked out in this review.
    """
    only = model.hierarchy.cities.index(change.cities[0]) if len(change.cities) == 1 else None
    for name in condition.metrics:
        if (only, name) not in known:
            outcome = model.outcome(only, weeks=slice(0, model.week + 1))
            known[only, name] = float(metrics.METRICS[name].compute(outcome)[-1])
    return {name: known[only, name] for name in condition.metrics}


def add(model: MomentumModel, spec: Scenario) -> None:
    """Let a model go on under a scenario that has one change more; see `MomentumModel.change`."""
    check_against(spec, model.hierarchy)
    new = spec.changes[-1]
    if new.week is not None:
        in_force(spec, (*model.schedule.holding(new.week), new), model.hierarchy)
    model.spec = spec
    model.schedule.add(new)


def twin[Model: MomentumModel](model: Model) -> Model:
    """Return an independent model in the same state; see `MomentumModel.branch`."""
    model.catch_up()
    people = model.population
    shared: tuple[Any, ...] = (model.hierarchy, model.sample, model.world, people.contacts, people.keys, people.home)
    shared += (model.given,)
    return copy.deepcopy(model, {id(part): part for part in shared})
