"""From a run's folder to a branch of it: the future's own folder, and the tree that it belongs to; all or nothing."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.drawing.progress import bar
from simulation.experiments.branching import Parent, model_at, went_on
from simulation.experiments.futures import Futures, same_future, saved_futures
from simulation.experiments.running.interrupts import held_back
from simulation.experiments.trunk import ORIGIN, TABLE, Trunk
from simulation.files.errors import InputError, told
from simulation.files.leftovers import marked, remove_leftovers
from simulation.files.output import check_target, fresh_folder
from simulation.files.reading import stands
from simulation.report.alone import alone_in
from simulation.report.branch_place import check_name, check_place, has_like
from simulation.report.futures import FILES, STEM, write_futures
from simulation.report.run_folder import compiled_before
from simulation.report.run_pictures import DEFAULT, RESOLUTION, draw_pictures
from simulation.results import RunResult, check_format
from simulation.text import say

if TYPE_CHECKING:
    from simulation.scenario import Scenario


@dataclass(frozen=True)
class MadeBranch:
    """A branch that was written.

    Attributes
    ----------
    result : RunResult
        The future.
    before : dict of str to float
        Every metric at the end of the run that went on unchanged.
    futures : Futures
        The tree that it belongs to.
    failed : dict
        Name of a picture, or of the report, to the error that kept it from being written.
    """

    result: RunResult
    before: Mapping[str, float]
    futures: Futures
    failed: dict[str, Exception] = field(default_factory=dict)


def check_free(folder: Path, name: str, spec: Scenario, seed: int) -> None:
    """Raise InputError where another future, or something else, has a name in a folder; suggest a free one."""
    place = folder / name
    check_target(place)
    like = has_like(folder, name)
    if not like and (not stands(place) or not any(place.iterdir())):
        return
    with contextlib.suppress(InputError):  # a folder of ours that cannot be read is another future's as well
        there = RunResult.load(place)
        if not like and "branch" in there.provenance and same_future(spec, seed, there):
            return
    number = 2
    while stands(folder / f"{name}-{number}") or has_like(folder, f"{name}-{number}"):
        number += 1
    allowed = told("error.branch.taken.allowed", name=f"{name}-{number}")
    raise InputError(told("error.branch.taken", folder=folder), key="--name", given=name, allowed=allowed)


def make_branch(
    parent: Parent,
    spec: Scenario,
    week: int,
    folder: Path,
    name: str,
    *,
    lang: str,
    format: str = "csv",
    figures: Sequence[str] = DEFAULT,
    dpi: float = RESOLUTION,
    threads: int = 1,
) -> MadeBranch:
    """Let a run go on from a week, and write this future and the tree with it into a folder.

    Parameters
    ----------
    parent : Parent
        The run.
    spec : Scenario
        Its scenario, with further changes or none (`simulation.experiments.branching.branched`).
    week : int
        The week of the branch.
    folder : Path
        The folder of the tree; the future gets a folder of its own in it.
    name : str
        Name of the future. A folder of that name is replaced where it is this very future.
    lang : {'en', 'zh'}
        Language of pictures, pages and progress.
    format : {'csv', 'parquet'}
        Format of the future's tables.
    figures : sequence of str
        Formats of the pictures of the future and of the tree; without any there are neither pictures nor pages.
    dpi : float
        Dots per inch of a PNG.
    threads : int
        Most threads; results do not depend on it.

    Raises
    ------
    InputError
        A name that cannot be used or is taken, a folder of a run, of another run's futures or of somebody else's files,
        or one that another process goes on writing to, a state that cannot be used.
    """
    check_format(format)
    check_name(name)
    trunk, _ = _standing(folder, name, spec, parent)
    if not compiled_before():
        print(say("cli.compiling", lang), file=sys.stderr)
    result, unchanged = _computed(parent, spec, week, trunk, lang, threads)
    with _as_it_was(folder), alone_in(folder, lang):
        # Another process may have put a future there since.
        trunk, others = _standing(folder, name, spec, parent)
        futures = Futures.on(trunk or unchanged, {**others, name: result})
        failed = _write(result, futures, folder, name, lang, format, figures, dpi)
    return MadeBranch(result, unchanged.ends, futures, failed)


def _standing(folder: Path, name: str, spec: Scenario, parent: Parent) -> tuple[Trunk | None, dict[str, RunResult]]:
    """Return the unchanged run and the other futures of a folder.

    Raises
    ------
    InputError
        The name is taken there, or the folder is a run's, or it holds another run's futures or somebody else's files.
    """
    seed = parent.result.seed
    check_place(folder)
    check_free(folder, name, spec, seed)
    whole = stands(folder / ORIGIN) and stands(folder / TABLE)
    trunk = Trunk.load(folder, spec) if whole else None
    if trunk is not None and not trunk.bears(parent.result.spec, seed):
        raise InputError(told("error.futures.of_others"), file=folder, allowed=told("error.futures.of_others.allowed"))
    return trunk, {other: result for other, result in saved_futures(folder).items() if other != name}


def _computed(
    parent: Parent, spec: Scenario, week: int, trunk: Trunk | None, lang: str, threads: int
) -> tuple[RunResult, Trunk]:
    """Return the future, and its parent's run as it goes on unchanged, which is computed only where nobody has it."""
    words = say("cli.branch.running", lang, title=spec.title.label(lang), week=week)
    with bar(words) as update:
        model = model_at(parent, week, threads, update)
        known = _known(parent, trunk)
        twin = model.branch() if known is None and spec is not parent.result.spec else None
        result = went_on(model, parent, spec, week, update)
        if known is None:
            known = Trunk.of(result if twin is None else went_on(twin, parent, parent.result.spec, week, update))
    return result, known


