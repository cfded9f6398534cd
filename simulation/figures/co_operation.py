"""Departments and domains: who co-operates and who passes the buck, and how that follows the leading group's authority.

Left: the share of monthly analyses at which a department co-operated in a domain of the agenda, the lead department
framed. Right: co-operation of all of them over time, beside the level of authority.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import FAINT, INK, LINES, ORANGE, SOFT, ramp
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import capital, line_count, spread, widest, wrap
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption
from simulation.figures.places import week_axis
from simulation.figures.tables import table
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult
    from simulation.scenario import Scenario

NUMBER, TITLE = 11, "figure.co_operation.title"
SERIES = ("co_operation", "level_2")
CELL = (0.46, 0.24)
DARK = 0.55


def draw(result: RunResult, lang: str) -> Figure:
    """Return the picture (see the module)."""
    spec = result.spec
    keys, domains = departments_of(spec), list(spec.domains)
    names = Names(result, checked(lang))
    rows = [wrap(spec.departments.named[key].label(names.lang) or key, 2.2, 8.0) for key in keys]
    columns = [wrap(names.domain(key), 1.9, 7.5) for key in domains]
    wide = max(len(domains) * max(CELL[0], 0.15 * line_count(columns)), 2.6)
    high = max(len(keys) * CELL[1] * line_count(rows), 2.4)
    below = widest(columns, 7.5) if keys else 0.3
    sheet = Sheet("co-operation", lang, widest(rows, 8.0) + wide + 4.9, high + below + 1.9)
    with sheet.styled():
        lang = sheet.lang
        left, right = sheet.subplots(1, 2, width_ratios=[widest(rows, 8.0) + wide, 3.3])
        if keys:
            _grid(left, spec, keys, joined(result, keys, domains), rows, columns)
            left.set_title(wrap(say("figure.co_operation.share", lang), wide + widest(rows, 8.0), 9.0))
        else:
            left.set_axis_off()
            text = wrap(say("figure.co_operation.none", lang), wide - 0.2, 8.5)
            left.annotate(text, (0.02, 0.5), xycoords="axes fraction", va="center", color=SOFT)
        _curves(right, result, lang)
        sheet.head(say(TITLE, lang))
        known = table(result, "departments") is not None
        note = say("figure.co_operation.note" if known else "figure.co_operation.not_recorded", lang)
        sheet.foot(note if keys else "", caption(result, lang))
    return sheet


def departments_of(spec: Scenario) -> list[str]:
    """Return the keys of the departments that belong to a domain, in the order of the file."""
    wanted = {name for domain in spec.domains.values() for name in domain.departments}
    return [key for key in spec.departments.named if key in wanted]


def joined(result: RunResult, keys: list[str], domains: list[str]) -> np.ndarray:
    """Return the share of analyses of active domains at which departments co-operated, (departments, domains).

    NaN where a department does not belong to a domain, where no city took it on, and where the run has no such table.
    """
    found = table(result, "departments")
    if found is None:
        return np.full((len(keys), len(domains)), np.nan)
    analyses = found[found["week"] % result.spec.execution.analysis_every == 0]
    share = analyses.groupby(["department", "domain"])["joins"].mean().unstack("domain")
    return share.reindex(index=keys, columns=domains).to_numpy(dtype=float)


def _grid(axis: Axes, spec: Scenario, keys: list[str], share: np.ndarray, rows: list[str], columns: list[str]) -> None:
    axis.imshow(np.ma.masked_invalid(share), cmap=ramp(), vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    for column, domain in enumerate(spec.domains.values()):
        for row, key in enumerate(keys):
            if key not in domain.departments:
                continue
            value = share[row, column]
            lead = key == domain.lead
            # A frame inside the cell, so that neighbouring frames do not share a line.
            inset = 0.06 if lead else 0.0
            look: dict[str, Any] = (
                {"edgecolor": ORANGE, "linewidth": 2.0} if lead else {"edgecolor": SOFT, "linewidth": 0.5}
            )
            corner, size = (column - 0.5 + inset, row - 0.5 + inset), 1 - 2 * inset
            axis.add_patch(Rectangle(corner, size, size, fill=False, zorder=3 if lead else 2, **look))
            if np.isfinite(value):
                colour = "white" if value > DARK else INK
                axis.text(column, row, f"{value:.0%}", ha="center", va="center", fontsize=7, color=colour)
    axis.set_xticks(range(len(columns)), columns, rotation=90, fontsize=7.5)
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    axis.set_xlim(-0.55, len(columns) - 0.45)
    axis.set_ylim(len(rows) - 0.45, -0.55)


def _curves(axis: Axes, result: RunResult, lang: str) -> None:
    weekly = result.weekly
    weeks = week_axis(axis, result, lang)
    curves = [weekly[name].to_numpy(dtype=float) for name in SERIES]
    ends = spread([float(np.nan_to_num(curve[-1])) for curve in curves], 0.16, 0.06, 0.96)
    labels = (say("metric.co_operation", lang), say("stage.authority", lang))
    for label, curve, end, line in zip(labels, curves, ends, LINES, strict=False):
        if np.isfinite(curve).any():
            axis.plot(weeks, curve, linewidth=1.7, **line)
            text = wrap(capital(label), 0.95, 8.5)
            axis.annotate(text, (1.03, end), xycoords=("axes fraction", "data"), va="center", color=line["color"])
    axis.grid(axis="y", color=FAINT, linewidth=0.6)
    axis.set_ylim(0, 1.02)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))
    axis.set_title(wrap(say("figure.co_operation.over_time", lang), 3.2, 9.0))
