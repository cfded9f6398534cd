"""The picture of a tree of futures: a trunk until each branch point, one line per future after it, and the ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from simulation.drawing.colours import BLUE, FAINT, GREEN, GREY, INK, ORANGE, RED, SKY, SOFT
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import capital, line_count, widest, wrap
from simulation.drawing.numbers import decimals, signed
from simulation.drawing.sheet import Sheet
from simulation.experiments.labels import metric as metric_label
from simulation.metrics import METRICS
from simulation.scenario.calendar import told_week
from simulation.scenario.variation import with_changes
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.experiments.futures import Future, Futures

MAIN = "effectiveness"
OTHERS = ("core_effect", "agenda", "surface")
"""Metrics of the small panels, under that of the large one."""
_COLOURS, _STYLES = (BLUE, RED, GREEN, ORANGE, SKY), ("-", "--", "-.", ":")
_WIDTH, _LARGE, _SMALL = 11.6, 3.3, 1.75
_NAME, _LETTERS = 2.3, 8.0
"""Inches in which the name at a line's end breaks, and the size of its letters."""
_FIRST = 5.6
"""Inches of the first column of the table."""
_LINE = _LETTERS * 1.4 / 72
_MOST_LINES = 2
"""Lines of a name beside its line's end."""


def draw(futures: Futures, lang: str = "en") -> Sheet:
    """Return the picture (see the module)."""
    shown = [one for one in futures.futures if one.changes]  # the others are the grey line
    lang = checked(lang)
    rows = _rows(futures, shown, lang)
    heights = [_LINE * (line_count(row) + 0.6) for row in rows]
    names = [say("futures.unchanged", lang), *(_cut(wrap(one.name, _NAME, _LETTERS)) for one in shown)]
    large = max(_LARGE, _LINE * (1.3 * sum(line_count([name]) for name in names) + 4))
    sheet = Sheet("futures", lang, _WIDTH, large + _SMALL + sum(heights) + 1.9)
    with sheet.styled():
        grid = sheet.add_gridspec(3, 1, height_ratios=[large, _SMALL, sum(heights)])
        upper = grid[0].subgridspec(1, 2, width_ratios=[_WIDTH - _NAME - 0.9, _NAME + 0.3])
        lower = grid[1].subgridspec(1, len(OTHERS))
        looks = _looks(len(shown))
        top, right = sheet.add_subplot(upper[0]), sheet.add_subplot(upper[1])
        right.set_axis_off()
        _tree(top, futures, shown, looks, MAIN, lang)
        _mark(top, futures, shown, large, lang)
        _name(top, futures, shown, looks, names, large)
        for place, name in enumerate(OTHERS):
            _tree(sheet.add_subplot(lower[place]), futures, shown, looks, name, lang)
        _table(sheet.add_subplot(grid[2]), rows, heights, [None, {"color": GREY}, *looks])
        sheet.head(say("futures.title", lang))
        sheet.foot(say("futures.note", lang), caption(futures, lang))
    return sheet


def title_of(futures: Futures, lang: str) -> str:
    """Return the scenario's title, and what was changed in it before anything branched."""
    trunk = futures.trunk
    title = trunk.spec.title
    named = getattr(title, lang) or title.en or title.zh or str(trunk.provenance.get("scenario_name", ""))
    return with_changes(named, trunk.provenance.get("changes", {}), lang)


def caption(futures: Futures, lang: str) -> str:
    """Return the line under the picture: scenario, seed, weeks, source."""
    trunk = futures.trunk
    return say(
        "futures.caption",
        lang,
        title=title_of(futures, lang),
        name=str(trunk.provenance.get("scenario_name", trunk.spec.name)),
        seed=trunk.seed,
        weeks=len(trunk.weekly),
        version=trunk.provenance["versions"]["wushi"],
    )


def places(metric: str) -> int:
    """Return the decimals of a metric: fewer where it counts domains."""
    return 1 if metric in METRICS and METRICS[metric].unit == "domains" else 3