def _known(parent: Parent, trunk: Trunk | None) -> Trunk | None:
    """Return the parent's run to its end, where it came there itself or the folder of the tree keeps it."""
    if parent.complete:
        return Trunk.of(parent.result, parent.weekly)
    same = trunk is not None and trunk.spec.digest == parent.result.spec.digest
    return trunk if same and trunk is not None and trunk.weekly.head(parent.weeks).equals(parent.weekly) else None


def _write(
    result: RunResult,
    futures: Futures,
    folder: Path,
    name: str,
    lang: str,
    format: str,
    figures: Sequence[str],
    dpi: float,
) -> dict[str, Exception]:
    """Write everything beside its place, and put it there at once: an interrupt leaves the folder as it was."""
    from simulation.drawing.fonts import announce

    announce(lang)
    with contextlib.ExitStack() as writing:
        tree = writing.enter_context(_staged(folder))
        made = writing.enter_context(fresh_folder(folder / name))  # its place is taken first, the tree's files follow
        result.write(made, format)
        failed: dict[str, Exception] = {}
        if figures:
            with bar(say("cli.drawing", lang), after=0.0) as update:
                failed = draw_pictures(result, made, lang, formats=figures, dpi=dpi, progress=update)
        write_futures(futures, tree, lang, figures, dpi)
        with held_back():
            writing.close()
    return failed


@contextlib.contextmanager
def _as_it_was(folder: Path) -> Iterator[None]:
    """Remove the folders that were made on the way to a folder when the block ends badly."""
    new = [place for place in (folder, *folder.parents) if not stands(place)]
    try:
        yield
    except BaseException:
        for place in new:
            with contextlib.suppress(OSError):  # whatever is in it by now is somebody else's
                place.rmdir()
        raise


@contextlib.contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder whose files go to the folder around it when the block ends well."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{STEM}-", dir=folder, ignore_cleanup_errors=True) as hidden:
            made = Path(hidden)
            with marked(made):
                yield made
            for name in FILES:
                if (made / name).is_file():
                    (made / name).replace(folder / name)
                elif (folder / name).is_file():  # an earlier picture, of a tree that has grown since
                    (folder / name).unlink()
        remove_leftovers(folder / STEM)
    except OSError as problem:
        reason = problem.strerror or problem
        raise InputError(told("error.output.unwritable_because", reason=reason), file=folder, key="--out") from problem
