"""Saving a model's state: one file, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation._version import EDITION, __version__
from simulation.citizens.network import GRAPH
from simulation.files.code import digest_of_code
from simulation.files.errors import InputError, told
from simulation.files.output import TOOL, whole_file
from simulation.model import MomentumModel
from simulation.saving import parts
from simulation.saving.drawn import changed_by_hand, ground_digest
from simulation.saving.scenario import told_scenario
from simulation.saving.seal import EMPTY, seal
from simulation.saving.streams import head_of, pieces, shrinks

FORMAT = 1
HEADER, STRUCTURE = "header.json", "structure.csv"
#: The code that a state goes on with: another line there, and the run would be neither the old nor the new one.
ROOMS = (
    "agents", "citizens", "compute", "ledger", "places", "saving", "scenario", "stages", "world",
    "interventions.py", "metrics.py", "model.py", "record.py", "schedule.py", "steps.py",
)  # fmt: skip
#: The earliest time that an archive can tell, so that two states of one model are the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
_LEVEL = 1  # literal: zlib's fastest


def save_state(model: MomentumModel, path: str | Path) -> Path:
    """Save a model as it is between two weeks; the model is left as it was.

    The file is a zip archive of arrays in numpy's own format, as ``numpy.savez`` writes them, and of a header in JSON.
    It holds what changes in a run; `load_state` makes the rest anew from the scenario and the seed in the header.
    Columns of citizens that were changed by hand, and a network that was given, are saved too. The same model gives
    the same bytes.

    Not saved are what is not the model's own: subclasses and their attributes, attributes that a user gave to agents,
    Mesa's data collectors, schedules and generators of random numbers, the number of threads. A world that was changed
    by hand is not saved either (but for what changes alter in it), and `load_state` refuses the file then.

    Parameters
    ----------
    model : MomentumModel
        The model, after any number of weeks.
    path : path
        The file, by convention ``state.npz``. One that stands there is replaced.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    path = Path(path)
    try:
        with whole_file(path) as made:
            _write(model, made)
            seal(made)
    except InputError as error:
        raise error.replaced(key=None) from None
    except OSError as error:
        raise InputError(told("error.unwritable", reason=error.strerror or error), file=path) from None
    except ValueError as error:
        if "null" not in str(error):
            raise
        raise InputError(told("error.not_a_path"), file=path) from None
    return path


def _write(model: MomentumModel, made: Path) -> None:
    people = model.population
    changed, given = changed_by_hand(model), people.contacts.kind == GRAPH
    saved = {
        **parts.changing(model),
        **{f"citizens.{name}": getattr(people, name) for name in changed},
    }
    numbers = parts.packed(model.numbers)
    if not np.array_equal(numbers, parts.packed(parts.held_in(model).numbers)):
        saved[parts.NUMBERS] = numbers
    if given:
        saved |= {f"network.{name}": getattr(people.contacts, name) for name in ("indptr", "neighbour")}
    header = {
        "tool": TOOL,
        "kind": "state",
        "format": FORMAT,
        "version": __version__,
        "edition": EDITION,
        "code": digest_of_code(ROOMS),
        "seed": int(model.seed),
        "week": int(model.week),
        **told_scenario(model.spec),
        "ground": ground_digest(model, changed),
        "citizens": changed,
        "network": given,
        "data": {name: tell(model) for name, (tell, _) in parts.DATA.items()},
    }
    structure = model.spec.own_structure
    with zipfile.ZipFile(made, "w") as archive:
        header["arrays"] = {name: _write_array(archive, name, array) for name, array in saved.items()}
        if structure is not None:
            archive.writestr(_entry(STRUCTURE), structure, compresslevel=_LEVEL)
        archive.writestr(_entry(HEADER), in_words(header | {"digest": header_digest(header)}), compresslevel=_LEVEL)
        archive.comment = EMPTY


def _write_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> dict[str, Any]:
    """Write an array piece by piece, and return what the header says of it."""
    array = np.asarray(array)
    head = head_of(array.shape, array.dtype)
    entry = _entry(f"{name}.npy", shrinks(array))
    entry.file_size = len(head) + array.nbytes
    found = hashlib.sha256()
    with archive.open(entry, "w", force_zip64=entry.file_size >= 1 << 31) as stream:
        stream.write(head)
        for piece in pieces(array):
            stream.write(piece)
            found.update(piece)
    return {"shape": list(array.shape), "dtype": array.dtype.str, "sha256": found.hexdigest()}


def _entry(name: str, compressed: bool = True) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.create_system = 3  # literal: the same bytes on every system
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # `ZipFile.open` has no argument for it
    return entry


def in_words(header: dict[str, Any]) -> bytes:
    """Return a header as JSON."""
    return json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def header_digest(header: dict[str, Any]) -> str:
    """Return the SHA-256 of a header without its own digest."""
    return hashlib.sha256(in_words({key: value for key, value in header.items() if key != "digest"})).hexdigest()