def _looks(number: int) -> list[dict[str, Any]]:
    """Return one look per future: five colours, and another kind of line each time they begin again."""
    turns = [divmod(place, len(_COLOURS)) for place in range(number)]
    return [{"color": _COLOURS[colour], "linestyle": _STYLES[(colour + turn) % len(_STYLES)]} for turn, colour in turns]


def _series(future: Future, metric: str) -> Any:
    return future.weekly[metric].to_numpy(dtype=float)


def _tree(
    axis: Axes, futures: Futures, shown: Sequence[Future], looks: Sequence[dict[str, Any]], metric: str, lang: str
) -> None:
    """Draw one metric: the unchanged run, dark until the first branch and grey after it, and every future."""
    weeks = len(futures.unchanged.weekly)
    whole = _series(futures.unchanged, metric)
    first = min([one.week for one in shown], default=weeks)
    axis.plot(np.arange(weeks), whole, color=GREY, linewidth=1.8, zorder=2)
    if first > 0:
        axis.plot(np.arange(first), whole[:first], color=INK, linewidth=1.8, zorder=3)
    highest = float(np.nanmax(whole, initial=0.0))
    for number, (one, look) in enumerate(zip(shown, looks, strict=True)):
        series = _series(one, metric)
        start = max(one.week - 1, 0)  # from the last point that it shares
        axis.plot(np.arange(start, weeks), series[start:], linewidth=1.6, zorder=4 + number / 100, **look)
        highest = max(highest, float(np.nanmax(series, initial=0.0)))
    axis.set_xlim(0, max(weeks - 1, 1))
    axis.set_ylim(0, highest * 1.12 if highest > 0 else 1)
    axis.xaxis.set_major_locator(MaxNLocator(6 if metric == MAIN else 4, steps=[1, 2, 5, 10], integer=True))
    axis.set_xlabel(say("figure.week", lang))
    axis.set_title(capital(metric_label(metric, lang)))


def _mark(axis: Axes, futures: Futures, shown: Sequence[Future], inches: float, lang: str) -> None:
    """Mark every branch point on the line that it is on: a dot, and its week beside a thin line, above all curves."""
    by_name = {futures.unchanged.name: futures.unchanged} | {one.name: one for one in shown}
    weeks = len(futures.unchanged.weekly)
    points = sorted({(min(one.week, weeks), one.parent) for one in shown if one.week < weeks})
    for week, parent in points:
        line = by_name.get(parent, futures.unchanged)
        height = _series(line, MAIN)[max(week - 1, 0)]
        if np.isfinite(height):
            axis.plot([max(week - 1, 0)], [height], "o", color=INK, markersize=5.5, zorder=9, clip_on=False)
    told = [
        (max(week - 1, 0), told_week(futures.trunk.spec, week, lang)) for week in sorted({week for week, _ in points})
    ]
    steps = _steps(told, weeks)
    room = _LINE * (max((level for _, level in steps), default=-1) + 1.5) / (inches - 0.55)
    axis.set_ylim(0, axis.get_ylim()[1] / 1.12 / max(0.4, 0.97 - room))
    for (at, words), (right, level) in zip(told, steps, strict=True):
        axis.axvline(at, color=FAINT, linewidth=0.8, zorder=1)
        axis.annotate(
            words,
            (at, axis.get_ylim()[1]),
            xytext=(-4 if right else 4, -9 - 11 * level),
            textcoords="offset points",
            ha="right" if right else "left",
            fontsize=_LETTERS,
            color=SOFT,
        )


def _steps(told: Sequence[tuple[int, str]], weeks: int) -> list[tuple[bool, int]]:
    """Return for each label whether it stands left of its line, and how many steps down, so that none meets another."""
    inches_per_week = (_WIDTH - _NAME - 0.9) / max(weeks - 1, 1)
    taken: list[list[tuple[float, float]]] = []
    found = []
    for at, words in told:
        wide = (widest([words], _LETTERS) + 0.15) / inches_per_week
        right = at > 0.75 * weeks
        begin, end = (at - wide, at) if right else (at, at + wide)
        level = 0
        while level < len(taken) and any(begin < stop and start < end for start, stop in taken[level]):
            level += 1
        if level == len(taken):
            taken.append([])
        taken[level].append((begin, end))
        found.append((right, level))
    return found


