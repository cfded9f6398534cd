"""Pictures of experiments: matplotlib figures, safe for colour-blind readers and readable in grey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulation.drawing.sheet import Sheet
from simulation.experiments.pictures.compared import contributions, differences
from simulation.experiments.pictures.importance import indices, swings, tornado
from simulation.experiments.pictures.maps import phase, running_means, surface
from simulation.experiments.pictures.responses import curve, response, scatter
from simulation.files.errors import InputError, listed, nearest, told

if TYPE_CHECKING:
    from simulation.experiments.indices import Sensitivity

__all__ = [
    "contributions",
    "curve",
    "differences",
    "draw",
    "indices",
    "phase",
    "response",
    "running_means",
    "scatter",
    "surface",
    "swings",
    "tornado",
]
KINDS = ("tornado", "indices", "scatter", "surface", "phase")


def draw(found: Sensitivity, kind: str, *, lang: str = "en", factors: Sequence[str] = ()) -> Sheet:
    """Return a picture of a sensitivity study by its kind's name."""
    if kind not in KINDS:
        raise InputError(told("error.picture.none"), given=kind, allowed=listed(KINDS), suggestion=nearest(kind, KINDS))
    if kind == "indices":
        return indices(found, lang=lang)
    if kind == "tornado":
        return tornado(found.experiment, found.metric, lang=lang)
    if kind == "scatter":
        return scatter(found.experiment, found.metric, lang=lang)
    pair = tuple(factors) or tuple(_leading(found))
    picture = surface if kind == "surface" else phase
    return picture(found.experiment, pair[0], pair[1], found.metric, lang=lang)


def _leading(found: Sensitivity) -> list[str]:
    key = "ST" if found.method == "sobol" else "mu_star"
    return found.table.sort_values(key, ascending=False)["factor"].head(2).tolist()
