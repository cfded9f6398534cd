"""Colours that all pictures share: apart for colour-blind eyes and in grey print."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from simulation.scenario import modes

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

MAP = "YlGnBu"
"""Light to dark without a turn, so that grey print and colour-blind eyes read the same order; nothing is near white."""
INK, SOFT, FAINT = "#1a1a1a", "#5c5c5c", "#d9d9d9"
GREY = "#9a9a9a"
"""Lines that stand behind those that a picture is about; each still has its name."""
BLUE, ORANGE, GREEN, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00"
"""Okabe and Ito's colours; never the only mark that tells two things apart."""
LINES: tuple[dict[str, Any], ...] = (
    {"color": BLUE, "linestyle": "-"},
    {"color": RED, "linestyle": "--"},
    {"color": GREEN, "linestyle": "-."},
    {"color": INK, "linestyle": ":"},
)
# matplotlib's signs for hatches: a sign that is repeated makes a denser hatch.
_LOOKS: tuple[dict[str, Any], ...] = (
    {"facecolor": "#0b3c5d", "hatch": ""},
    {"facecolor": "#7fa8c9", "hatch": 4 * "/"},
    {"facecolor": "#f2c879", "hatch": 2 * "."},
    {"facecolor": "#ffffff", "hatch": 4 * "x"},
    {"facecolor": "#cfe3d4", "hatch": 4 * "+"},
    {"facecolor": "#d9d9d9", "hatch": 4 * "-"},
)
MODES: dict[str, dict[str, Any]] = dict(zip(modes.MODES, itertools.cycle(_LOOKS), strict=False))
"""The fill of each mode of execution, in the order of the modes."""


def ramp() -> Colormap:
    """Return the colours of `MAP` in 256 shades, however few a user's ``image.lut`` leaves of it."""
    from matplotlib import colormaps

    return colormaps[MAP].resampled(256)
