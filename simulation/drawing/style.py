"""What all pictures share: one sheet of paper, colours that survive grey print, wrapping, labels that keep apart."""

from __future__ import annotations

import contextlib
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulation.drawing.families import checked, families, has_bold

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MAP = "YlGnBu"
"""Light to dark without a turn, so that grey print and colour-blind eyes read the same order; nothing is near white."""
INK, SOFT, FAINT = "#1a1a1a", "#5c5c5c", "#d9d9d9"
BLUE, ORANGE, GREEN, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00"
"""Okabe and Ito's colours; never the only mark that tells two things apart."""
LINES: tuple[dict[str, Any], ...] = (
    {"color": BLUE, "linestyle": "-"},
    {"color": RED, "linestyle": "--"},
    {"color": GREEN, "linestyle": "-."},
    {"color": INK, "linestyle": ":"},
)
MODES: dict[str, dict[str, Any]] = {
    "substantive": {"facecolor": "#0b3c5d", "hatch": ""},
    "adaptive": {"facecolor": "#7fa8c9", "hatch": "////"},
    "symbolic": {"facecolor": "#f2c879", "hatch": "...."},
    "selective": {"facecolor": "#ffffff", "hatch": "xxxx"},
}
CAPTION, LABEL, TITLE_SIZE = 7.5, 8.5, 12.0
_RESOLUTION = 160
_NARROW, _BROAD = frozenset(" iljtfrI.,;:'()[]/-·|"), frozenset("mw%—×+÷")
_one_at_a_time = threading.RLock()


class Sheet(Figure):
    """A figure that keeps its own style and fonts wherever it is drawn or saved, and saves the same bytes each time.

    Parameters
    ----------
    name : str
        Name of the picture; it makes the identifiers inside an SVG its own.
    lang : str
        'en' or 'zh'; `lang` is the language that can be drawn here.
    width, height : float
        Inches.
    """

    def __init__(self, name: str, lang: str, width: float, height: float) -> None:
        self.name, self.lang = name, checked(lang)
        self._style: Any = {
            "font.family": families(self.lang),
            "text.parse_math": False,  # a name may hold dollar signs
            "font.size": LABEL,
            "axes.titlesize": 9.0,
            "axes.titlelocation": "left",
            "axes.labelsize": LABEL,
            "axes.edgecolor": SOFT,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.unicode_minus": False,
            "axes.linewidth": 0.7,
            "xtick.labelsize": 8.0,
            "ytick.labelsize": 8.0,
            "xtick.color": SOFT,
            "ytick.color": SOFT,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "text.color": INK,
            "hatch.linewidth": 0.5,
            "legend.frameon": False,
            "svg.hashsalt": f"wushi-{name}",
            "svg.fonttype": "path",
            "savefig.dpi": _RESOLUTION,
        }
        with self.styled():
            super().__init__(figsize=(width, height), dpi=100, layout="constrained", facecolor="white")
            FigureCanvasAgg(self)
            self.get_layout_engine().set(w_pad=0.08, h_pad=0.08)  # type: ignore[union-attr,call-arg]

    @contextlib.contextmanager
    def styled(self) -> Iterator[None]:
        """Draw with this sheet's fonts and style; matplotlib's settings are one for all threads, so one at a time."""
        with _one_at_a_time, rc_context(self._style):
            yield

    def draw(self, renderer: Any) -> None:
        """Draw with this sheet's own style."""
        with self.styled():
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save as matplotlib does, without a date, so that equal pictures are equal files."""
        kind = options.get("format") or Path(str(fname)).suffix.lstrip(".")
        if kind == "svg":
            options.setdefault("metadata", {"Date": None})
        with self.styled():
            if self.get_layout_engine() is not None:
                self.draw_without_rendering()  # lays out once, for every format alike
                self.set_layout_engine("none")
            super().savefig(fname, **options)

    @property
    def bold(self) -> dict[str, Any]:
        """Options that set text off: bold where the language's font has it, else a darker ink."""
        family = families(self.lang)[0]
        return {"fontweight": "bold", "fontfamily": [family]} if has_bold(family) else {"color": "black"}

    @property
    def width(self) -> float:
        """Width in inches."""
        return float(self.get_size_inches()[0])

    def head(self, title: str) -> None:
        """Write the title over the picture, wrapped to its width."""
        text = wrap(title, self.width - 0.3, TITLE_SIZE * 1.08)
        self.suptitle(text, x=0.012, ha="left", fontsize=TITLE_SIZE, **self.bold)

    def foot(self, *sentences: str) -> None:
        """Write the caption under the picture, wrapped to its width."""
        lines = [wrap(sentence, self.width - 0.3, CAPTION) for sentence in sentences if sentence]
        self.supxlabel("\n".join(lines), x=0.012, ha="left", fontsize=CAPTION, color=SOFT, linespacing=1.35)


