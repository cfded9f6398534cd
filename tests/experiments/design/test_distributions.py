"""Distributions: one type for designs, priors, ordinary cities and robustness checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.evidence.ensemble import ORDINARY
from simulation.experiments.design.assumptions import assumed_factors
from simulation.experiments.design.distributions import Choices, Range, parse_distribution
from simulation.experiments.design.factors import Factor, parse_factor

UNIT = st.floats(0, 1)


@given(st.integers(1, 12), UNIT)
def test_choices_without_weights_are_choices_of_equal_weights(number, unit):
    values = tuple(range(number))
    assert Choices(values).at(unit) == Choices(values, (1.0,) * number).at(unit) == min(int(unit * number), number - 1)


@given(st.integers(-5, 5), st.integers(1, 30), UNIT)
def test_whole_numbers_have_equal_parts_of_the_interval(low, width, unit):
    assert Range(low, low + width, integer=True).at(unit) == min(low + int(unit * (width + 1)), low + width)


@given(st.floats(0.001, 10), st.floats(0.001, 100), UNIT)
def test_a_log_scale_and_a_cut_normal_stay_between_their_ends(low, width, unit):
    for drawn in (Range(low, low + width, "log"), Range(low, low + width, mean=low, sd=width)):
        assert low <= drawn.at(unit) <= low + width


def test_a_factor_a_prior_and_an_ordinary_city_draw_from_the_same_type():
    factor, prior = parse_factor("a", {"low": 0.2, "high": 1.0}), parse_distribution({"low": 0.2, "high": 1.0})
    assert factor == Factor("a", prior)
    kinds = {type(one) for one in (factor.drawn, prior, *ORDINARY.values())}
    assert kinds | {type(one.drawn) for one in assumed_factors()} == {Range, Choices}


@pytest.mark.parametrize(
    ("given_", "file", "store"),
    [
        ({"low": 0, "high": 1}, {"low": 0, "high": 1}, {"low": 0.0, "high": 1.0, "scale": "linear", "integer": False}),
        (
            {"low": 1, "high": 8, "integer": True},
            {"low": 1, "high": 8, "integer": True},
            {"low": 1.0, "high": 8.0, "scale": "linear", "integer": True},
        ),
    ],
)
def test_a_design_writes_a_range_as_its_file_has_it_and_a_calibration_writes_it_whole(given_, file, store):
    assert parse_factor("a", given_).spec() == file
    assert parse_distribution(given_).spec() == store


def test_values_are_counted_where_they_can_be():
    assert Factor("a", Choices((3, 1, 2))).count() == 3
    assert Factor("a", Range(2, 2**70, integer=True)).count() == 2**70 - 1
    assert Factor("a", Range(0.0, 1.0)).count() is None
    assert list(Factor("a", Range(2, 4, integer=True)).values()) == [2, 3, 4]
    assert list(Factor("a", Choices((3, 1, 2))).values()) == [3, 1, 2]
