"""The figures of a report: one for each hypothesis, by its kind, and an overview."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulation.drawing.colours import BLUE, FAINT, ORANGE, RED, SOFT
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.sheet import Sheet
from simulation.experiments import labels
from simulation.hypotheses.evidence import complete
from simulation.hypotheses.verdicts import REFUTED, SUPPORTED
from simulation.hypotheses.wording import metric_name
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.hypotheses.findings import Finding, Findings

_COLOURS = {SUPPORTED: BLUE, REFUTED: RED}
_MARKS = {SUPPORTED: "o", REFUTED: "X"}


def overview(findings: Findings, lang: str = "en") -> Sheet:
    """Return every headline estimate with its interval, in the expected direction, in units of the smallest effect.

    Ranks are left out. A small dot is the estimate in one plausible world.
    """
    # Only now: matplotlib itself is first imported by the room of drawing, which sees to the user's settings.
    from matplotlib.ticker import FixedLocator, NullLocator

    shown = [one for one in findings.values() if one.part is not None and one.part.unit == "metric"]
    sheet = Sheet("hypotheses-overview", lang, 7.5, 1.4 + 0.34 * max(1, len(shown)))
    tongue = sheet.lang
    with sheet.styled():
        axes = sheet.subplots()
        for row, finding in enumerate(reversed(shown)):
            part, smallest = finding.part, float(finding.hypothesis.common.smallest_effect)
            assert part is not None
            unit = smallest * part.sign
            elsewhere = [
                other.estimate / unit for found in finding.worlds for other in found.parts if other.name == part.name
            ]
            axes.plot(elsewhere, [row - 0.22] * len(elsewhere), ".", color=SOFT, ms=3, alpha=0.5)
            _bar(axes, row, part.estimate / unit, part.low / unit, part.high / unit, finding.verdict)
        axes.axvline(0, color=SOFT, lw=0.8)
        for edge in (-1, 1):
            axes.axvline(edge, color=SOFT, lw=0.8, ls="--")
        axes.set_yticks(
            range(len(shown)),
            [f"{one.hypothesis.id} {say(f'hypotheses.{one.verdict}', tongue)}" for one in reversed(shown)],
        )
        axes.set_xscale("symlog", linthresh=2, linscale=1.5)
        axes.xaxis.set_major_locator(FixedLocator([-100, -30, -10, -3, -1, 0, 1, 3, 10, 30, 100]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel(say("hypotheses.figure.estimate", tongue))
    return sheet


def _bar(axes: Axes, row: float, middle: float, low: float, high: float, verdict: str) -> None:
    colour = _COLOURS.get(verdict, SOFT)
    axes.plot([low, high], [row, row], color=colour, lw=2)
    axes.plot(middle, row, _MARKS.get(verdict, "s"), color=colour, ms=6)


def figure_of(finding: Finding, lang: str = "en") -> Sheet:
    """Return the figure of one hypothesis."""
    sheet, kind = Sheet(f"hypothesis-{finding.hypothesis.id}", lang, 6.5, 3.6), finding.hypothesis.kind
    tongue, outcomes = sheet.lang, complete(finding.outcomes)
    with sheet.styled():
        axes = sheet.subplots()
        if len(outcomes) < 2:
            axes.set_axis_off()
        elif kind.name in ("curve", "regime"):
            _along(axes, finding, outcomes, tongue)
        elif kind.name == "order":
            _orders(axes, finding, outcomes, tongue)
        else:
            _arms(axes, finding, outcomes, tongue)
        axes.set_title(f"{finding.hypothesis.id}: {say(f'hypotheses.{finding.verdict}', tongue)}")
    return sheet


def _means(finding: Finding, outcomes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each arm's mean and the half-width of its interval."""
    from scipy import stats

    n, alpha = len(outcomes), finding.hypothesis.common.test.alpha
    factor = float(stats.t.ppf(1 - alpha / 2, n - 1)) / math.sqrt(n)
    return outcomes.mean(axis=0), outcomes.std(axis=0, ddof=1) * factor


def _along(axes: Axes, finding: Finding, outcomes: np.ndarray, lang: str) -> None:
    """Draw means over the factor's values: one line, or the way up and the way down."""
    key, values = finding.hypothesis.kind.axis()
    x = np.asarray(values, dtype=float)
    means, halves = _means(finding, outcomes)
    branches = len(means) // len(x)
    branch_names = [say("hypotheses.figure.up", lang), say("hypotheses.figure.down", lang)]
    for branch in range(branches):
        part = slice(branch * len(x), (branch + 1) * len(x))
        axes.errorbar(
            x,
            means[part],
            halves[part],
            color=(BLUE, ORANGE)[branch],
            marker="os"[branch],
            ms=5,
            lw=1.5,
            capsize=2,
            label=branch_names[branch] if branches > 1 else None,
        )
    if "break" in finding.looked:
        label = say("hypotheses.figure.break", lang)
        axes.axvline(finding.looked["value"], color=SOFT, ls=":", label=label)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best")
    axes.set_xlabel(wrap(capital(labels.factor_with_unit(str(key), lang)), 6.0, 8.5))
    axes.set_ylabel(metric_name(finding, lang))


def _orders(axes: Axes, finding: Finding, outcomes: np.ndarray, lang: str) -> None:
    """Draw all orders by their mean, the claimed one marked."""
    means, halves = _means(finding, outcomes)
    ranked = np.argsort(-means, kind="stable")
    place = int(np.flatnonzero(ranked == 0)[0])
    x = np.arange(1, len(means) + 1)
    axes.vlines(x, means[ranked] - halves[ranked], means[ranked] + halves[ranked], color=FAINT, lw=1)
    axes.plot(x, means[ranked], ".", color=SOFT, ms=3)
    axes.plot(
        place + 1,
        means[0],
        "o",
        color=BLUE,
        ms=8,
        label=say("hypotheses.figure.claimed", lang, rank=place + 1),
    )
    axes.legend(loc="best")
    axes.set_xlabel(say("hypotheses.figure.orders", lang))
    axes.set_ylabel(metric_name(finding, lang))


def _arms(axes: Axes, finding: Finding, outcomes: np.ndarray, lang: str) -> None:
    """Draw the mean of every arm with its interval."""
    means, halves = _means(finding, outcomes)
    arms = list(finding.hypothesis.kind.arms())
    rows = np.arange(len(arms))[::-1]
    axes.errorbar(means, rows, xerr=halves, fmt="o", color=BLUE, capsize=2)
    axes.set_yticks(rows, arms)
    axes.set_ylim(-0.6, len(arms) - 0.4)
    if finding.hypothesis.kind.name == "interaction":
        named = [wrap(labels.factor(key, lang), 3.0, 8.0) for key in finding.hypothesis.varied()]
        axes.set_ylabel("\n".join(named), fontsize=8)
    axes.set_xlabel(metric_name(finding, lang))
