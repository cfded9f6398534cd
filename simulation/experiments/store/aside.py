"""Runs set aside: finished ones that could not be committed wait in a file beside the store for the next sweep."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simulation.experiments.running.worker import FAILED, OK, TIMEOUT, Outcome
from simulation.files.errors import InputError, told

MOST_BYTES = 500_000_000
"""Largest file of runs set aside that is read."""


def aside_of(store: Path) -> Path:
    """Return the file in which a store's finished runs wait."""
    return store.with_name(f"{store.name}.unwritten")


def set_aside(store: Path, outcomes: Sequence[Outcome], identities: Mapping[int, str]) -> bool:
    """Add finished runs to the file beside the store; return False when it cannot be written either.

    Parameters
    ----------
    store : Path
        The store.
    outcomes : sequence of Outcome
        The runs.
    identities : mapping
        Number of a point to its identity: a run is taken over only by the very point that it ran.
    """
    try:
        with aside_of(store).open("a", encoding="utf-8") as file:
            for outcome in outcomes:
                known = identities.get(outcome.point)
                print(json.dumps({"identity": known, **outcome._asdict()}, ensure_ascii=False), file=file)
    except OSError:
        return False
    return True


def waiting_runs(store: Path) -> list[tuple[str, Outcome]]:
    """Return the runs that wait beside a store, each with the identity of its point.

    A last line that was cut off by the end of its sweep is left out.

    Raises
    ------
    InputError
        When the file holds something else.
    """
    path = aside_of(store)
    if not path.is_file():
        return []
    if path.stat().st_size > MOST_BYTES:
        raise _strange(path)
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    whole, found = lines[:-1], []
    for line in whole:
        try:
            found.append(_read(json.loads(line)))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            raise _strange(path) from None
    return found


def forget(store: Path) -> None:
    """Remove the file, whose runs are committed now."""
    with contextlib.suppress(OSError):
        aside_of(store).unlink()


def _read(given: dict[str, Any]) -> tuple[str, Outcome]:
    fields = {name: given[name] for name in Outcome._fields}
    outcome = Outcome(**fields)
    whole = all(isinstance(fields[name], int) for name in ("point", "replicate", "seed"))
    numbers = [*outcome.metrics.values(), outcome.seconds]
    numbers += [value for series in outcome.weekly.values() for value in series]
    if not whole or outcome.status not in (OK, FAILED, TIMEOUT) or not isinstance(given["identity"], str):
        raise ValueError
    if not all(value is None or isinstance(value, int | float) for value in numbers) or math.isnan(outcome.seconds):
        raise ValueError
    if not isinstance(outcome.host, str) or not isinstance(outcome.error, str | None):
        raise ValueError
    return given["identity"], outcome


def _strange(path: Path) -> InputError:
    return InputError(
        told("error.aside"),
        file=path,
        allowed=told("error.aside.allowed"),
    )
