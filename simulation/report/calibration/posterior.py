"""Parameters: the prior before the findings, the distribution after them, and the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.colours import BLUE, INK, ORANGE, SOFT
from simulation.drawing.lettering import wrap
from simulation.drawing.numbers import finding
from simulation.drawing.sheet import Sheet
from simulation.report.calibration.labels import caption, meaning, scaled
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simulation.evidence import Calibrated
    from simulation.experiments.design.distributions import Range

NUMBER, TITLE, PART = 2, "calibration.figure.posterior", "parameters"
MOST = 24
"""Parameters shown: where more are free, those that the findings narrow most."""
_BINS = 12
_GRID = 4800
_ACROSS, _WIDE = 4, 2.7


def draw(found: Calibrated, lang: str) -> Sheet:
    """Return the picture (see the module)."""
    table = found.parameters
    shown = table.loc[sorted(table["variance_ratio"].nsmallest(MOST).index)].to_dict("records")
    probe = Sheet("calibration-posterior", lang, 1, 1)
    across = min(_ACROSS, max(len(shown), 2))
    titles = [_title(row["parameter"], probe.lang) for row in shown]
    down = -(-len(shown) // across)
    lines = max(text.count("\n") for text in titles)
    sheet = Sheet("calibration-posterior", lang, _WIDE * across + 0.4, (2.25 + 0.15 * lines) * down + 1.4)
    with sheet.styled():
        lang = sheet.lang
        panels = sheet.subplots(down, across, squeeze=False)
        for axes in panels.flat[len(shown) :]:
            axes.set_axis_off()
        for axes, row, text in zip(panels.flat, shown, titles, strict=False):
            _panel(axes, found, row, lang)
            axes.set_title(text, fontsize=8.2)
        sheet.head(say(TITLE, lang))
        left_out = len(table) - len(shown)
        more = say("calibration.figure.posterior.more", lang, number=left_out) if left_out else ""
        sheet.foot(say("calibration.figure.posterior.note", lang), more, caption(found, lang))
    return sheet


def _title(key: str, lang: str) -> str:
    words = meaning(key, lang)
    return "\n".join(wrap(text, _WIDE - 0.35, 8.2) for text in (words, key) if text)


def _panel(axes: Axes, found: Calibrated, row: dict[str, Any], lang: str) -> None:
    prior, name = found.calibration.parameters[row["parameter"]], row["parameter"]
    edges = _edges(prior)
    before = _masses([prior.at((place + 0.5) / _GRID) for place in range(_GRID)], None, edges)
    after = _masses(found.vectors[name], found.vectors["weight"].to_numpy(), edges)
    axes.stairs(after, edges, fill=True, color=BLUE, alpha=0.55, linewidth=0)
    axes.stairs(before, edges, color=INK, linewidth=1.0)
    top = 1.12 * max(after.max(), before.max())
    floor = -0.16 * top
    axes.plot([row["low"], row["high"]], [floor / 2] * 2, color=BLUE, linewidth=1.8, solid_capstyle="butt")
    axes.plot([row["median"]], [floor / 2], "o", color=BLUE, markersize=5)
    scaled(axes.xaxis, prior)
    ends = [edges[0], edges[-1]]
    default = found.defaults.get(name)
    if default is not None and (default > 0 or prior.scale != "log"):
        axes.axvline(default, color=ORANGE, linestyle="--", linewidth=1.6)
        if not edges[0] <= default <= edges[-1]:
            # Half a bin more, so that the line does not lie on the panel's edge.
            logarithmic = prior.scale == "log"
            half = np.sqrt(edges[1] / edges[0]) if logarithmic else (edges[1] - edges[0]) / 2
            ends += [default / half, default * half] if logarithmic else [default - half, default + half]
    axes.set(ylim=(floor, top), xlim=(min(ends), max(ends)))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    verdict = say(f"calibration.verdict.{row['verdict']}", lang)
    text = say("calibration.figure.ratio", lang, ratio=finding(row["variance_ratio"]), verdict=verdict)
    axes.set_xlabel(wrap(text, _WIDE - 0.3, 8.0), fontsize=8.0, color=INK if row["verdict"] == "pinned" else SOFT)


def _edges(prior: Range) -> NDArray[np.float64]:
    """Return equal bins on the prior's scale; for few whole numbers one each."""
    values = int(prior.high - prior.low) + 1
    if prior.integer and values <= 2 * _BINS and prior.scale != "log":
        return np.arange(values + 1, dtype=np.float64) + prior.low - 0.5
    space = np.geomspace if prior.scale == "log" else np.linspace
    edges = np.asarray(space(prior.low, prior.high, _BINS + 1), dtype=np.float64)
    # Rounding must not push the ends inwards, past a vector that stands there.
    edges[0], edges[-1] = prior.low, prior.high
    return edges


def _masses(values: Any, weights: Any, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    given = np.asarray(values, dtype=float)
    counted, _ = np.histogram(given, bins=edges, weights=weights)
    return counted / (len(given) if weights is None else 1.0)
