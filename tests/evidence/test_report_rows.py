"""Rows of the report on a calibration."""

from __future__ import annotations

import math

import pytest

from simulation.evidence.report import bounds


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-math.inf, 3.0, "≤ 3"), (0.5, math.inf, "≥ 0.5"), (2.0, 2.0, "2"), (-1.0, 2.0, "−1 … 2")],
)
def test_a_range_open_below_is_a_bound(low, high, text):
    assert bounds(low, high) == text
