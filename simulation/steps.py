"""The week, compiled: what `MomentumModel.step` does in numbered steps, and many weeks of it in one call.

Taking apart the named tuples of arrays costs some ten microseconds per call, more than a small model computes in a
week. A handle is taken apart once, when it is bound, and stays bound as long as the arrays are the same. The functions
here take the handle and pass its parts on to the rule of the same name.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numba import types
from numba.experimental import structref
from numpy.typing import NDArray

from simulation import record, stages
from simulation.agents import (
    adoption,
    agenda,
    bodies,
    city,
    department,
    downward,
    province,
    reporting,
    town,
    turnover,
)
from simulation.citizens import week as citizens
from simulation.citizens.network import Contacts
from simulation.citizens.population import Columns
from simulation.compute.kernel import COMPILING, kernel
from simulation.stages import effect, levels
from simulation.world import sites
from simulation.world.fixed import Flags, Floats, World
from simulation.world.parameters import Rows
from simulation.world.state import State

if TYPE_CHECKING:
    from simulation.model import MomentumModel

_FIELDS = ("p", "g", "s", "contacts", "people", "record", "stocks", "before", "sums", "marked")
_SWAPPED = ("seen", "seen_next")
Bits = NDArray[np.uint8]


class Bound(Protocol):
    """The arrays of one model, which compiled code reads through a handle."""

    p: Rows
    g: World
    s: State
    contacts: Contacts
    people: Columns
    record: record.Record
    stocks: Floats
    before: Floats
    sums: Floats
    marked: Flags


class _HandleType(types.StructRef):
    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class _Handle(structref.StructRefProxy):
    """Python's part of a bound handle; only compiled code looks inside."""


structref.register(_HandleType)
structref.define_proxy(_Handle, _HandleType, list(_FIELDS))


@kernel
def _bind(
    p: Any, g: Any, s: Any, contacts: Any, people: Any, record: Any, stocks: Any, before: Any, sums: Any, marked: Any
) -> Any:
    return _Handle(p, g, s, contacts, people, record, stocks, before, sums, marked)


class Handle:
    """A model's arrays, bound for the steps below; bound anew when one of them was replaced, copied or unpickled."""

    def __init__(self) -> None:
        self._parts: tuple[Any, ...] = ()
        self._bound: Any = None

    def of(self, model: MomentumModel) -> Any:
        """Return the handle of a model's arrays as they are now."""
        population, people = model.population, model.population.columns()
        parts: tuple[Any, ...]
        parts = (model.numbers, model.world, model.state, population.contacts, model.record, model.stocks, model.before)
        own: tuple[Any, ...] = tuple(
            column for name, column in zip(people._fields, people, strict=True) if name not in _SWAPPED
        )
        parts = (*parts, population.sums, model.marked, *own)
        if len(parts) != len(self._parts) or any(a is not b for a, b in zip(parts, self._parts, strict=True)):
            values = (*parts[:4], people, *parts[4:9])
            self._bound = _bind(*values) if COMPILING else SimpleNamespace(**dict(zip(_FIELDS, values, strict=True)))
            self._parts = parts
        return self._bound

    def __reduce__(self) -> tuple[Any, ...]:
        return (Handle, ())


@kernel
def open_week(h: Bound) -> None:
    """Clear the week's bookings and keep the stocks as they are, for the ledger."""
    h.before[:] = h.stocks
    h.s.booked[:] = 0.0


@kernel
def _any_turnover(rows: Rows) -> bool:
    """Tell whether leaders may be replaced anywhere."""
    for i in range(len(rows)):  # noqa: SIM110  # numba compiles no generator expression
        if rows[i].turnover.weekly_chance > 0.0:
            return True
    return False


@kernel
def _any_bodies(rows: Rows) -> bool:
    """Tell whether bodies may arise or act anywhere."""
    for i in range(len(rows)):  # noqa: SIM110  # numba compiles no generator expression
        if rows[i].bodies.found > 0.0 or rows[i].bodies.kinds > 0.0:
            return True
    return False


@kernel
def _any_chosen(rows: Rows) -> bool:
    """Tell whether any city may choose its agenda."""
    for i in range(len(rows)):  # noqa: SIM110  # numba compiles no generator expression
        if rows[i].agenda.chosen > 0.0:
            return True
    return False


@kernel
def _any_downward(rows: Rows) -> bool:
    """Tell whether communities may open a site unasked anywhere."""
    for i in range(len(rows)):  # noqa: SIM110  # numba compiles no generator expression
        if rows[i].leverage.downward > 0.0:
            return True
    return False


@kernel
def replace_leaders(h: Bound, week: int) -> None:
    """See `agents.turnover.replace_leaders`."""
    if _any_turnover(h.p):
        turnover.replace_leaders(h.p, h.g, h.s, week)


@kernel
def start(h: Bound, c: int, week: int) -> None:
    """See `agents.city.start`; what begins is marked."""
    city.start(h.p[h.s.city_row[c]], h.g, h.s, c, week, h.marked)


@kernel
def begin(h: Bound, week: int) -> None:
    """See `agents.town.begin`, for what is marked."""
    town.begin(h.p, h.g, h.s, h.marked, week)


@kernel
def plan_due(h: Bound, c: int, week: int) -> bool:
    """See `agents.city.plan_due`."""
    return city.plan_due(h.p[h.s.city_row[c]], h.s, c, week)


@kernel
def survey_sites(h: Bound) -> None:
    """See `world.sites.survey_sites`."""
    sites.survey_sites(h.g, h.s)


@kernel
def raise_levels(h: Bound, week: int) -> None:
    """See `stages.levels.raise_levels`."""
    levels.raise_levels(h.p, h.g, h.s, week)


