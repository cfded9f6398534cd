"""One scenario under many seeds: the median, where half and nine tenths of the seeds lie, and the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.drawing.colours import INK, RED, SOFT
from simulation.drawing.lettering import capital, wrap
from simulation.drawing.numbers import count, decimals, percent
from simulation.drawing.sheet import Sheet
from simulation.figures.names import caption
from simulation.figures.places import week_axis
from simulation.figures.side_by_side import LOOKS, titles
from simulation.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.experiments.fans import Fan
    from simulation.results import RunResult

NUMBER, TITLE = 14, "figure.fan.title"
NEEDS = ("fan",)
HEADLINES = ("effectiveness", "core_effect", "depth", "agenda", "surface")
"""The first has the large panel."""
OWN: dict[str, Any] = {"color": RED, "linestyle": "--", "linewidth": 1.4}
_OUTER, _INNER = 0.16, 0.32
"""How strongly the bands of 90 % and 50 % are filled."""


def draw(result: RunResult, lang: str, fan: Fan) -> Figure:
    """Return the picture (see the module); ``fan`` is of the same scenario, and ``result`` its own run."""
    sheet = Sheet("fan", lang, 11.6, 6.0)
    with sheet.styled():
        lang = sheet.lang
        names = _shown(fan)
        key, panels = _panels(sheet, len(names))
        for axis, name in zip(panels, names, strict=True):
            top = _bands(axis, fan, name, LOOKS[0])
            own = result.weekly[name].to_numpy(dtype=float)
            axis.plot(result.weekly["week"].to_numpy(), own, **OWN)
            top = max(top, float(np.nanmax(own, initial=0.0)))
            _finish(axis, result, name, top, lang)
        half, most = panels[0].collections[1], panels[0].collections[0]
        middle, mine = panels[0].get_lines()
        labels = [say(part, lang) for part in ("figure.fan.median", "figure.fan.half", "figure.fan.most")]
        labels.append(say("figure.fan.own", lang, seed=result.seed))
        key.legend([middle, half, most, mine], labels, **_KEY, ncols=4)
        sheet.head(say(TITLE, lang))
        number = count(len(fan.ends))
        last = int(fan.ends["seed"].iloc[-1])
        note = say("figure.fan.note", lang, n=number, first=result.seed, last=last)
        sheet.foot(note, caption(result, lang))
    return sheet


def compared(fan: Fan, other: Fan, lang: str = "en") -> Figure:
    """Return a picture of two scenarios under the same seeds, with the share of seeds in which the first is above.

    Parameters
    ----------
    fan, other : Fan
        A and B.
    lang : {'en', 'zh'}
        Language.

    Raises
    ------
    InputError
        Where the two have no seed in common.
    """
    sheet = Sheet("fan-compared", lang, 11.6, 6.4)
    with sheet.styled():
        lang = sheet.lang
        fans = (fan, other)
        names = [name for name in _shown(fan) if name in other.metrics]
        key, panels = _panels(sheet, len(names))
        longest = max((one.own for one in fans), key=lambda run: len(run.weekly))
        for axis, name in zip(panels, names, strict=True):
            top = max(_bands(axis, one, name, look) for one, look in zip(fans, LOOKS, strict=True))
            _finish(axis, longest, name, top, lang, pad=17)
            axis.annotate(_share(fan, other, name, lang), (0, 1.02), xycoords="axes fraction", fontsize=7.5, color=SOFT)
        named = zip("AB", titles((fan.own, other.own), lang), strict=True)
        labels = [wrap(f"{mark}  {title}", 4.6, 9.0) for mark, title in named]
        key.legend(panels[0].get_lines(), labels, **_KEY, ncols=2)
        sheet.head(say("figure.fan.compared", lang))
        note = say("figure.fan.compared.note", lang, n=count(len(fan.ends)))
        sheet.foot(note, "A  " + caption(fan.own, lang), "B  " + caption(other.own, lang))
    return sheet


_KEY: dict[str, Any] = {"loc": "upper left", "handlelength": 2.8, "fontsize": 9, "borderaxespad": 0.0}


def _shown(fan: Fan) -> list[str]:
    """Return the headlines that a fan has, or, without any, its first metrics."""
    return [name for name in HEADLINES if name in fan.metrics] or fan.metrics[: len(HEADLINES)]


def _panels(sheet: Sheet, number: int) -> tuple[Axes, list[Axes]]:
    """Return a strip for the key, and panels: one large one, and up to four small ones beside it."""
    across = -(-(number - 1) // 2)
    grid = sheet.add_gridspec(3, 1 + across, height_ratios=[0.1, 1, 1], width_ratios=[1.5, *[1.0] * across])
    key = sheet.add_subplot(grid[0, :])
    key.set_axis_off()
    small = [sheet.add_subplot(grid[1 + place // across, 1 + place % across]) for place in range(number - 1)]
    return key, [sheet.add_subplot(grid[1:, 0]), *small]


def _bands(axis: Axes, fan: Fan, name: str, look: dict[str, Any]) -> float:
    """Draw the bands and the median of one metric; return the highest value drawn."""
    rows = fan.weekly(name)
    weeks = rows["week"].to_numpy()
    for low, high, strength in (("q05", "q95", _OUTER), ("q25", "q75", _INNER)):
        fill = {"color": look["color"], "alpha": strength, "linewidth": 0}
        axis.fill_between(weeks, rows[low].to_numpy(), rows[high].to_numpy(), **fill)
    axis.plot(weeks, rows["q50"].to_numpy(), linewidth=1.8, **look)
    return float(np.nanmax(rows["q95"].to_numpy(), initial=0.0))


def _finish(axis: Axes, result: RunResult, name: str, top: float, lang: str, pad: float = 6.0) -> None:
    week_axis(axis, result, lang)
    axis.set_ylim(0, top * 1.08 if top > 0 else 1)
    axis.set_title(capital(say(f"metric.{name}", lang)), pad=pad, color=INK)


def _share(fan: Fan, other: Fan, name: str, lang: str) -> str:
    found = fan.share_above(other, name)
    if not found.n:
        return say("figure.fan.no_share", lang)
    if found.ties == found.n:
        return say("figure.fan.same", lang)
    words = {"share": percent(found.share), "low": decimals(100 * found.low, 0), "high": decimals(100 * found.high, 0)}
    return say("figure.fan.share_ties" if found.ties else "figure.fan.share", lang, **words, ties=found.ties)
