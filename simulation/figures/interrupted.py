"""An interrupted series (间断时间序列): a run with changes, and in grey the same run without them.

Each change is marked at its first week, and where values return; the weeks in which one holds are shaded. Both runs
have the same seed and the same past, so the difference between them is the effect of the changes in this run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.colours import BLUE, FAINT, GREY, INK, RED, SOFT
from simulation.drawing.fonts import checked
from simulation.drawing.lettering import CAPTION, capital, line_count, spread, wrap
from simulation.drawing.numbers import decimals, signed
from simulation.drawing.sheet import Sheet
from simulation.figures.names import caption
from simulation.figures.places import last_week, week_axis
from simulation.figures.told_changes import Held, ToldChange, held_times, told_changes
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.results import RunResult

NUMBER, TITLE = 15, "figure.interrupted.title"
NEEDS = ("changes",)
SERIES = ("effectiveness", "surface", "substantive", "participation")
"""The first has the large panel."""
MOST_COMPUTED = 100_000 * 156
"""Citizens times weeks of a run that is computed again without its changes: about a second."""
WIDTH, LINE, MAIN, SMALL = 8.6, 0.155, 1.75, 1.35
"""Inches: the sheet, a line of the list of changes, the large panel, the small ones."""
NAMED = 8
"""Changes that are listed, and of those that never began, sentences in the caption."""
_MARK = 0.2
_AWAY: dict[str, Any] = {"color": GREY, "linewidth": 1.5}
_SHOWN: dict[str, Any] = {"color": BLUE, "linewidth": 1.8}


def draw(result: RunResult, lang: str, without: RunResult | None = None) -> Figure:
    """Return the picture (see the module).

    Parameters
    ----------
    result : RunResult
        A run with changes.
    lang : {'en', 'zh'}
        Language.
    without : RunResult, optional
        The same run without the changes; computed here by default, and left out where `MOST_COMPUTED` is exceeded.
    """
    changes = told_changes(result, checked(lang))
    reason = ""
    if without is None:
        without, reason = _computed(result)
    begun = [change for change in changes if change.held]
    listed = _list(begun, WIDTH - 0.6, checked(lang))
    label = wrap(_named(begun[0], checked(lang)), WIDTH / 2.4, 8.0) if len(begun) == 1 else ""
    strip = 0.3 + LINE * sum(line_count([entry]) for entry in listed)
    above = 0.55 + 0.15 * line_count([label])
    sheet = Sheet("interrupted", lang, WIDTH, strip + above + MAIN + SMALL + 2.75)
    with sheet.styled():
        lang = sheet.lang
        rows = [strip, above + MAIN + 0.5, SMALL + 0.9]
        grid = sheet.add_gridspec(3, len(SERIES) - 1, height_ratios=rows)
        key, main = sheet.add_subplot(grid[0, :]), sheet.add_subplot(grid[1, :])
        small = [sheet.add_subplot(grid[2, place]) for place in range(len(SERIES) - 1)]
        key.set_axis_off()
        times = held_times(result)
        for axis, name in zip((main, *small), SERIES, strict=True):
            large = axis is main
            _spans(axis, times, last_week(result), 1.1 if large else 0.8)
            _series(axis, result, without, name, lang)
            _titled(axis, result, without, name, lang, 9.0 + (72 * 0.15 * line_count([label]) + 5 if large else 0))
        if label:
            _label(main, begun[0].held[0].first, label, last_week(result))
        else:
            _numbers(main, begun, last_week(result))
        lines = main.get_lines()[: -3 if without else -2 : -1]
        words = [say(f"figure.interrupted.{which}", lang) for which in ("with", "without")][: len(lines)]
        key.legend(lines, words, loc="upper left", ncols=2, handlelength=2.6, borderaxespad=0.0)
        if listed:
            text: dict[str, Any] = {"xytext": (0, -20), "textcoords": "offset points", "va": "top", "linespacing": 1.25}
            key.annotate("\n".join(listed), (0, 1), xycoords="axes fraction", fontsize=8.0, **text)
        sheet.head(say(TITLE, lang))
        beside = say(f"figure.interrupted.{'both' if without else reason}", lang)
        sheet.foot(
            say("figure.interrupted.note", lang) + (" " if lang == "en" else "") + beside,
            *_never(changes, lang),
            caption(result, lang),
        )
    return sheet


def _computed(result: RunResult) -> tuple[RunResult | None, str]:
    """Return the same run without its changes; None, and the name of the reason, where it cannot stand beside it."""
    citizens = result.spec.structure.citizens
    if not isinstance(citizens, int) or citizens * len(result.weekly) > MOST_COMPUTED:
        return None, "too_many"
    without = result.without_changes()
    first = min((time.first for time in held_times(result)), default=len(result.weekly))
    past, other = (run.weekly[:first].to_numpy(dtype=float) for run in (result, without))
    same = past.shape == other.shape and np.allclose(past, other, rtol=1e-6, atol=1e-12, equal_nan=True)
    return (without, "") if same else (None, "other_past")


def _list(begun: Sequence[ToldChange], inches: float, lang: str) -> list[str]:
    """Return the changes by number, each in its lines; nothing for a single one, which is named at its own line."""
    if len(begun) < 2:
        return []
    named = [f"{number}  {_named(one, lang)}" for number, one in enumerate(begun[:NAMED], 1)]
    entries = [wrap(text, inches, 8.0) for text in named]
    more = len(begun) - NAMED
    return [*entries, say("figure.interrupted.more", lang, n=more)] if more > 0 else entries


def _named(change: ToldChange, lang: str) -> str:
    return say("figure.interrupted.named", lang, label=change.label, when=change.when, length=change.length)


def _never(changes: Sequence[ToldChange], lang: str) -> list[str]:
    """Return a sentence for each change that never began."""
    idle = [change for change in changes if not change.held]
    told = [say("figure.interrupted.never", lang, label=one.label, when=one.when) for one in idle[:NAMED]]
    return [*told, say("figure.interrupted.more", lang, n=len(idle) - NAMED)] if len(idle) > NAMED else told


def _spans(axis: Axes, times: Sequence[Held], last: int, width: float) -> None:
    """Shade the weeks in which a change holds, and mark its first week and the one in which values return."""
    shaded = np.zeros(last + 2, dtype=bool)
    for time in times:
        end = last if time.end is None else time.end
        shaded[time.first : end + 1] = True
        axis.axvline(time.first, color=RED, linewidth=width, linestyle="--", clip_on=False)
        if time.end is not None and time.end <= last:
            axis.axvline(time.end, color=RED, linewidth=0.8, linestyle=":", alpha=0.6)
    turns = np.flatnonzero(np.diff(np.concatenate([[False], shaded, [False]]).astype(int)))
    for first, end in turns.reshape(-1, 2):
        axis.axvspan(first, end - 1, facecolor=FAINT, alpha=0.45, linewidth=0, zorder=0)


def _series(axis: Axes, result: RunResult, without: RunResult | None, name: str, lang: str) -> None:
    weeks = week_axis(axis, result, lang)
    series = result.weekly[name].to_numpy(dtype=float)
    top = float(np.nanmax(series, initial=0.0))
    if without is not None:
        other = without.weekly[name].to_numpy(dtype=float)
        axis.plot(weeks, other, **_AWAY)
        top = max(top, float(np.nanmax(other, initial=0.0)))
    axis.plot(weeks, series, **_SHOWN)
    axis.set_ylim(0, top * 1.12 if top > 0 else 1)


def _titled(axis: Axes, result: RunResult, without: RunResult | None, name: str, lang: str, pad: float) -> None:
    """Write a panel's metric and its values at the end over it."""
    mine = float(result.weekly[name].iloc[-1])
    large = name == SERIES[0]
    inches = WIDTH - 1.0 if large else WIDTH / 3 - 0.7
    if without is None:
        text = say("figure.interrupted.at_end_alone", lang, with_them=decimals(mine, 3))
    else:
        other = float(without.weekly[name].iloc[-1])
        ends = {"with_them": decimals(mine, 3), "without": decimals(other, 3), "difference": signed(mine - other, 3)}
        text = say("figure.interrupted.at_end", lang, **ends)
    text = wrap(text, inches, CAPTION)
    at: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
    axis.annotate(text, (0, 1), xytext=(0, pad - 4), fontsize=CAPTION, color=SOFT, **at)
    title = wrap(capital(say(f"metric.{name}", lang)), inches, 9.0)
    axis.set_title(title, pad=pad + 2 + 10 * line_count([text]), color=INK)


def _label(axis: Axes, week: int, text: str, last: int) -> None:
    """Write a single change's name over its line, within the panel's width."""
    share = week / max(last, 1)
    side = "left" if share < 0.3 else "right" if share > 0.7 else "center"
    at: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    axis.annotate(text, (week, 1), xytext=(0, 2), ha=side, va="bottom", fontsize=8.0, color=RED, **at)


def _numbers(axis: Axes, begun: Sequence[ToldChange], last: int) -> None:
    """Write the numbers of several changes over their lines, none over another."""
    wanted = [float(change.held[0].first) for change in begun]
    apart = _MARK * max(last, 1) / (WIDTH - 1.2)
    at: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    for number, week in enumerate(spread(wanted, apart, 0.0, float(last)), 1):
        axis.annotate(str(number), (week, 1), xytext=(0, 2), ha="center", va="bottom", fontsize=8.0, color=RED, **at)
