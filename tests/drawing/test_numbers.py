"""Every style in which a number is written keeps to what its name says, where numbers are not defined too."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import simulation
from simulation.drawing import numbers

HOUSE = Path(simulation.__file__).parent
WRITERS = ("command", "report", "hypotheses/report.py", "evidence/report.py", "experiments/pictures")


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        (numbers.amount, 99.96, "100.0"),
        (numbers.amount, 0.1, "0.10"),
        (numbers.amount, 0.0123, "0.012"),
        (numbers.amount, 0.0004, "<0.001"),
        (numbers.momentum, 99.96, "100"),
        (numbers.momentum, 0.01234, "0.0123"),
        (numbers.momentum, 1234.5, "1234"),
        (numbers.measured, -0.12345, "-0.1235"),
        (numbers.measured, 12345.6, "1.235e+04"),
        (numbers.measured, -1e-9, "0.0000"),
        (numbers.estimate, 4e-5, "0"),
        (numbers.estimate, 7.0, "7"),
        (numbers.estimate, 0.12345, "0.1235"),
        (numbers.finding, -0.12345, "−0.123"),
        (numbers.finding, math.inf, "∞"),
        (numbers.finding, math.nan, "–"),
        (numbers.significant, -0.12345, "-0.123"),
        (numbers.significant, math.nan, "–"),
        (numbers.plain, 4.0, "4"),
        (numbers.plain, 0.1234567, "0.123457"),
        (numbers.plain, math.inf, "∞"),
        (numbers.percent, 0.456, "46%"),
        (numbers.percent, math.nan, "–"),
        (numbers.percent, math.inf, "–"),
        (numbers.probability, 0.00009, "< .0001"),
        (numbers.probability, 0.0001, "0.0001"),
        (numbers.count, 12345, "12,345"),
        (numbers.duration, 3661, "1:01:01"),
    ],
    ids=lambda given: getattr(given, "__name__", str(given)),
)
def test_a_style_writes_a_number_as_its_name_says(style, value, shown):
    assert style(value) == shown


def test_digits_and_decimals_are_as_many_as_asked_for():
    assert numbers.significant(0.123456, 2) == "0.12"
    assert numbers.decimals(0.125, 1) == "0.1"
    assert numbers.decimals(math.nan, 1) == "–"
    assert numbers.percent(0.4567, 1) == "45.7%"


def test_an_interval_has_both_ends_in_its_style():
    assert numbers.interval(-1, 2.5, numbers.plain) == "[-1, 2.5]"


def test_reports_and_commands_write_no_number_in_a_style_of_their_own():
    files = [
        file
        for place in WRITERS
        for file in ([HOUSE / place] if place.endswith(".py") else (HOUSE / place).rglob("*.py"))
    ]
    assert len(files) > 30
    own = re.compile(r"\{[^{}]*:[,.0-9]*[fg%,]\}")
    found = {
        f"{file.relative_to(HOUSE)}: {line.strip()}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if own.search(line)
    }
    # An error message for developers, and numbers for the slider's data rather than for a reader.
    assert {line.partition(":")[0] for line in found} <= {"report/__init__.py", "report/frames.py"}


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-math.inf, 3.0, "≤ 3"), (0.5, math.inf, "≥ 0.5"), (2.0, 2.0, "2"), (-1.0, 2.0, "−1 … 2")],
)
def test_a_range_open_below_is_a_bound(low, high, text):
    assert numbers.bounds(low, high) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0274, "+0.027"), (-0.0274, "−0.027"), (-0.0001, "0.000"), (0.0, "0.000"), (math.nan, "–")]
)
def test_a_difference_has_its_sign_and_nought_has_none(value, text):
    assert numbers.signed(value, 3) == text
