"""From a scenario to the folder of a run: the data first, whole or not at all; then pictures and report."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.drawing.progress import bar
from simulation.report.run_pictures import DEFAULT, REPORT, RESOLUTION, draw_pictures
from simulation.text import say

if TYPE_CHECKING:
    from simulation.experiments.fans import Fan
    from simulation.results import RunResult
    from simulation.scenario import Scenario


@dataclass(frozen=True)
class Made:
    """A run that was written.

    Attributes
    ----------
    result : RunResult
        The run; its data are in the folder.
    failed : dict
        Name of a picture, or of the report, to the error that kept it from being written.
    fan : Fan or None
        The run among other seeds, where these were asked for.
    """

    result: RunResult
    failed: dict[str, Exception] = field(default_factory=dict)
    fan: Fan | None = None


class FanInterrupted(KeyboardInterrupt):
    """An interrupt among the other seeds: the data of the one run are in the folder."""


def compiled_before() -> bool:
    """Tell whether compiled code of the model lies in its usual place."""
    import numba

    import simulation

    elsewhere = str(getattr(numba.config, "CACHE_DIR", ""))
    own = Path(simulation.__file__).parent / "__pycache__"
    folders = [Path(elsewhere)] if elsewhere else [own]
    return any(next(folder.rglob("steps.*.nbi"), None) for folder in folders)


def make_run_folder(
    spec: Scenario,
    seed: int,
    folder: Path,
    *,
    lang: str,
    format: str = "csv",
    figures: Sequence[str] = DEFAULT,
    dpi: float = RESOLUTION,
    threads: int = 1,
    saved: Callable[[RunResult], None] = lambda _: None,
    seeds: int | None = None,
    fanned: Callable[[Fan], None] = lambda _: None,
    until: int | None = None,
) -> Made:
    """Run a scenario and write data, pictures and report into a folder.

    Parameters
    ----------
    spec : Scenario
        The scenario.
    seed : int
        Seed of all draws.
    folder : Path
        New, empty, or with earlier results, which are replaced as soon as the data are complete.
    lang : {'en', 'zh'}
        Language of pictures, report and progress.
    format : {'csv', 'parquet'}
        Format of the tables.
    figures : sequence of str
        Formats of the pictures; without any there is no picture and no report.
    dpi : float
        Dots per inch of a PNG.
    threads : int
        Most threads of the run; results do not depend on it.
    saved : callable
        Called with the run when its data are in the folder, before the first picture is drawn.
    seeds : int, optional
        Run the scenario under so many seeds, from ``seed`` on, and write the files of the fan too.
    fanned : callable
        Called with the fan when its files are in the folder.
    until : int, optional
        Stop after so many weeks, and save the state beside the data.

    Returns
    -------
    Made
        The run that was written, and the pictures that could not be.

    Raises
    ------
    InputError
        For a folder that holds something of somebody else, and for a format that cannot be written here.
    FanInterrupted
        On an interrupt among the other seeds.
    """
    from simulation.files.output import fresh_folder

    if not compiled_before():
        print(say("cli.compiling", lang), file=sys.stderr)
    from simulation.experiments.branching import STATE
    from simulation.results import check_format, run
    from simulation.saving import save_state

    check_format(format)
    with bar(say("cli.running", lang, title=spec.title.label(lang))) as update:
        result = run(spec, seed, until=until, threads=threads, progress=update)
    with fresh_folder(folder) as made:
        result.write(made, format)
        if until is not None:
            save_state(result.model, made / STATE)
    place = folder.resolve()
    mine = _identity(place)
    saved(result)
    fan = None
    if seeds is not None:
        fan = _fan(result, seeds, lang, threads)
        if _identity(place) == mine:
            fan.save(place)
        fanned(fan)
    if not figures:
        return Made(result, fan=fan)
    from simulation.drawing.fonts import announce

    announce(lang)
    with _beside(place) as made, bar(say("cli.drawing", lang), after=0.0) as update:
        failed = draw_pictures(result, made, lang, formats=figures, dpi=dpi, progress=update, fan=fan)
        for name in ("figures", REPORT):
            # Another run may have put its folder here meanwhile; then these pictures are not of what lies there.
            if (made / name).exists() and _identity(place) == mine:
                (made / name).replace(place / name)
    return Made(result, failed, fan)


def _fan(result: RunResult, seeds: int, lang: str, threads: int) -> Fan:
    """Run the scenario of a run under further seeds too."""
    from simulation.experiments.fans import fan

    try:
        with bar(say("cli.fan.running", lang)) as update:
            return fan(seeds=seeds, seed=result.seed, own=result, workers=threads, progress=update)
    except KeyboardInterrupt:
        raise FanInterrupted from None


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one of the same name; None where there is none."""
    with contextlib.suppress(OSError):
        found = folder.stat()
        return found.st_dev, found.st_ino
    return None


@contextlib.contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder beside another; it is gone after the block, or, after a kill, with the next run's end."""
    from simulation.files.leftovers import marked

    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with marked(made):
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
