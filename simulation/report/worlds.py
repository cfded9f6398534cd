"""The picture of a set of worlds: its findings beside what was found, and where its parameters lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.colours import BLUE, FAINT, GREY, INK, RED
from simulation.drawing.lettering import LABEL, wrap
from simulation.drawing.numbers import significant
from simulation.drawing.sheet import Sheet
from simulation.evidence.findings import all_findings
from simulation.experiments import labels
from simulation.text import say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from simulation.evidence.worlds import Worlds
    from simulation.evidence.worlds.form import FindingRow, ParameterRow

SHOWN = 14
"""Parameters that are drawn: those that the findings narrow most."""
_WIDTH, _ROW, _NAME, _SIZE = 11.0, 0.62, 2.3, 8.0


def picture(worlds: Worlds, measured: pd.DataFrame, lang: str = "en") -> Sheet:
    """Return the picture of a set that has its file beside it.

    Parameters
    ----------
    worlds : Worlds
        The set.
    measured : DataFrame
        One row per world, a column per finding: its mean over fresh runs.
    lang : {'en', 'zh'}
        Language of the labels.
    """
    assert worlds.about is not None
    rows = sorted(worlds.about.parameters.items(), key=lambda entry: entry[1].variance_ratio)[:SHOWN]
    findings = list(worlds.findings.items())
    sheet = Sheet(f"worlds-{lang}", lang, _WIDTH, max(len(findings) * 2 * _ROW, len(rows) * _ROW * 0.75))
    with sheet.styled():
        left, right = np.asarray(sheet.subfigures(1, 2))
        for axes, (key, row) in zip(np.atleast_1d(left.subplots(len(findings), 1)), findings, strict=True):
            _finding(axes, key, row, measured[key].to_numpy(float), lang)
        left.suptitle(say("worlds.picture.findings", lang), fontsize=LABEL)
        _parameters(right.subplots(1, 1), rows, worlds[0], lang)
        right.suptitle(say("worlds.picture.parameters", lang), fontsize=LABEL)
    return sheet


def _finding(axes: Axes, key: str, row: FindingRow, values: NDArray[np.float64], lang: str) -> None:
    low = row.low if np.isfinite(row.low) else min(float(values.min()), row.high)
    high = row.high if np.isfinite(row.high) else max(float(values.max()), row.low)
    axes.axvspan(low - row.tolerance, high + row.tolerance, color=FAINT, linewidth=0)
    if high > low:
        axes.axvspan(low, high, color=GREY, alpha=0.35, linewidth=0)
    else:
        axes.axvline(low, color=GREY)
    # Points of equal value lie over each other: by their order they are spread, so that the picture is the same again.
    height = (np.argsort(np.argsort(values)) * 0.618) % 1
    axes.plot(values[1:], height[1:], ".", color=BLUE, markersize=3)
    axes.plot(values[:1], [0.5], "D", color=RED, markersize=6)
    axes.set_title(
        wrap(getattr(all_findings().findings[key].claim, lang), 5.0, _SIZE), fontsize=_SIZE, loc="left", color=INK
    )
    axes.set_yticks([])
    axes.tick_params(labelsize=_SIZE)


def _parameters(axes: Axes, rows: Sequence[tuple[str, ParameterRow]], default: Any, lang: str) -> None:
    for place, (key, row) in enumerate(reversed(rows)):
        low, middle, high, own = (_placed(row, value) for value in (row.low, row.median, row.high, float(default[key])))
        axes.plot([0, 1], [place, place], color=FAINT, linewidth=5, solid_capstyle="butt")
        axes.plot([low, high], [place, place], color=BLUE, linewidth=5, solid_capstyle="butt")
        axes.plot([middle], [place], "|", color=INK, markersize=11, markeredgewidth=1.5)
        axes.plot([own], [place], "D", color=RED, markersize=5)
        for at, value, side in ((0.0, row.prior_low, "right"), (1.0, row.prior_high, "left")):
            where = (at - 0.02 if side == "right" else at + 0.02, place)
            axes.annotate(
                significant(value, 2).replace("-", "−"), where, ha=side, va="center", fontsize=_SIZE - 1, color=GREY
            )
    names = [wrap(labels.factor(key, lang), _NAME, _SIZE) for key, _ in reversed(rows)]
    axes.set_yticks(range(len(rows)), names, fontsize=_SIZE)
    # A tick beside a number looks like a minus.
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(-0.19, 1.14)
    axes.set_xticks([])
    for side in ("bottom", "top", "right", "left"):
        axes.spines[side].set_visible(False)


def _placed(row: ParameterRow, value: float) -> float:
    """Return where a value lies in its prior range, 0 to 1 on the range's own scale."""
    low, high = row.prior_low, row.prior_high
    if row.scale == "log":
        return float(np.log(value / low) / np.log(high / low))
    return (value - low) / (high - low)
