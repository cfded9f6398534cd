"""From a scenario to the folder of a run: data, pictures and report, with progress."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.drawing.progress import bar
from simulation.text import say

if TYPE_CHECKING:
    from simulation.results import RunResult
    from simulation.scenario import Scenario


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
    figures: bool = True,
    threads: int = 1,
) -> RunResult:
    """Run a scenario and write data, pictures and report into a folder, whole or not at all.

    Parameters
    ----------
    spec : Scenario
        The scenario.
    seed : int
        Seed of all draws.
    folder : Path
        New, empty, or with earlier results, which are replaced.
    lang : {'en', 'zh'}
        Language of pictures, report and progress.
    format : {'csv', 'parquet'}
        Format of the tables.
    figures : bool
        Draw the pictures and write the report.
    threads : int
        Most threads of the run; results do not depend on it.

    Returns
    -------
    RunResult
        The run that was written.

    Raises
    ------
    InputError
        For a folder that holds something of somebody else.
    """
    from simulation.files.output import fresh_folder

    if not compiled_before():
        print(say("cli.compiling", lang), file=sys.stderr)
        helper = False
    else:
        helper = figures
    with contextlib.ExitStack() as stack:
        from simulation.report.run_pictures import RunPictures, run_pictures

        # While nothing is compiled yet, two processes would compile the same code twice.
        helped = stack.enter_context(run_pictures(spec, lang)) if helper else RunPictures(spec, lang)
        from simulation.drawing.fonts import announce
        from simulation.results import run

        with bar(say("cli.running", lang, title=spec.title.label(lang))) as update:
            result = run(spec, seed, threads=threads, progress=update)
        with fresh_folder(folder) as made:
            result.write(made, format)
            if figures:
                announce(lang)
                if sys.stderr.isatty():
                    print(say("cli.drawing", lang), file=sys.stderr)
                helped.draw(result, made)
    return result
