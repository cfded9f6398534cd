"""Conditions compare metrics with numbers, and nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.metrics import METRICS
from simulation.scenario import InputError
from simulation.scenario.conditions import LONGEST_CONDITION, Condition, metric_names


def test_the_names_that_a_condition_knows_are_those_of_the_metrics() -> None:
    assert set(metric_names()) == set(METRICS)


@given(st.floats(-1, 1), st.sampled_from([">", ">=", "<", "<="]), st.floats(-1, 1))
def test_a_comparison_holds_as_the_sign_says(number: float, sign: str, value: float) -> None:
    number = round(number, 6)
    condition = Condition.parse(f"effectiveness{sign}{number:f}")
    truth = {">": value > number, ">=": value >= number, "<": value < number, "<=": value <= number}[sign]
    assert condition.holds({"effectiveness": value}) is truth


def test_all_parts_must_hold_and_what_is_not_defined_never_does() -> None:
    condition = Condition.parse("effectiveness > .2  and breadth >= 4")
    assert condition.metrics == ("effectiveness", "breadth")
    assert condition.holds({"effectiveness": 0.3, "breadth": 4.0})
    assert not condition.holds({"effectiveness": 0.3, "breadth": 3.0})
    assert not Condition.parse("persistence < 5").holds({"persistence": math.nan})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "effectiveness",
        "effectiveness > breadth",
        "0.2 < effectiveness",
        "effectiveness > 0.2 or breadth > 3",
        "__import__('os').system('true') > 0",
        "effectiveness == 0.2",
        "effectiveness > 1e999",
        "effectiveness > nan",
        "effectiveness > 0.2 and",
        "effectiveness > 0.2; breadth > 1",
        "effectiveness > 0.2" + " " * LONGEST_CONDITION,
        None,
        3,
    ],
)
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(InputError):
        Condition.parse(text)


def test_a_misspelt_metric_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="'effectiveness'"):
        Condition.parse("efectiveness > 0.2")
