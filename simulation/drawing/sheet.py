"""The sheet that every picture is drawn on: its fonts, its style, its title and caption, and how it is saved."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulation.drawing.colours import INK, SOFT
from simulation.drawing.fonts import checked, families, has_bold
from simulation.drawing.lettering import CAPTION, LABEL, TITLE_SIZE, wrap
from simulation.drawing.pages import FORMATS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_RESOLUTION = 160
_PLACES = 6
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
                self.settle()
            super().savefig(fname, **options)

    def settle(self) -> None:
        """Lay out once, for every format alike; round, because the solver's last digits depend on memory addresses."""
        self.draw_without_rendering()
        self.set_layout_engine("none")
        for axes in self.axes:
            place, counted = axes.get_position(original=True), axes.get_in_layout()
            axes.set_position(np.round(place.bounds, _PLACES))  # which also takes the axes out of the layout
            axes.set_in_layout(counted)

    @property
    def bold(self) -> dict[str, Any]:
        """Options that make text stand out: bold where the language's font has it, else a darker ink."""
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

    def save(self, stem: Path, formats: Sequence[str] = FORMATS) -> None:
        """Save as ``<stem>.<format>`` for each format, in a folder that is made where it is not there.

        Parameters
        ----------
        stem : Path
            The files without their endings; dots belong to the name.
        formats : sequence of str
            What matplotlib can write: png, svg, pdf.
        """
        stem.parent.mkdir(parents=True, exist_ok=True)
        for kind in formats:
            self.savefig(stem.with_name(f"{stem.name}.{kind}"), format=kind)


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
