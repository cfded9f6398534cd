"""Parts of a model that a saved state holds, by name. A field of the state, the record or the population is found.

What follows from scenario and seed is not among them: it is made anew, and its digest tells whether it is the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation import record
from simulation.world.in_force import InForce, in_force

if TYPE_CHECKING:
    from simulation.model import MomentumModel

Arrays = dict[str, NDArray[Any]]

#: Attributes of the model that are arrays and change in place.
ARRAYS = ("stocks", "before", "marked", "authority_ends")
#: Fields of the world that changes alter (`simulation.world.in_force.reread`).
OF_WORLD = ("pilots", "zeal")
#: Those of them whose first axis is the week.
BY_WEEK = ("arrivals", "lasting", "undivided")
#: Most weeks between two analyses, as `simulation.scenario.sections` allows.
_RAREST = 520


def _take_months(model: MomentumModel, data: Any) -> None:
    """Take over the weeks between analyses, from which week on; raise ValueError where no run can have come to them."""
    whole = all(isinstance(entry, list) and len(entry) == 2 and all(type(n) is int for n in entry) for entry in data)
    months = [(week, every) for week, every in data] if whole else []
    weeks = [week for week, _ in months]
    in_order = weeks == sorted(set(weeks)) and weeks[:1] == [0] and weeks[-1] <= model.week
    if not in_order or not all(1 <= every <= _RAREST for _, every in months):
        raise ValueError("months")
    model.months = months


#: What else changes, as plain data that JSON can hold: how to tell it of a model, and how to give it back to one.
DATA: dict[str, tuple[Callable[[MomentumModel], Any], Callable[[MomentumModel, Any], None]]] = {
    "schedule": (lambda model: model.schedule.to_data(), lambda model, data: model.schedule.restore(data, model.week)),
    "months": (lambda model: [list(entry) for entry in model.months], _take_months),
}
#: Columns of citizens that are drawn; saved only where they are not as drawn (`simulation.saving.drawn`).
DRAWN = ("keys", "concern", "salience", "threshold", "concerned")
#: What else of the population follows from its network.
_LAID_OUT = ("contacts", "home")
#: The parameters in force where they were changed by hand: bytes per row, without the gaps between numbers, whose
#: content is left to chance.
NUMBERS = "numbers"


def changing(model: MomentumModel) -> Arrays:
    """Return every array that changes in a run: name to a view, which is also where a loaded one goes."""
    people, room = model.population, room_of(model)
    columns = [one.name for one in dataclasses.fields(people) if one.name not in (*DRAWN, *_LAID_OUT)]
    written = record.part(model.record, slice(0, model.week))
    return {
        **{f"state.{name}": array for name, array in model.state._asdict().items()},
        **{f"record.{name}": array for name, array in written._asdict().items()},
        **{f"population.{name}": getattr(people, name) for name in columns},
        **{f"model.{name}": getattr(model, name) for name in ARRAYS},
        **{f"world.{name}": getattr(model.world, name) for name in OF_WORLD},
        **{f"world.{name}": getattr(model.world, name)[:room] for name in BY_WEEK},
    }


def held_in(model: MomentumModel) -> InForce:
    """Return the parameters that the model's scenario and schedule put in force for its last week."""
    holding = model.schedule.holding(model.week - 1) if model.week else ()
    return in_force(model.spec, holding, model.hierarchy)


def room_of(model: MomentumModel) -> int:
    """Return the weeks whose rival campaigns are saved: the planned ones, or those that a longer run has come to.

    A model past its planned end has room for more, how much depends on the steps in which it came there. What is drawn
    for that room follows from the seed.
    """
    return max(model.spec.weeks, model.week)


def packed(numbers: NDArray[np.void]) -> NDArray[np.uint8]:
    """Return rows of parameters as bytes, of shape (rows, bytes)."""
    return np.array(numbers, _dense(numbers.dtype)).view(np.uint8).reshape(len(numbers), -1)


def unpacked(content: NDArray[np.uint8], like: NDArray[np.void]) -> NDArray[np.void]:
    """Return the rows of parameters that `packed` gave, laid out as ``like``."""
    rows = np.zeros(len(content), like.dtype)
    rows[:] = content.reshape(-1).view(_dense(like.dtype))
    return rows.view(type(like))


def _dense(kind: np.dtype[Any]) -> np.dtype[Any]:
    """Return the same layout without gaps."""
    if kind.names is None:
        return kind
    return np.dtype([(name, _dense(kind[name])) for name in kind.names])


def leaves(kind: np.dtype[Any], rows: NDArray[Any]) -> list[NDArray[Any]]:
    """Return every number of rows of parameters, as arrays whose first axis is the row."""
    if kind.names is None:
        return [np.asarray(rows)]
    return [leaf for name in kind.names for leaf in leaves(kind[name], rows[name])]
