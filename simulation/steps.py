"""The week's compiled steps, called with one handle instead of a hundred arrays.

Taking apart the named tuples of arrays costs some ten microseconds a call, five times a week: more than what a small
model computes. A handle is taken apart once, when it is bound, and stays bound as long as the arrays are the same.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from numba import types
from numba.experimental import structref

from simulation import record, stages
from simulation.agents import county
from simulation.citizens import week as citizens
from simulation.citizens.population import Columns
from simulation.compute.kernel import COMPILING, kernel
from simulation.stages import effect, levels

if TYPE_CHECKING:
    from simulation.model import MomentumModel

_FIELDS = ("p", "g", "s", "contacts", "people", "record", "stocks", "sums")
_SWAPPED = ("seen", "seen_next")


class _HandleType(types.StructRef):
    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class _Handle(structref.StructRefProxy):
    """What Python holds of a bound handle; only compiled code looks inside."""


structref.register(_HandleType)
structref.define_proxy(_Handle, _HandleType, list(_FIELDS))


@kernel
def _bind(p: Any, g: Any, s: Any, contacts: Any, people: Any, record: Any, stocks: Any, sums: Any) -> Any:
    return _Handle(p, g, s, contacts, people, record, stocks, sums)


class Handle:
    """A model's arrays, bound for the steps below; bound anew when one of them was replaced, copied or unpickled."""

    def __init__(self) -> None:
        self._parts: tuple[Any, ...] = ()
        self._bound: Any = None

    def of(self, model: MomentumModel) -> Any:
        """Return the handle of a model's arrays as they are now."""
        population, people = model.population, model.population.columns()
        parts: tuple[Any, ...]
        parts = (model.parameters, model.ground, model.state, population.contacts, model.record, model.stocks)
        own = tuple(column for name, column in zip(people._fields, people, strict=True) if name not in _SWAPPED)
        parts = (*parts, population.sums, *own)
        if len(parts) != len(self._parts) or any(a is not b for a, b in zip(parts, self._parts, strict=True)):
            values = (*parts[:4], people, *parts[4:6], population.sums)
            self._bound = _bind(*values) if COMPILING else SimpleNamespace(**dict(zip(_FIELDS, values, strict=True)))
            self._parts = parts
        return self._bound

    def __reduce__(self) -> tuple[Any, ...]:
        return (Handle, ())


@kernel
def raise_levels(h: Any, week: int) -> None:
    """See `stages.levels.raise_levels`."""
    levels.raise_levels(h.p, h.g, h.s, week)


@kernel
def reconsider(h: Any, week: int) -> None:
    """See `agents.county.reconsider`."""
    county.reconsider(h.p, h.g, h.s, week)


@kernel
def flow(h: Any) -> None:
    """See `stages.flow`."""
    stages.flow(h.p, h.g, h.s)


@kernel
def settle_in(h: Any) -> None:
    """See `effect.settle_in`."""
    effect.settle_in(h.p, h.g, h.s)


@kernel
def citizens_week(h: Any, seen: Any, seen_next: Any, rule: int, week: int) -> None:
    """See `citizens.week.week_serial`; who took part last week and this week change places every week."""
    e = h.people
    people = Columns(e.keys, e.concern, e.salience, e.trust, e.awareness, e.threshold, seen, seen_next, e.concerned)
    citizens.week_serial(h.p, h.g, h.s, h.contacts, people, rule, week, h.sums)


@kernel
def close_week(h: Any, row: int) -> bool:
    """See `record.close_week`."""
    return record.close_week(h.p, h.g, h.s, h.record, row, h.stocks)
