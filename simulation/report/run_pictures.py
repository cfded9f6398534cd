"""Pictures and report of a run, with a second process to help where there is a second processor.

The helper computes exactly what this process would compute, so no byte depends on which process draws a picture.
"""

from __future__ import annotations

import contextlib
import os
import signal
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.results import RunResult
    from simulation.scenario import Scenario

SEEDS = range(4)


class RunPictures:
    """Draws a run's pictures; `helper` is a process pool of one, or None."""

    def __init__(self, spec: Scenario, lang: str, helper: Any = None) -> None:
        self.lang = lang
        self._helper = helper
        self._spec = spec
        self._early = helper.schedule(_effects, (spec,)) if helper is not None else None

    def draw(self, result: RunResult, folder: Path) -> None:
        """Write ``figures/`` and ``report.html`` into a folder."""
        from simulation.figures import figures, save_all
        from simulation.report import write_report

        pictures = folder / "figures"
        names = [name for name, module in figures().items() if "other" not in getattr(module, "NEEDS", ())]
        if self._helper is None or self._early is None:
            effects = _effects(self._spec)
            save_all(result, pictures, self.lang, switch_off=effects)
        else:
            drawing = self._helper.schedule(_draw, (result.detached(), pictures, self.lang, names[1::2]))
            save_all(result, pictures, self.lang, names=names[::2])
            effects = self._early.result()
            drawing.result()
        write_report(result, folder / "report.html", self.lang, switch_off=effects, drawn=pictures)


@contextlib.contextmanager
def run_pictures(spec: Scenario, lang: str) -> Iterator[RunPictures]:
    """Yield what draws the pictures of a run.

    The helper starts at once and works while the run does; it never outlives the block.
    """
    if (os.cpu_count() or 1) < 2:
        yield RunPictures(spec, lang)
        return
    import multiprocessing

    from pebble import ProcessPool

    pool = ProcessPool(max_workers=1, context=multiprocessing.get_context("spawn"), initializer=_start)
    try:
        yield RunPictures(spec, lang, pool)
    finally:
        pool.stop()
        pool.join()


def _start() -> None:
    """Leave Ctrl-C to the parent, which stops this process, and the notice about fonts, which it has given."""
    from simulation.drawing.fonts import NoChineseFontWarning

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", NoChineseFontWarning)


_known: dict[str, dict[str, float]] = {}


def _effects(spec: Scenario) -> dict[str, float]:
    from simulation.figures.switch_off import switch_off_effects

    _known[spec.digest] = switch_off_effects(spec, seeds=SEEDS)
    return _known[spec.digest]


def _draw(result: RunResult, folder: Path, lang: str, names: Sequence[str]) -> None:
    from simulation.figures import save_all

    save_all(result, folder, lang, switch_off=_known[result.spec.digest], names=names)
