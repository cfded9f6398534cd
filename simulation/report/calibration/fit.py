"""Fit: each finding with its tolerance, beside the values under the prior, the defaults and the kept vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulation.drawing.colours import BLUE, INK, ORANGE, SOFT
from simulation.drawing.lettering import ems, wrap
from simulation.drawing.numbers import finding, percent
from simulation.drawing.sheet import Sheet
from simulation.experiments.statistics import quantile
from simulation.report.calibration.labels import bands, caption, claim, limits
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.evidence import Calibrated, Target

NUMBER, TITLE, PART = 1, "calibration.figure.fit", "targets"
_PRIOR, _DEFAULT, _KEPT = 2, 1, 0


def draw(found: Calibrated, lang: str) -> Sheet:
    """Return the picture (see the module)."""
    targets = list(found.calibration.targets.values())
    wide = 9.4
    probe = Sheet("calibration-fit", lang, 1, 1)
    titles = [wrap(claim(target, probe.lang), wide - 2.8, 9.0) for target in targets]
    heights = [1.25 + 0.16 * text.count("\n") for text in titles]
    sheet = Sheet("calibration-fit", lang, wide, sum(heights) + 1.6)
    with sheet.styled():
        lang = sheet.lang
        panels = sheet.subplots(len(targets), 1, squeeze=False, height_ratios=heights)[:, 0]
        for axes, target, text, row in zip(panels, targets, titles, found.targets.to_dict("records"), strict=True):
            _panel(axes, found, target, row, lang)
            axes.set_title(text)
        sheet.head(say(TITLE, lang))
        sheet.foot(say("calibration.figure.fit.note", lang), caption(found, lang))
    return sheet


def _panel(axes: Axes, found: Calibrated, target: Target, row: dict[str, Any], lang: str) -> None:
    prior = found.tried.loc[found.tried["generation"] == 0, target.name].to_numpy(dtype=float)
    prior = prior[np.isfinite(prior)]
    ends = [quantile(prior, np.full(len(prior), 1 / len(prior)), order) for order in (0.05, 0.5, 0.95)]
    checked = found.checked[target.name].to_numpy(dtype=float)
    half = 1.96 * row["default_error"] if np.isfinite(row["default_error"]) else 0.0
    usual = [row["default"] - half, row["default"], row["default"] + half]
    kept = [row["predicted_low"], row["median"], row["predicted_high"]]
    across = limits(target, ends, usual, kept, checked)
    bands(axes, target, across)
    axes.plot(checked, np.full(len(checked), _KEPT - 0.3), "|", color=BLUE, markersize=5, markeredgewidth=0.8)
    for place, (low, middle, high), colour, sign, inside in (
        (_PRIOR, ends, SOFT, "s", SOFT),
        (_DEFAULT, usual, INK, "D", ORANGE),
        (_KEPT, kept, BLUE, "o", BLUE),
    ):
        if np.isfinite(middle):
            axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
            axes.plot([middle], [place], sign, color=colour, markerfacecolor=inside, markersize=6)
    shown = ("prior", "default", "kept") if np.isfinite(row["default"]) else ("prior", "kept")
    places = (_PRIOR, _DEFAULT, _KEPT) if len(shown) == 3 else (_PRIOR, _KEPT)
    axes.set_yticks(places, [say(f"calibration.figure.{name}", lang) for name in shown])
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=across, ylim=(-0.6, 2.5))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: finding(round(value, 10))))
    verdict = say(f"calibration.verdict.{row['verdict'].replace(' ', '_')}", lang)
    lines = [
        target.name,
        say("calibration.figure.fit.share", lang, share=percent(row["share"])),
        say("calibration.figure.fit.verdict", lang, verdict=verdict),
    ]
    widest = 1.75 * 72 / 8
    text = "\n".join(line if ems(line) <= widest else wrap(line, 1.75, 8) for line in lines)
    axes.annotate(text, (1.015, 0.5), xycoords="axes fraction", va="center", fontsize=8, color=SOFT)