@kernel
def _analyse(rows: Rows, g: World, s: State, week: int) -> None:
    """Decide what a monthly analysis decides, in this order; a new kind of agent that decides then adds its line."""
    agenda.attend(rows, g, s, week)
    town.reconsider(rows, g, s, week)
    department.co_operate(rows, g, s, week)


@kernel
def analyse(h: Bound, week: int) -> None:
    """Hold the monthly analysis in its week, or do nothing.

    See `agents.agenda.attend`, `town.reconsider` and `department.co_operate`, in this order.
    """
    if week % h.p[0].execution.analysis_every == 0:
        _analyse(h.p, h.g, h.s, week)


@kernel
def flow(h: Bound) -> None:
    """See `stages.flow`."""
    stages.flow(h.p, h.g, h.s)


@kernel
def settle_in(h: Bound) -> None:
    """See `stages.effect.settle_in`."""
    effect.settle_in(h.p, h.g, h.s)


@kernel
def _people(h: Bound, seen: Bits, seen_next: Bits) -> Columns:
    e = h.people
    return Columns(e.keys, e.concern, e.salience, e.trust, e.awareness, e.threshold, seen, seen_next, e.concerned)


@kernel
def citizens_week(h: Bound, seen: Bits, seen_next: Bits, rule: int, week: int) -> None:
    """See `citizens.week.week_serial`; who took part last week and this week change places every week."""
    citizens.week_serial(h.p, h.g, h.s, h.contacts, _people(h, seen, seen_next), rule, week, h.sums)
    bodies_week(h, week)


@kernel
def bodies_week(h: Bound, week: int) -> None:
    """See `agents.bodies.bodies_week`."""
    if _any_bodies(h.p):
        bodies.bodies_week(h.p, h.g, h.s, h.contacts, h.sums, week)


@kernel
def _review(
    rows: Rows, g: World, s: State, contacts: Contacts, people: Columns, marked: Flags, rule: int, week: int
) -> None:
    """Decide what a quarterly review decides, in this order; a new kind of agent that acts then adds its line."""
    reported, true = np.zeros(s.proven.shape), np.zeros(s.proven.shape)
    reporting.evaluate(rows, g, s, reported, true, np.zeros(s.proven.shape, np.int64))
    city.prove(rows, s, reported, true)
    province.renew(rows, s, reported)
    city.roll_out(rows, g, s, week)
    marked[:] = False
    if _any_chosen(rows):
        agenda.expand(rows, g, s, marked, week)
    adoption.adopt(rows, g, s, reported, marked, week)
    if _any_downward(rows):
        downward.open_unasked(rows, g, s, contacts, people, rule, week)
    adoption.follow_neighbours(rows, g, s, reported, week)


@kernel
def review(h: Bound, seen: Bits, seen_next: Bits, rule: int, week: int) -> None:
    """Review reported results at the end of a quarter, or do nothing; ``seen`` is who took part this week.

    See `agents.reporting.evaluate`, `city.prove`, `province.renew`, `city.roll_out`, `agenda.expand`, `adoption.adopt`,
    `downward.open_unasked` and `adoption.follow_neighbours`, in this order.
    """
    if week > 0 and week % h.p[0].evaluation.review_every == 0:
        _review(h.p, h.g, h.s, h.contacts, _people(h, seen, seen_next), h.marked, rule, week)


@kernel
def close_week(h: Bound, row: int) -> bool:
    """See `record.close_week`."""
    return record.close_week(h.p, h.g, h.s, h.record, row, h.before, h.stocks)


@kernel
def _asks_python(rows: Rows, s: State, week: int) -> bool:
    """Tell whether a decision that is not compiled falls due in a week: a city begins, or draws up its plan."""
    for c in range(len(s.origin)):  # noqa: SIM110  # numba compiles no generator expression
        if s.origin[c] == week or city.plan_due(rows[s.city_row[c]], s, c, week):
            return True
    return False


@kernel
def weeks(h: Bound, seen: Bits, seen_next: Bits, rule: int, first: int, last: int) -> int:
    """Run the weeks from ``first`` until before ``last``, or until before one with a decision that needs Python.

    The steps are those of `MomentumModel.step`, without the plan. Returns how many weeks were run, or minus that number
    when the ledger of the last of them does not balance. After an odd number ``seen`` and ``seen_next`` have changed
    places. The handle's parts are taken out before the loop, because counting references to them costs as much as a
    small week.
    """
    rows, g, s, contacts, written = h.p, h.g, h.s, h.contacts, h.record
    stocks, before, sums, marked = h.stocks, h.before, h.sums, h.marked
    this, next_ = _people(h, seen, seen_next), _people(h, seen_next, seen)
    clock, leaders_change, bodies_act = rows[0], _any_turnover(rows), _any_bodies(rows)
    done = 0
    for week in range(first, last):
        if _asks_python(rows, s, week):
            break
        before[:] = stocks
        s.booked[:] = 0.0
        # 1
        if leaders_change:
            turnover.replace_leaders(rows, g, s, week)
        # 2
        levels.raise_levels(rows, g, s, week)
        # 4
        if week % clock.execution.analysis_every == 0:
            _analyse(rows, g, s, week)
        # 5
        stages.flow(rows, g, s)
        # 6
        effect.settle_in(rows, g, s)
        # 7
        citizens.week_serial(rows, g, s, contacts, this, rule, week, sums)
        if bodies_act:
            bodies.bodies_week(rows, g, s, contacts, sums, week)
        this, next_ = next_, this
        # 8
        if week > 0 and week % clock.evaluation.review_every == 0:
            _review(rows, g, s, contacts, this, marked, rule, week)
        done += 1
        if not record.close_week(rows, g, s, written, week, before, stocks):
            return -done
    return done
