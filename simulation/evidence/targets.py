"""Findings to be met, and a calibration: findings, where in the model each is measured, parameters that may move."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulation.evidence.expression import Expression
from simulation.evidence.measuring import Setting
from simulation.experiments.design.distributions import Range


@dataclass(frozen=True)
class Target:
    """A finding to be met.

    Parameters
    ----------
    name : str
        Key in the file; also the column of the store.
    setting : str
        Where it is measured.
    expression : Expression
        What is measured in each run; the finding is about its mean over runs.
    low, high : float
        What was found: a range, or one value twice. Either may be infinite, not both.
    tolerance : float
        How far outside the range is still good enough, above 0, in the expression's unit.
    source : str
        Where the finding comes from.
    claim : dict
        The finding in words, by language.
    """

    name: str
    setting: str
    expression: Expression
    low: float
    high: float
    tolerance: float
    source: str
    claim: dict[str, str] = field(default_factory=dict)

    def distance(self, value: float) -> float:
        """Return how far a value lies outside the range, in tolerances: 0 inside, infinite for NaN."""
        if math.isnan(value):
            return math.inf
        return max(self.low - value, value - self.high, 0.0) / self.tolerance

    @property
    def spec(self) -> dict[str, Any]:
        """Plain data that says what the finding is."""
        numbers = [None if math.isinf(end) else end for end in (self.low, self.high)]
        return {
            "setting": self.setting, "expression": self.expression.text, "range": numbers, "tolerance": self.tolerance
        }  # fmt: skip


@dataclass(frozen=True)
class Calibration:
    """What a target file says. Build it with ``Calibration.of``.

    Parameters
    ----------
    name : str
        Names the default store.
    parameters : dict of str to Range
        Priors of the free parameters.
    settings : dict of str to Setting
        Where things are measured; empty when a task of one's own returns the targets itself.
    targets : dict of str to Target
        The findings.
    seed, keep, replicates, budget : int
        Seed; number of good-enough vectors wanted; runs a vector in each setting; most vectors to try.
    check_vectors, check_replicates : int
        Vectors and fresh runs of each for the posterior-predictive check.
    """

    name: str
    parameters: dict[str, Range]
    settings: dict[str, Setting]
    targets: dict[str, Target]
    seed: int = 0
    keep: int = 60
    replicates: int = 8
    budget: int = 480
    check_vectors: int = 20
    check_replicates: int = 24
    title: dict[str, str] = field(default_factory=dict)
    file: str | None = None

    @classmethod
    def of(cls, given: Calibration | str | Path | Mapping[str, Any]) -> Calibration:
        """Return the calibration that a path, a shipped name, a dict in the file's form or a Calibration describes.

        Raises
        ------
        InputError
            When the file cannot be read or says something that is not understood.
        """
        from simulation.evidence.target_file import find, parse, read

        if isinstance(given, Calibration):
            return given
        if isinstance(given, Mapping):
            return parse(given, None)
        path = find(given, None)
        return parse(read(path), path)

    def replace(self, **changes: Any) -> Calibration:
        """Return the calibration with some of its fields changed."""
        return replace(self, **changes)


def shipped_targets() -> list[str]:
    """Return the names of the shipped target files."""
    from simulation.evidence.target_file import targets_folder

    return sorted(path.stem for path in targets_folder().glob("*.toml"))
