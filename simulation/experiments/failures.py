"""Failed runs by reason: how many, why, and one of them as an example."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulation.experiments.running.worker import OK

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = re.compile(r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_GIVEN = re.compile(r"\(given: [^()]*\)")
_LONGEST = 100
"""Longest word of an example that is shown whole."""


@dataclass
class Failure:
    """Runs that failed for one reason.

    Attributes
    ----------
    reason : str
        The error of the first of them; those of the others differ from it in numbers only.
    runs : int
        Their number.
    example : dict
        The first of them: name of a factor, or ``replicate``, to its value.
    """

    reason: str
    runs: int
    example: dict[str, Any]

    @property
    def words(self) -> str:
        """The example in words: ``factor = value, replicate = 3``."""
        return ", ".join(f"{name} = {_short(value)}" for name, value in self.example.items())


def reason_of(error: str) -> str:
    """Return what an error has in common with others of one reason: all but its numbers and the value it refuses."""
    return _NUMBER.sub("#", _GIVEN.sub("", error))


def by_reason(failed: Iterable[tuple[str, dict[str, Any]]]) -> list[Failure]:
    """Return failed runs by reason, the most frequent first.

    Parameters
    ----------
    failed : iterable of (str, dict)
        The error of each run, and its factors' values.
    """
    found: dict[str, Failure] = {}
    for error, example in failed:
        found.setdefault(reason_of(error), Failure(error, 0, example)).runs += 1
    return sorted(found.values(), key=lambda failure: -failure.runs)


def failures(runs: pd.DataFrame, factors: Sequence[str] = ()) -> list[Failure]:
    """Return the failed runs of a table by reason.

    Parameters
    ----------
    runs : DataFrame
        One row per run, with ``status``, ``error``, and ``replicate`` where there is one.
    factors : sequence of str
        Columns that tell the example.
    """
    shown = [name for name in (*factors, "replicate") if name in runs]
    rows = runs.loc[runs["status"] != OK, ["status", "error", *shown]]
    return by_reason(
        (error if isinstance(error, str) and error else str(status), dict(zip(shown, values, strict=True)))
        for status, error, *values in rows.itertuples(index=False, name=None)
    )


def _short(value: Any) -> str:
    plain = value.item() if hasattr(value, "item") else value
    text = f"{plain:g}" if isinstance(plain, float) else str(plain)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