def _cut(name: str) -> str:
    """Return the first two lines of a wrapped name; the table under the picture has all of it."""
    lines = name.split("\n")
    return name if len(lines) <= _MOST_LINES else "\n".join(lines[:_MOST_LINES]) + "…"


def _name(
    axis: Axes,
    futures: Futures,
    shown: Sequence[Future],
    looks: Sequence[dict[str, Any]],
    names: Sequence[str],
    inches: float,
) -> None:
    """Write each line's name beside its end, moved apart where ends are close."""
    ends = np.nan_to_num([float(_series(one, MAIN)[-1]) for one in (futures.unchanged, *shown)])
    colours = [GREY, *(look["color"] for look in looks)]
    top = axis.get_ylim()[1]
    unit = top * 1.15 * _LINE / (inches - 0.55)  # the axes are lower than their part of the sheet by title and ticks
    heights = _apart(ends.tolist(), [unit * line_count([name]) for name in names], top)
    beside = axis.get_yaxis_transform()
    for name, end, height, colour in zip(names, ends, heights, colours, strict=True):
        # The empty column beside the axes is their room.
        lead = axis.plot([1.002, 1.03], [end, height], color=colour, linewidth=1.2, transform=beside, clip_on=False)
        text = axis.text(1.037, height, name, transform=beside, fontsize=_LETTERS, color=INK, va="center")
        for part in (*lead, text):
            part.set_in_layout(False)


def _apart(wanted: Sequence[float], heights: Sequence[float], top: float) -> list[float]:
    """Return the middles of labels of these heights, near where they are wanted, in that order, within [0, top]."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    middles, floor = [0.0] * len(wanted), 0.0
    for place in order:
        middles[place] = max(wanted[place], floor + heights[place] / 2)
        floor = middles[place] + heights[place] / 2
    ceiling = top
    for place in reversed(order):
        middles[place] = min(middles[place], ceiling - heights[place] / 2)
        ceiling = middles[place] - heights[place] / 2
    return middles


def _rows(futures: Futures, shown: Sequence[Future], lang: str) -> list[list[str]]:
    """Return the table at the end: metrics of the unchanged run, and by how much each future differs."""
    metrics = (MAIN, *OTHERS)
    head = [say("futures.at_end", lang), *(wrap(capital(metric_label(name, lang)), 1.1, _LETTERS) for name in metrics)]
    ends = futures.unchanged.ends
    rows = [head, [say("futures.unchanged", lang), *(decimals(ends[name], places(name)) for name in metrics)]]
    for one in shown:
        words = say("futures.row", lang, name=one.name, changes=one.described(lang))
        differences = [signed(one.ends[name] - ends[name], places(name)) for name in metrics]
        rows.append([wrap(words, _FIRST, _LETTERS), *differences])
    return rows


def _table(
    axis: Axes, rows: Sequence[Sequence[str]], heights: Sequence[float], looks: Sequence[dict[str, Any] | None]
) -> None:
    axis.set_axis_off()
    total = sum(heights)
    axis.set_xlim(0, 1)
    axis.set_ylim(total, 0)
    first = (_FIRST + 0.6) / _WIDTH
    step = (1 - first) / (len(rows[0]) - 1)
    at = 0.0
    for number, (row, height, look) in enumerate(zip(rows, heights, looks, strict=True)):
        middle = at + height / 2
        if look is not None:
            axis.plot([0.0, 0.035], [middle, middle], linewidth=1.8, **look)
        axis.text(0.045 if look is not None else 0.0, middle, row[0], va="center", fontsize=_LETTERS)
        for place, cell in enumerate(row[1:], 1):
            axis.text(first + step * place, middle, cell, va="center", ha="right", fontsize=_LETTERS)
        at += height
        axis.axhline(at, color=FAINT if number else SOFT, linewidth=0.7)
