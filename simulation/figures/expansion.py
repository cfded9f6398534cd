"""From one domain to many: which domains a city takes on and when, and what becomes of the point meanwhile.

Left: one row per domain, from the month in which a unit first has it; shades are its mean effect. Right: governance
effectiveness, effect on the point, and depth, because breadth trades one against the other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import FAINT, INK, LINES, RED, SOFT, ramp
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import capital, line_count, spread, widest, wrap
from simulation.drawing.numbers import decimals
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered
from simulation.figures.places import last_week, week_axis
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 10, "figure.expansion.title"
SERIES = ("effectiveness", "core_effect", "depth")
GRID = 4.3


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    weeks, domains, effect = taken_on(result)
    names = Names(result, checked(lang))
    labels = [wrap(names.domain(key), 2.4, 8.0) for key in domains]
    tall = max(len(domains) * 0.17 * (line_count(labels) + 0.4), 2.6)
    sheet = Sheet("expansion", lang, widest(labels, 8.0) + GRID + 5.6, tall + 2.1)
    with sheet.styled():
        lang = sheet.lang
        left, right = sheet.subplots(1, 2, width_ratios=[GRID + widest(labels, 8.0), 3.6])
        edges = [*weeks, max(last_week(result), weeks[-1]) + 1]
        rows = np.arange(len(domains) + 1) - 0.5
        image = left.pcolormesh(edges, rows, np.ma.masked_invalid(effect), cmap=ramp(), vmin=0, vmax=_scale(effect))
        for row in rows[1:-1]:
            left.axhline(row, color="white", linewidth=1.5)
        left.set_ylim(len(domains) - 0.5, -0.5)
        left.set_yticks(range(len(domains)), labels)
        left.tick_params(axis="y", length=0)
        week_axis(left, result, lang, whole=True)
        agenda = result.weekly["agenda"].to_numpy(dtype=float)
        plan = plan_week(result)
        text = say("figure.expansion.at_end", lang, end=_count(agenda[-1]), n=len(domains))
        if plan is not None:
            left.axvline(plan, color=RED, linewidth=1.2, linestyle="--")
            at = _count(agenda[plan])
            text = say("figure.expansion.from_plan", lang, plan=at, end=_count(agenda[-1]), n=len(domains))
        left.set_title(wrap(text, GRID + widest(labels, 8.0), 9.0))
        bar = sheet.colorbar(image, ax=left, shrink=0.8, aspect=18, pad=0.02)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        bar.set_label(say("figure.expansion.effect", lang))
        _curves(right, result, plan, lang)
        sheet.head(say(TITLE, lang))
        note = "figure.expansion.note" if plan is not None else "figure.expansion.note_no_plan"
        sheet.foot(say(note, lang), caption(result, lang))
    return sheet


def taken_on(result: RunResult) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Return the recorded weeks, the domains by the week in which a unit first has them, and their mean effect.

    Effect is (domains, weeks), the mean over counties, each with the same weight; NaN before a unit has the domain.
    """
    units = result.units
    weeks, keys = np.unique(units["week"].to_numpy()), ordered(units["domain"])
    having = units[units["mode"] != ""].groupby("domain")["week"].min()
    since = {key: float(having.get(key, math.inf)) for key in keys}
    domains = sorted(keys, key=lambda key: (since[key], key != result.spec.point))
    counties = units[units["unit"].isin(result.cells["county"].unique())]
    mean = counties.groupby(["domain", "week"])["effect"].mean().unstack("week").reindex(index=domains, columns=weeks)
    effect = mean.to_numpy(dtype=float, copy=True)
    for row, key in enumerate(domains):
        effect[row, weeks < since[key]] = np.nan
    return weeks, domains, effect


def plan_week(result: RunResult) -> int | None:
    """Return the week in which the one city draws up its plan; None where there is none or it is not known.

    It is not known for several cities, and where stages open when they are ready.
    """
    spec, stage = result.spec, result.spec.stages.settlement
    week = int(spec.instruction.week + stage.start)
    one = result.ledger["city"].nunique() == 1
    planned = stage.effective_intensity > 0 and stage.length > 0 and spec.stages.opening == "calendar"
    return week if one and planned and week < len(result.weekly) else None


def _scale(effect: np.ndarray) -> float:
    """Return the upper end of the shades: the next tenth, because a month's mean over counties is far from full."""
    return max(math.ceil(10 * float(np.nanmax(effect, initial=0.0))) / 10, 0.1)


def _count(number: float) -> str:
    return f"{number:.0f}" if number == round(number) else decimals(number, 1)


def _curves(axis: Axes, result: RunResult, plan: int | None, lang: str) -> None:
    weekly = result.weekly
    weeks = week_axis(axis, result, lang)
    curves = [weekly[name].to_numpy(dtype=float) for name in SERIES]
    top = max(max(float(np.nanmax(curve, initial=0.0)) for curve in curves) * 1.1, 0.05)
    ends = spread([float(np.nan_to_num(curve[-1])) for curve in curves], 0.13 * top, 0.06 * top, 0.94 * top)
    for name, curve, end, line in zip(SERIES, curves, ends, LINES, strict=False):
        axis.plot(weeks, curve, linewidth=1.7, **line)
        label = wrap(capital(say(f"metric.{name}", lang)), 1.1, 8.5)
        axis.annotate(label, (1.03, end), xycoords=("axes fraction", "data"), va="center", color=line["color"])
    if plan is not None:
        axis.axvline(plan, color=RED, linewidth=1.2, linestyle="--")
    axis.grid(axis="y", color=FAINT, linewidth=0.6)
    axis.tick_params(axis="y", color=INK)
    axis.spines["left"].set_color(SOFT)
    axis.set_ylim(0, top)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))
    axis.set_title(wrap(say("figure.expansion.traded", lang), 3.4, 9.0))
