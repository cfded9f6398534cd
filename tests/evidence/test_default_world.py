"""The default world against the findings: its runs meet them on cities that no search has met."""

from __future__ import annotations

import math

import pytest

from simulation.evidence import Calibration
from simulation.evidence.findings import finding_keys
from simulation.evidence.measuring import Measuring

CITIES = 40
#: Seeds beyond 0 to 2,999, those of the cities that the search draws from.
FIRST = 70_000


@pytest.fixture(scope="module")
def asked() -> Calibration:
    """All findings, measured at the default: the free parameter that a target file must name is not moved."""
    return Calibration.of({"findings": finding_keys(), "parameters": {"effect.gain": {"low": 20, "high": 60}}})


@pytest.fixture(scope="module")
def measured(asked: Calibration) -> dict[str, tuple[float, float]]:
    """Mean of each finding over fresh cities, and its standard error, weighted as the finding says."""
    task = Measuring(asked.settings, list(asked.targets.values()))
    rows = [task({}, FIRST + number) for number in range(CITIES)]
    found = {}
    for name, target in asked.targets.items():
        column, *weight = target.columns
        kept = [(row[column], row[weight[0]] if weight else 1.0) for row in rows if math.isfinite(row[column])]
        total = sum(share for _, share in kept)
        mean = sum(value * share for value, share in kept) / total
        spread = math.sqrt(sum((share * (value - mean)) ** 2 for value, share in kept)) / total
        found[name] = (mean, spread)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", finding_keys())
def test_the_default_world_meets_each_finding_on_fresh_cities(
    name: str, asked: Calibration, measured: dict[str, tuple[float, float]]
) -> None:
    target, (mean, error) = asked.targets[name], measured[name]
    # Forty cities tell a share of few trials to some .05 only; the set itself was checked on 300.
    assert error < 0.08
    assert target.low - target.tolerance - 2 * error <= mean <= target.high + target.tolerance + 2 * error
