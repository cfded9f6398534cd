"""Values that a loaded array may hold: compiled rules use some as places in other arrays, without looking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.saving.parts import NUMBERS, leaves
from simulation.scenario.modes import MODES, NO_MODE

if TYPE_CHECKING:
    from simulation.model import MomentumModel

#: Arrays of which every value is a share. They bound numbers of sites or chances.
_SHARES = {
    "state.share", "state.level", "state.platforms", "population.trust", "population.awareness", "citizens.salience",
    "world.zeal", "world.undivided",
}  # fmt: skip
#: Whole numbers count people, places or weeks; none comes near.
_MOST = 1 << 40


def limits(name: str, kind: np.dtype[Any], model: MomentumModel) -> tuple[float, float] | None:
    """Return the least and the greatest value of an array by its name and kind; None where every value will do."""
    if name in _SHARES:
        return 0, 1
    if name in ("state.mode", "record.mode"):
        return NO_MODE, len(MODES) - 1
    if name in ("state.city_row", "state.unit_row"):
        return 0, len(model.numbers) - 1
    if name in ("population.seen", "population.seen_next") or kind.kind == "b":
        return 0, 1
    if name == "citizens.concern":
        return 0, len(model.spec.domains) - 1
    if name.startswith("citizens.") and kind.kind == "u":
        return None  # keys: every number will do
    return (-1, _MOST) if kind.kind in "iu" else None


def within(values: NDArray[Any], bounds: tuple[float, float] | None) -> bool:
    """Tell whether all values lie within the limits; a value that is no number does not."""
    if bounds is None or values.size == 0:
        return True
    if values.dtype.kind == "b":
        values = values.view(np.uint8)
    return bool(values.min() >= bounds[0] and values.max() <= bounds[1])


def check_numbers(rows: NDArray[Any], own: NDArray[Any]) -> None:
    """Raise ValueError unless rows of parameters can stand where the scenario's ``own`` stand.

    Whole numbers divide weeks and number domains, so none may be 0 where the scenario's is not; no number may be NaN.
    """
    for mine, theirs in zip(leaves(rows.dtype, rows), leaves(own.dtype, own), strict=True):
        if mine.dtype.kind == "i":
            if (mine < np.minimum(theirs[0], 1)).any() or (mine > _MOST).any():
                raise ValueError(NUMBERS)
        elif np.isnan(mine).any():
            raise ValueError(NUMBERS)