def ems(text: str) -> float:
    """Return about how wide a line is, in its font's size: slightly more than it needs."""
    return sum(_em(sign) for sign in text)


def _em(sign: str) -> float:
    if _is_chinese(sign) or sign in "“”‘’…":
        return 1.04  # advances are rounded up to whole pixels
    if sign in _NARROW:
        return 0.4
    return 0.82 if sign.isupper() or sign in _BROAD else 0.62


def _pieces(text: str) -> list[str]:
    """Split where a line may break: after spaces, around Chinese signs, never before closing punctuation."""
    pieces: list[str] = []
    for sign in text:
        last = pieces[-1][-1] if pieces else ""
        after_opening = last != "" and unicodedata.category(last) in ("Ps", "Pi")
        closing = unicodedata.category(sign) in ("Pe", "Pf", "Po")
        breaks = last == " " and sign != " "
        if not closing and not after_opening and sign != " ":
            breaks = breaks or _is_chinese(sign) or (last != "" and _is_chinese(last))
        if not pieces or breaks:
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return pieces


def _is_chinese(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def wrap(text: str, inches: float, size: float) -> str:
    """Break a text into lines no wider than ``inches`` at a font size in points; long words are broken too."""
    limit = max(inches * 72.0 / size, 4.0)
    lines: list[str] = [""]
    for piece in _pieces(text):
        rest = piece
        if lines[-1] and ems(lines[-1] + rest.rstrip()) > limit:
            lines.append("")
        while ems(rest.rstrip()) > limit:
            cut = next(n for n in range(len(rest), 0, -1) if ems(rest[:n]) + 0.6 <= limit)
            lines[-1] = rest[:cut] + "-"
            lines.append("")
            rest = rest[cut:]
        lines[-1] += rest
    return "\n".join(line.strip() for line in lines)


def widest(labels: Sequence[str], size: float = LABEL) -> float:
    """Return about how many inches the widest line of some labels takes."""
    return max((ems(line) for label in labels for line in label.split("\n")), default=0.0) * size / 72.0


def line_count(labels: Sequence[str]) -> int:
    """Return the number of lines of the label that has most."""
    return 1 + max((label.count("\n") for label in labels), default=0)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart to at least ``gap``, in order, as little as needed, within [low, high] where they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    last = low - gap
    for index in order:
        last = placed[index] = max(wanted[index], last + gap)
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def with_key(sheet: Sheet, down: int, across: int) -> tuple[Axes, NDArray[Any]]:
    """Return an empty strip over a grid of panels, for the key, and the panels; the panels share their axes."""
    grid = sheet.add_gridspec(down + 1, across, height_ratios=[0.12, *[1.0] * down])
    key = sheet.add_subplot(grid[0, :])
    key.set_axis_off()
    panels = np.empty((down, across), dtype=object)
    for place in np.ndindex(down, across):
        first = panels[0, 0]
        panels[place] = sheet.add_subplot(grid[place[0] + 1, place[1]], sharex=first)
    return key, panels


def capital(text: str) -> str:
    """Return a label as it opens a line."""
    return text[:1].upper() + text[1:]
