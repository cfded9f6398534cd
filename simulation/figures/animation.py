"""Films: the surface spreads and momentum passes through the five stages, month by month."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import animation
from matplotlib.ticker import PercentFormatter

from simulation.drawing.colours import BLUE, FAINT, INK, SOFT, ramp
from simulation.drawing.lettering import wrap
from simulation.drawing.numbers import amount as number
from simulation.drawing.sheet import Sheet
from simulation.figures.names import Names, caption, ordered, scenario_title
from simulation.figures.places import places_of, week_axis
from simulation.files.errors import InputError, listed, told
from simulation.files.output import whole_file
from simulation.scenario.calendar import told_week
from simulation.scenario.windows import STAGES
from simulation.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.results import RunResult

SUFFIXES = (".mp4", ".gif")
Progress = Callable[[int, int], None]


def film_suffix() -> str:
    """Return '.mp4' where ffmpeg is installed, else '.gif'."""
    return ".mp4" if animation.FFMpegWriter.isAvailable() else ".gif"


class Film:
    """One picture whose parts move from month to month; `show` sets it to a recorded month.

    Left: county × domain effect, the number of open sites written into each cell. Right: the levels of the five stages
    with the momentum that each passed on in the month, and governance effectiveness so far.
    """

    def __init__(self, result: RunResult, lang: str) -> None:
        units, weekly = result.units, result.weekly
        shown = places_of(units)
        place = shown.column
        self.weeks: NDArray[np.int64] = np.unique(units["week"].to_numpy())
        columns, rows = shown.names, ordered(units["domain"])
        by_week = units.groupby(["week", "domain", place])
        index = [(week, row, column) for week in self.weeks for row in rows for column in columns]
        self._spec = result.spec
        shape = (len(self.weeks), len(rows), len(columns))
        self._effect = by_week["effect"].mean().reindex(index).to_numpy().reshape(shape)
        self._sites = by_week["sites"].sum().reindex(index).to_numpy().reshape(shape)
        self._levels = weekly[[f"level_{k}" for k in range(1, 6)]].to_numpy()
        self._passed = weekly[[f"passed_{k}" for k in range(1, 6)]].to_numpy()
        self._gain = weekly["effectiveness"].to_numpy()

        self.sheet = Sheet("film", lang, max(9.6, 0.55 * len(columns) + 6.0), max(5.4, 0.34 * len(rows) + 2.6))
        with self.sheet.styled():
            self._lay_out(result, rows, columns)
        with self.sheet.styled():
            self.sheet.settle()

    def _lay_out(self, result: RunResult, rows: list[str], columns: list[str]) -> None:
        sheet, lang = self.sheet, self.sheet.lang
        names = Names(result, lang)
        grid = sheet.add_gridspec(2, 2, width_ratios=[1.7, 1.0], height_ratios=[1.0, 1.0])
        self._map = sheet.add_subplot(grid[:, 0])
        self._image = self._map.imshow(self._effect[0], cmap=ramp(), vmin=0, vmax=1, aspect="auto")
        self._map.set_xticks(
            range(len(columns)), [wrap(names.place(name), 1.4, 7.5) for name in columns], rotation=90, fontsize=7.5
        )
        self._map.set_yticks(range(len(rows)), [wrap(names.domain(key), 2.4, 8.0) for key in rows])
        self._map.tick_params(length=0)
        self._map.spines[:].set_visible(False)
        self._map.set_title(say("animation.map", lang))
        self._counts = [
            self._map.text(column, row, "", ha="center", va="center", fontsize=7)
            for row in range(len(rows))
            for column in range(len(columns))
        ]
        bar = sheet.colorbar(self._image, ax=self._map, shrink=0.5, pad=0.01)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))

        stages = sheet.add_subplot(grid[0, 1])
        labels = [say(f"stage.{stage}", lang) for stage in STAGES]
        self._bars = stages.barh(range(5), np.zeros(5), color=BLUE)
        self._flows = [stages.text(0.02, k, "", va="center", fontsize=7, color=INK) for k in range(5)]
        stages.set_yticks(range(5), labels)
        stages.invert_yaxis()
        stages.set_xlim(0, 1)
        stages.xaxis.set_major_formatter(PercentFormatter(1.0))
        stages.set_title(wrap(say("animation.stages", lang), 2.9, 9.0))

        gain = sheet.add_subplot(grid[1, 1])
        (self._line,) = gain.plot([], [], color=INK, linewidth=1.6)
        gain.set_ylim(0, max(0.05, 1.1 * float(np.max(self._gain))))
        gain.yaxis.set_major_formatter(PercentFormatter(1.0))
        gain.grid(color=FAINT, linewidth=0.6)
        week_axis(gain, result, lang)
        gain.set_title(say("metric.effectiveness", lang))
        sheet.head(scenario_title(result, lang))
        sheet.foot(caption(result, lang))
        self._when = sheet.text(0.99, 0.965, "", ha="right", va="top", fontsize=12, color=SOFT)

    def show(self, frame: int) -> None:
        """Set the picture to recorded month number ``frame``."""
        week = int(self.weeks[frame])
        values, sites = self._effect[frame], self._sites[frame]
        self._image.set_data(values)
        for text, value, count in zip(self._counts, values.ravel(), sites.ravel(), strict=True):
            text.set_text(f"{int(count)}" if count else "")
            text.set_color("white" if value > 0.55 else INK)
        month = slice(max(0, week - 3), week + 1)
        passed = self._passed[month].sum(axis=0)
        for bar, level, text, amount in zip(self._bars, self._levels[week], self._flows, passed, strict=True):
            bar.set_width(level)
            inside = level > 0.5
            text.set_position((0.03 if inside else level + 0.03, text.get_position()[1]))
            text.set_color("white" if inside else INK)
            text.set_text(say("animation.passed", self.sheet.lang, amount=number(amount)))
        self._line.set_data(np.arange(week + 1), self._gain[: week + 1])
        self._when.set_text(told_week(self._spec, week, self.sheet.lang))


def animate(
    result: RunResult,
    path: str | Path,
    lang: str = "en",
    *,
    frames_per_second: int = 6,
    progress: Progress | None = None,
) -> Path:
    """Write a film of a run, whole or not at all.

    Parameters
    ----------
    result : RunResult
        A run, fresh or loaded.
    path : path
        Ends in .mp4 (needs ffmpeg) or .gif.
    lang : {"en", "zh"}
        Without a Chinese font the film is in English.
    frames_per_second : int
        1 to 60; a frame is a month.
    progress : callable, optional
        Called with frames done and frames in all.

    Raises
    ------
    InputError
        For another ending, .mp4 without ffmpeg, or a folder that cannot be written.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise InputError(told("error.film.ending"), key="--out", given=str(path), allowed=listed(SUFFIXES, "or"))
    if path.suffix == ".mp4" and not animation.FFMpegWriter.isAvailable():
        raise InputError(told("error.film.ffmpeg"), key="--out", given=str(path), allowed=told("error.film.gif"))
    if not 1 <= frames_per_second <= 60:
        raise InputError(
            told("error.film.speed"), key="--fps", given=frames_per_second, allowed=told("error.film.speed.allowed")
        )
    film = Film(result, lang)
    held = [*range(len(film.weeks)), *[len(film.weeks) - 1] * (2 * frames_per_second)]
    try:
        with whole_file(path) as made:
            writer = _writer(path.suffix, frames_per_second)
            with film.sheet.styled(), writer.saving(film.sheet, str(made), dpi=100):
                for number, frame in enumerate(held, start=1):
                    film.show(frame)
                    writer.grab_frame()
                    if progress is not None:
                        progress(number, len(held))
    except OSError as problem:
        raise InputError(
            told("error.unwritable", reason=problem.strerror or problem), file=path, key="--out"
        ) from problem
    return path


def _writer(suffix: str, speed: int) -> Any:
    if suffix == ".gif":
        return animation.PillowWriter(fps=speed)
    return animation.FFMpegWriter(fps=speed, extra_args=["-pix_fmt", "yuv420p", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"])
