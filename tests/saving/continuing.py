"""Runs that are stopped, saved, loaded and gone on with, for tests that compare them with runs that never stopped."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from simulation import MomentumModel, load_scenario
from simulation.saving import load_state, save_state
from simulation.saving.seal import EMPTY, seal
from simulation.saving.writing import HEADER, header_digest, in_words
from simulation.scenario import Scenario

#: Citizens that keep a run short; a province needs more for its communities.
FEW = {"classroom": 1600, "guangdong": 4000}


def small(name: str) -> Scenario:
    """Return a shipped scenario with few citizens."""
    return load_scenario(name).with_values({"structure.citizens": FEW.get(name, 600)})


def at(spec: Any, week: int, **options: Any) -> MomentumModel:
    """Return a model that has run so many weeks."""
    made = MomentumModel(spec, rng=5, **options)
    made.compute(week)
    return made


def end_of(model: MomentumModel, folder: Path) -> bytes:
    """Return all that a model has come to, as the bytes of its state."""
    return save_state(model, folder / "end.npz").read_bytes()


def stopped_at(spec: Any, week: int, folder: Path, **options: Any) -> MomentumModel:
    """Return a model that was saved in a week and loaded again."""
    return load_state(save_state(at(spec, week, **options), folder / "state.npz"))


def header_of(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        found: dict[str, Any] = json.loads(archive.read(HEADER))
    return found


def forged(file: Path, changes: dict[str, Any] | None = None, entries: dict[str, bytes | None] | None = None) -> Path:
    """Return a copy with other header values and entries (None leaves one out), with all digests made right again.

    It is what a stranger who knows the format can make.
    """
    made = file.with_name("forged.npz")
    header = header_of(file) | (changes or {})
    header["digest"] = header_digest(header)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        content: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
        content |= {HEADER: in_words(header)} | (entries or {})
        for name, part in content.items():
            if part is not None:
                new.writestr(name, part)
        new.comment = EMPTY
    seal(made)
    return made


def with_array(file: Path, name: str, array: np.ndarray[Any, Any]) -> Path:
    """Return a forged copy in which one array is another."""
    import hashlib
    import io

    stream = io.BytesIO()
    np.save(stream, array)
    said = {"shape": list(array.shape), "dtype": array.dtype.str, "sha256": hashlib.sha256(array.tobytes()).hexdigest()}
    arrays = header_of(file)["arrays"] | {name: said}
    return forged(file, {"arrays": arrays}, {f"{name}.npy": stream.getvalue()})


def array_of(file: Path, name: str) -> np.ndarray[Any, Any]:
    with np.load(file, allow_pickle=False) as content:
        return np.array(content[name])
