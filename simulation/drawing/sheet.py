"""The sheet that every picture is drawn on: its fonts, its style, its title and caption, and how it is saved."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context, rcParams, rcParamsDefault
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine

from simulation.drawing.colours import BLUE, GREEN, INK, ORANGE, RED, SKY, SOFT
from simulation.drawing.fonts import GENERIC, LATIN, checked, families, has_bold
from simulation.drawing.lettering import CAPTION, LABEL, TITLE_SIZE, wrap
from simulation.drawing.pages import FORMATS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

RESOLUTION = 160
"""Dots per inch of a PNG, unless another number is asked for."""
_PLACES = 6
_one_at_a_time = threading.RLock()
_STYLE: dict[str, Any] = {
    "text.parse_math": False,  # a name may hold dollar signs
    "font.size": LABEL,
    "axes.prop_cycle": f"cycler('color', {[BLUE, RED, GREEN, ORANGE, SKY, INK]})",
    "axes.titlesize": 9.0,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # no tick stands above a panel, so no title has to be looked for a place
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
    "svg.fonttype": "none",  # text that can be searched, read aloud and edited; a PDF has its fonts inside
    "font.sans-serif": [LATIN],
}
_OF_THE_USER = (
    *("backend", "interactive", "toolbar", "figure.hooks", "keymap.", "webagg.", "tk.", "animation.ffmpeg_path"),
)
"""Settings that say where and how the user's own windows and programs work; no picture depends on them."""


@functools.cache
def _defaults() -> dict[str, Any]:
    """Return matplotlib's own settings, without those of a ``matplotlibrc`` or of the user's process."""
    return {key: value for key, value in rcParamsDefault.items() if not key.startswith(_OF_THE_USER)}


def _set(wanted: dict[str, Any]) -> None:
    now: Any = rcParams
    for key, value in wanted.items():
        if now[key] != value:
            now[key] = value


class _Now:
    """The sheet whose style is in force, if any; read and written only under the lock."""

    sheet: Sheet | None = None


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
        self._style: dict[str, Any] = {
            **_defaults(),
            **_STYLE,
            "font.family": families(self.lang),
            "svg.hashsalt": f"wushi-{name}",
        }
        with self.styled():
            super().__init__(figsize=(width, height), dpi=100, layout="constrained", facecolor="white")
            FigureCanvasAgg(self)
            self.get_layout_engine().set(w_pad=0.08, h_pad=0.08)  # type: ignore[union-attr,call-arg]

    @contextlib.contextmanager
    def styled(self) -> Iterator[None]:
        """Draw with this sheet's fonts and style, whatever the user's own settings say; afterwards those hold again.

        matplotlib's settings are one for all threads, so one sheet is drawn at a time.
        """
        with _one_at_a_time:
            before = _Now.sheet
            if before is self:
                yield
                return
            try:
                with rc_context():
                    _set(self._style)
                    _Now.sheet = self
                    yield
            finally:
                _Now.sheet = before

    def draw(self, renderer: Any) -> None:
        """Draw with this sheet's own style."""
        with self.styled():
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save as matplotlib does, without a date, so that equal pictures are equal files.

        Parameters
        ----------
        fname : path or binary file
            Where to.
        options
            ``format`` (png, svg or pdf; by default the name's ending) and ``dpi``; any other option of
            `matplotlib.figure.Figure.savefig` works too, more slowly.
        """
        ending = Path(fname).suffix.lstrip(".") if isinstance(fname, str | Path) else "png"
        kind = options.pop("format", None) or ending
        with self.styled():
            self.settle()
            if kind in _UNDATED and options.keys() <= {"dpi"}:
                self._write(fname, kind, options.get("dpi") or RESOLUTION)
            else:
                given: dict[str, Any] = {"format": kind, "dpi": RESOLUTION} | options
                super().savefig(fname, **given)

    def _write(self, target: Any, kind: str, dpi: float) -> None:
        """Write in one pass: `Figure.savefig` would draw everything once more, to lay out what is laid out already."""
        before = self.canvas, self.dpi
        try:
            self.dpi = dpi
            canvas = _canvas(kind)(self)
            if kind == "svg":
                buffer = io.BytesIO()
                canvas.print_svg(buffer, metadata=_UNDATED[kind])
                _put(_FOREIGN.sub("\ufffd", buffer.getvalue().decode("utf-8")).encode("utf-8"), target)
            else:
                getattr(canvas, f"print_{kind}")(target, metadata=_UNDATED[kind])
        finally:
            self.dpi = before[1]
            self.set_canvas(before[0])

    def settle(self) -> None:
        """Lay out once, for every format alike; round, because the solver's last digits depend on memory addresses."""
        engine = self.get_layout_engine()
        if engine is None or isinstance(engine, PlaceHolderLayoutEngine):
            return
        with self.styled():
            for axes in self.axes:
                for axis in (axes.xaxis, axes.yaxis):
                    if not axis.label.get_text():
                        axis.set_label_coords(0, 0)  # else matplotlib looks again and again where nothing might stand
            engine.execute(self)
            self.set_layout_engine("none")
            for axes in self.axes:
                place, counted = axes.get_position(original=True), axes.get_in_layout()
                axes.set_position(np.round(place.bounds, _PLACES))  # which also takes the axes out of the layout
                axes.set_in_layout(counted)

    @property
    def bold(self) -> dict[str, Any]:
        """Options that make text stand out: bold where the language's font has it, else a darker ink."""
        family = families(self.lang)[0]
        return {"fontweight": "bold", "fontfamily": [family, GENERIC]} if has_bold(family) else {"color": "black"}

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

    def save(self, stem: Path, formats: Sequence[str] = FORMATS, dpi: float = RESOLUTION) -> None:
        """Save as ``<stem>.<format>`` for each format, in a folder that is made where it is not there.

        Parameters
        ----------
        stem : Path
            The files without their endings; dots belong to the name.
        formats : sequence of str
            What matplotlib can write: png, svg, pdf.
        dpi : float
            Dots per inch of a PNG, and of what an SVG or a PDF holds as a picture of dots.
        """
        stem.parent.mkdir(parents=True, exist_ok=True)
        for kind in formats:
            self.savefig(stem.with_name(f"{stem.name}.{kind}"), format=kind, dpi=dpi)


_UNDATED: dict[str, dict[str, Any]] = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Format to what its file is told about itself."""


_FOREIGN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML file may hold; a name may."""


def _put(content: bytes, target: Any) -> None:
    if hasattr(target, "write"):
        target.write(content)
    else:
        Path(target).write_bytes(content)


def _canvas(kind: str) -> Any:
    if kind == "png":
        return FigureCanvasAgg
    if kind == "svg":
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        return FigureCanvasSVG
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    return FigureCanvasPdf


def with_key(sheet: Sheet, down: int, across: int) -> tuple[Axes, NDArray[Any]]:
    """Return an empty strip over a grid of panels, for the key, and the panels, each with its own scales.

    Panels that share a scale would each look at all others whenever one of them changes.
    """
    grid = sheet.add_gridspec(down + 1, across, height_ratios=[0.12, *[1.0] * down])
    key = sheet.add_subplot(grid[0, :])
    key.set_axis_off()
    panels = np.empty((down, across), dtype=object)
    for place in np.ndindex(down, across):
        panels[place] = sheet.add_subplot(grid[place[0] + 1, place[1]])
    return key, panels
