"""A flow diagram down a staircase: sources on the left, five steps, and where everything went on the right.

The steps descend from upper left to lower right. A band into a later step therefore passes under the earlier steps, and
a band out of an earlier step passes over the later ones. So no band crosses a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BEND = 0.55


@dataclass(frozen=True)
class Slot:
    """A label's place in a column: the band's lower and upper end, and where its text goes."""

    low: float
    high: float
    text: float


def column(amounts: Sequence[float], room: float, text: float, gap: float) -> list[Slot]:
    """Stack bands from the top of a column down, each with room for its text.

    Parameters
    ----------
    amounts : sequence of float
        Heights of the bands, top first, at least 0.
    room : float
        Height of the column.
    text : float
        Least height of a slot.
    gap : float
        Between slots.

    Returns
    -------
    list of Slot
        Centred in the column; they pass its lower end when they need more than ``room``.
    """
    heights = [max(amount, text) for amount in amounts]
    spare = room - sum(heights) - gap * (len(heights) - 1)
    top = room - max(spare, 0.0) / 2
    slots = []
    for amount, height in zip(amounts, heights, strict=True):
        middle = top - height / 2
        slots.append(Slot(middle - amount / 2, middle + amount / 2, middle))
        top -= height + gap
    return slots


def band(axis: Axes, start: tuple[float, float], end: tuple[float, float], height: float, **style: Any) -> None:
    """Draw a band of constant height from (x, lower y) to (x, lower y)."""
    (x0, y0), (x1, y1) = start, end
    one, two = x0 + BEND * (x1 - x0), x1 - BEND * (x1 - x0)
    points = [
        (x0, y0),
        (one, y0),
        (two, y1),
        (x1, y1),
        (x1, y1 + height),
        (two, y1 + height),
        (one, y0 + height),
        (x0, y0 + height),
        (x0, y0),
    ]
    curve = Path.CURVE4
    codes = [Path.MOVETO, curve, curve, curve, Path.LINETO, curve, curve, curve, Path.CLOSEPOLY]
    # A band thinner than a hair would vanish; its outline keeps it on the page.
    axis.add_patch(PathPatch(Path(points, codes), linewidth=0.6, **style))


def block(axis: Axes, x: float, low: float, width: float, height: float, **style: Any) -> None:
    """Draw an upright rectangle."""
    axis.add_patch(Rectangle((x, low), width, height, **style))
