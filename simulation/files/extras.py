"""Optional parts of the program: what is missing for one of them, and the line that installs it anywhere.

Every message about a missing optional library comes from here. A caller says what it needs before any work is done::

    require_extra("parquet", "the format Parquet", key="--format", given="parquet", otherwise="csv")
"""

from __future__ import annotations

import importlib.util
import shlex
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from simulation.files.errors import InputError, listed, told

PROJECT = "wushi"
ROOT = Path(__file__).resolve().parents[2]


def require_extra(
    extra: str, purpose: str, *, key: str | None = None, given: object = None, otherwise: str | None = None
) -> None:
    """Raise an error that names the line to type, unless everything that an extra of the package needs is installed.

    Parameters
    ----------
    extra : str
        An extra of ``pyproject.toml``, such as ``app`` or ``parquet``.
    purpose : str
        What needs it, as the subject of a sentence: "the page"; made by `told`, it is said in every language.
    key, given : optional
        The option or key that asked for it, and the value given there.
    otherwise : str, optional
        What the user may give instead.

    Raises
    ------
    InputError
        When a library of the extra is not installed.
    """
    absent = missing(extra)
    if absent:
        names = listed(absent, "and")
        allowed = told("error.extra.after", line=install_line(extra))
        raise InputError(
            told("error.extra.needed", purpose=purpose, names=names),
            key=key,
            given=given,
            allowed=told("error.extra.or", otherwise=otherwise, install=allowed) if otherwise else allowed,
        )


def missing(extra: str) -> list[str]:
    """Return the names of the packages of an extra that are not installed; extras of those packages count too."""
    return sorted({name for wanted in requirements(extra) for name in _absent(wanted)})


def install_line(extra: str) -> str:
    """Return the command that installs an extra into this very Python.

    The command names the libraries themselves, not this package. So it works for a clone and for an installed wheel,
    before a release and after it, and whether or not the environment is active.
    """
    python = _python()
    pip = [python, "-m", "pip"] if importlib.util.find_spec("pip") else ["uv", "pip"]
    into = [] if pip[0] == python else ["--python", python]
    return _typed([*pip, "install", *into, *(_plain(wanted) for wanted in requirements(extra))])


def requirements(extra: str) -> list[Requirement]:
    """Return what an extra of this package asks for, on this platform."""
    try:
        return _asked(PROJECT, extra)
    except PackageNotFoundError:
        # The folder was put on the path and never installed.
        lines = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        found = [Requirement(line) for line in lines["project"]["optional-dependencies"].get(extra, [])]
        return [wanted for wanted in found if wanted.marker is None or wanted.marker.evaluate()]


def _asked(package: str, extra: str) -> list[Requirement]:
    found = [Requirement(line) for line in distribution(package).requires or []]
    return [
        wanted
        for wanted in found
        if wanted.marker and wanted.marker.evaluate({"extra": extra}) and not wanted.marker.evaluate({"extra": ""})
    ]


def _absent(wanted: Requirement) -> list[str]:
    try:
        distribution(wanted.name)
    except PackageNotFoundError:
        return [wanted.name]
    return [name for extra in wanted.extras for more in _asked(wanted.name, extra) for name in _absent(more)]


def _plain(wanted: Requirement) -> str:
    extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
    return f"{wanted.name}{extras}{wanted.specifier}"


def _python() -> str:
    """Return this Python as a user would type it here: from the present folder where it lies below it."""
    here = Path(sys.executable)
    try:
        return str(here.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(here)


def _typed(words: list[str]) -> str:
    if sys.platform == "win32":
        return " ".join(f'"{word}"' if set(word) & set(" <>[]") else word for word in words)
    return shlex.join(words)
