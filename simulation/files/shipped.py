"""The files that come with the package, and the way from a name to its file."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.reading import stands


@functools.cache
def shipped_folder() -> Path:
    """Return the folder of the shipped scenarios: in the package (wheel) or beside it (checkout).

    Subfolders hold what else is shipped: ``hypotheses``, ``structures``, ``sweeps``, ``targets``.
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "_scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def find_file(given: str | Path, folder: Path, names: Sequence[str], problem: str, asker: Path | None = None) -> Path:
    """Return the path of a user's TOML file, or of the shipped one of that name.

    Parameters
    ----------
    given : str or Path
        What the user wrote: a shipped name, or a path.
    folder : Path
        Where the shipped ones lie.
    names : sequence of str
        Names of the shipped ones.
    problem : str
        Says that there is none.
    asker : Path, optional
        The file that names the other one; relative paths start beside it.

    Raises
    ------
    InputError
        For a word without an ending that is neither a shipped name nor a path to anything.
    """
    path = Path(given) if asker is None else asker.parent / given
    if path.suffix or stands(path):
        return path
    if str(given) not in names:
        raise InputError(
            problem,
            file=asker,
            given=str(given),
            allowed=told("error.path_or_name", names=listed(names)),
            suggestion=nearest(str(given), names),
        )
    return folder / f"{given}.toml"
