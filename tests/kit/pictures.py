"""Reading a drawn figure: its texts, where they stand, which lie on one another or are cut off."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text


def texts(figure: Figure) -> list[Text]:
    """Return every text that is on the page: visible, not empty, no tick outside its axis."""
    outside = set()
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for minor in (False, True):
                ticks = axis.get_minor_ticks() if minor else axis.get_major_ticks()
                for tick in ticks:
                    seen = min(limits) - 1e-9 <= tick.get_loc() <= max(limits) + 1e-9
                    if not (seen and axes.axison and axis.get_visible() and tick.get_visible()):
                        outside |= {tick.label1, tick.label2}
            if not axes.axison:
                outside |= {axis.label, axis.offsetText}
    found = figure.findobj(Text)
    return [text for text in found if text not in outside and text.get_visible() and text.get_text().strip()]


def boxes(figure: Figure) -> list[tuple[str, np.ndarray]]:
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer).extents) for text in texts(figure)]


def overlapping(found: list[tuple[str, np.ndarray]]) -> list[tuple[str, str]]:
    """Return pairs of texts whose boxes share more than a hair."""
    pairs = []
    for (one, a), (two, b) in itertools.combinations(found, 2):
        wide = min(a[2], b[2]) - max(a[0], b[0])
        high = min(a[3], b[3]) - max(a[1], b[1])
        if wide > 1.5 and high > 1.5:
            pairs.append((one, two))
    return pairs


def cut_off(figure: Figure, found: list[tuple[str, np.ndarray]]) -> list[str]:
    right, top = figure.bbox.width, figure.bbox.height
    return [text for text, (x0, y0, x1, y1) in found if x0 < -1 or y0 < -1 or x1 > right + 1 or y1 > top + 1]
