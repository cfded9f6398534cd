"""The pictures of a run as files, and the report that holds them; one that fails is named and the others stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.fans import Fan
    from simulation.results import RunResult

FORMATS = ("png", "svg", "pdf")
"""Formats in which pictures can be saved."""
DEFAULT = ("svg",)
RESOLUTION = 160
RESOLUTIONS = (30, 1200)
"""Dots per inch that a PNG may have."""
REPORT = "report.html"
Progress = Callable[[int, int], None]


def draw_pictures(
    result: RunResult,
    folder: Path,
    lang: str,
    *,
    formats: Sequence[str] = DEFAULT,
    dpi: float = RESOLUTION,
    progress: Progress | None = None,
    fan: Fan | None = None,
) -> dict[str, Exception]:
    """Write ``figures/`` and ``report.html`` into a folder.

    Parameters
    ----------
    result : RunResult
        The run.
    folder : Path
        An existing folder.
    lang : {'en', 'zh'}
        Language of pictures and report.
    formats : sequence of str
        Some of `FORMATS`.
    dpi : float
        Dots per inch of a PNG.
    progress : callable, optional
        Called with what is done and all that there is to do.
    fan : Fan, optional
        The run among other seeds: one more picture, and a part of the report.

    Returns
    -------
    dict
        Name of a picture, or of the report, to the error that kept it from being written.
    """
    from simulation.drawing.pages import address, files_of
    from simulation.figures import draw, figures, lacking, stem_of
    from simulation.figures.switch_off import switch_off_effects
    from simulation.report import write_report

    wanted = {name: module for name, module in figures().items() if not lacking(module, result, fan=fan)}
    effects = switch_off_effects(result.spec)
    shown, failed = [], {}
    for number, (name, module) in enumerate(wanted.items()):
        if progress is not None:
            progress(number, len(wanted) + 1)
        stem = folder / "figures" / stem_of(name)
        try:
            figure = draw(name, result, lang, switch_off=effects, fan=fan)
            figure.save(stem, formats, dpi)
            title = say(module.TITLE, lang)
            shown.append({"name": name, "title": title, "address": address(figure, files_of(stem))})
        except Exception as problem:  # whatever keeps one picture from being drawn, the data and the others stand
            failed[stem.name] = problem
    if progress is not None:
        progress(len(wanted), len(wanted) + 1)
    try:
        write_report(result, folder / REPORT, lang, effects, pictures=shown, fan=fan)
    except Exception as problem:  # as above
        failed[REPORT] = problem
    return failed
