"""The scenario inside a saved state: it needs no file but a shipped one, and leads to no other."""

from __future__ import annotations

import functools
import hashlib
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from simulation.files.errors import InputError, told
from simulation.files.reading import bounded
from simulation.files.shipped import shipped_folder
from simulation.scenario import Scenario
from simulation.scenario.structure_file import is_shipped


def told_scenario(spec: Scenario) -> dict[str, Any]:
    """Return what the header says of a scenario; the content of a user's own structure is an entry of its own."""
    values = spec.to_dict()
    place = spec.structure_path
    if place is not None and is_shipped(place):
        inside = place.resolve().relative_to(shipped_folder().resolve()).as_posix()
        values = values | {"structure": values["structure"] | {"file": inside}}
    original = spec._original
    return {
        "scenario_name": spec.name,
        "scenario": values,
        "origins": {key: origin for key, origin in spec.origins.items() if origin != "default"},
        "scenario_digest": spec.digest,
        "original": {} if original is None else original.to_dict(),
        "own_structure": spec.own_structure is not None,
    }


def scenario_from(header: dict[str, Any], structure: bytes | None) -> Scenario:
    """Return the scenario that a header tells of; of files it reads shipped structures alone.

    Parameters
    ----------
    header : dict
        As `told_scenario` made it, in this process or elsewhere.
    structure : bytes or None
        The content of a structure of the user's own.

    Raises
    ------
    InputError
        When it cannot be used, or leads to a file that did not come with the package.
    """
    values = bounded(header["scenario"])
    given = values.get("structure", {}).get("file")
    folder = shipped_folder()
    if structure is not None:
        name = _plain_name(given)
        folder = _kept() / hashlib.sha256(structure).hexdigest()[:16]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(structure)
        values["structure"]["file"] = name
    elif given is not None and not (isinstance(given, str) and _shipped(given)):
        problem = told("error.shared.outside")
        raise InputError(problem, key="structure.file", given=given, allowed=told("error.state.structure"))
    spec = Scenario.build(values, name=header["scenario_name"], origins=header["origins"], base_folder=folder)
    if header["original"]:
        # Only its values count, for `Scenario.overrides`: no file of its own is ever looked for.
        original = bounded(header["original"])
        spec._original = Scenario.build(original, name=spec.name, origins={}, base_folder=folder)
    if spec.digest != header["scenario_digest"]:
        raise InputError(told("error.state.scenario"), allowed=told("error.state.again"))
    return spec


def _plain_name(given: object) -> str:
    """Return the user's relative path where it stays in its folder, else a name of ours."""
    parts = PurePosixPath(given).parts if isinstance(given, str) else ()
    kept = all(part.strip(".") and not set(part) & set('\\/:*?"<>|\0') for part in parts)
    return str(given) if kept and 0 < len(parts) < 9 and len(str(given)) < 200 else "structure.csv"


def _shipped(given: str) -> bool:
    try:
        return is_shipped(shipped_folder() / given)
    except (OSError, ValueError):
        return False


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="wushi-structures-", ignore_cleanup_errors=True)


def _kept() -> Path:
    """Return the folder that holds structures out of states for as long as this process lives."""
    return Path(_folder().name)
