"""The problem on which searches are compared: known vectors of the real model at a small size, and what they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Calibration, Target
from simulation.evidence.worlds.measuring import Measurer

type Array = NDArray[np.float64]

TRUTHS, SEEDS = 12, 3
"""Known vectors; seeds of a search, each used for every third of them."""
CITIZENS, WEEKS = 600, 60
PRIORS = {
    "stages.settlement.convert": (0.0485, 0.194),
    "execution.q_half": (0.005, 0.02),
    "execution.w_need": (0.5, 2.0),
    "execution.noise": (0.25, 1.0),
    "effect.gain": (15.0, 60.0),
    "execution.w_press": (1.5, 6.0),
    "transmission.rivalry_units": (0.2, 0.8),
    "execution.w_effort": (0.235, 0.94),
}
"""Ends of the range of each free parameter; even on the log scale."""
DRAWS: dict[str, Any] = {
    "counties": {"low": 4, "high": 6, "integer": True},
    "towns": {"low": 3, "high": 5, "integer": True},
    "domains": {"low": 3, "high": 5, "integer": True},
    # Cities that differ in less than ordinary ones do: fewer of them tell as much.
    "stages.authority.rank": False,
    "stages.authority.meetings_per_year": False,
    "instruction.intensity": False,
    "instruction.wording": False,
    "execution.oversight": False,
    "execution.capacity": False,
}
FINDINGS = {
    "substantive": ("cities", "substantive", None, 0.04),
    "effectiveness": ("cities", "effectiveness", None, 0.007),
    "reports": ("cities", "true_sum / reported_sum", "reported_sum", 0.01),
    "zhaoqing-effectiveness": ("zhaoqing", "effectiveness", None, 0.007),
    "zhaoqing-substantive": ("zhaoqing", "substantive", None, 0.03),
}
"""Key to setting, expression, weight and tolerance."""
ALL_CITIES = 1_000_000
"""Seeds that fresh cities are drawn from: none is met twice."""


def asked(seed: int) -> Calibration:
    """Return settings, priors and expressions; the findings' values are those of each truth, see ``findings``."""
    size = {"structure.citizens": CITIZENS, "weeks": WEEKS}
    targets = {
        key: {"setting": setting, "expression": expression, "value": 0.0, "tolerance": tolerance, "source": "truth"}
        | ({} if weight is None else {"weight": weight})
        for key, (setting, expression, weight, tolerance) in FINDINGS.items()
    }
    return Calibration.of(
        {
            "calibration": {"seed": seed},
            "parameters": {name: {"low": low, "high": high, "scale": "log"} for name, (low, high) in PRIORS.items()},
            "settings": {
                "cities": {"ensemble": DRAWS, "values": size},
                "zhaoqing": {"scenario": "zhaoqing", "values": size},
            },
            "targets": targets,
        }
    )


class Runs:
    """Runs vectors of the unit cube; a stopped measurement finds its runs again.

    Parameters
    ----------
    folder : Path
        Gets the stores.
    stage : str
        Part of the measurement; another one has other cities.
    each : (int, int)
        Runs per vector among cities and in Zhaoqing.
    cities : int
        Cities that each vector's are drawn from.
    seed : int
        Of the cities.
    """

    def __init__(self, folder: Path, stage: str, each: tuple[int, int], cities: int, seed: int = 0) -> None:
        self.each = sum(each)
        by_setting: Mapping[str, int] = dict(zip(("cities", "zhaoqing"), each, strict=True))
        folder.mkdir(parents=True, exist_ok=True)
        self._measurer = Measurer(asked(seed), folder, stage, by_setting, cities, workers=0, progress="quiet")

    def __call__(self, unit: Array) -> tuple[Array, Array]:
        """Return means and standard errors, both of shape (vectors, findings)."""
        return self._measurer(self._measurer.values(unit))


def truth(number: int) -> Array:
    """Return a vector drawn from the prior, shape (parameters,)."""
    return np.random.default_rng([2026, number]).random(len(PRIORS))


def findings(number: int, means: Array) -> list[Target]:
    """Return what is found under a truth: its means, each with an error drawn evenly from within its tolerance.

    The tolerance says that a finding may be so far off. Without the error, searches would have it too easy.
    """
    off = np.random.default_rng([2026, number, 1]).uniform(-1, 1, len(means))
    found = []
    for target, mean, part in zip(asked(0).targets.values(), means, off, strict=True):
        value = float(mean + part * target.tolerance)
        found.append(replace(target, low=value, high=value))
    return found
